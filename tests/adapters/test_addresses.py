"""Where the made-up systems are served."""

import socket

from adapters.fakes.addresses import HOST, free_port


def test_a_port_is_none_that_connections_are_given() -> None:
    # one of those was taken by a connection now and then, between the choice of it and its use
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()) as connection:
            given = connection.getsockname()[1]
    assert all(free_port() < given for _ in range(300))


def test_a_port_that_somebody_has_is_left_to_them() -> None:
    first = free_port()
    with socket.socket() as door:
        door.bind((HOST, first + 1))
        assert free_port() not in {first, first + 1}

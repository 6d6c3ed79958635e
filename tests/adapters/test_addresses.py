"""Where the made-up systems are served."""

import socket
import subprocess
import sys

from adapters.fakes import addresses
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


def test_processes_begin_far_from_each_other() -> None:
    # who came into another's ports after a while met what still called there
    places = [pid * addresses._EACH % addresses._PORTS for pid in range(1_000, 1_005)]
    distances = [abs(one - other) for one in places for other in places if one != other]
    assert min(min(distance, addresses._PORTS - distance) for distance in distances) > 3_000


FORKED = """
import os
from adapters.fakes.addresses import free_port
free_port()
is_child = os.fork() == 0
ports = " ".join(str(free_port()) for _ in range(50))
if not is_child:
    os.wait()
print(ports, flush=True)
"""


def test_a_process_that_goes_on_from_anothers_memory_chooses_others() -> None:
    told = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=True).stdout
    child, parent = (set(line.split()) for line in told.splitlines())
    assert len(child) == len(parent) == 50
    assert child.isdisjoint(parent)

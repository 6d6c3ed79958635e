"""`genkan serve` itself is killed, with the world that it keeps beside its database (T-1, T-8).

What becomes of a portal that dies at any point of any journey is for tests/crash_sweep.
"""

from pathlib import Path

import pytest

from genkan.client import Json
from tests.journeys.served import Served

FOR_EVER = 600_000
MESSAGE = {"name": "Sam", "email": "sam@example.com", "subject": "Hello", "message": "Is anybody there?"}


@pytest.mark.slow
def test_a_killed_server_does_what_it_had_received(tmp_path: Path) -> None:
    served = Served(tmp_path, {"first_retry": "0.05", "longest_retry": "0.2", "log_level": "warning"})
    served.start()
    try:
        served.backstage.fault("salesforce", "ensure_lead", "slow", milliseconds=FOR_EVER)
        received = _written(served)
        assert _leads(served) == 0
        served.kill()
        served.start()
        served.until(lambda: _leads(served) == 1, "what was received is with staff")
        # nobody is at it any more, so nobody who asks again under the same key is told to wait (T-2)
        assert _written(served)["requestId"] == received["requestId"]
        assert _leads(served) == 1
    finally:
        served.stop()


def _written(served: Served) -> Json:
    return served.portal.call("POST", "/api/support/contact", MESSAGE, {"idempotency-key": "hello"})


def _leads(served: Served) -> int:
    return int(served.backstage.world.tables()["lead"])

"""Lines of requests are written soon, in order with all others, with fields that logs may hold, and none is lost."""

import io
import json
import subprocess
import sys
import time

import msgspec

from adapters.http.surroundings import Answered
from genkan.log_lines import AccessLog, Lines, RequestLine
from genkan.logging import ALLOWED

CALL = Answered(method="GET", route="/api/orders/{id}", status=200, milliseconds=1.25, correlation_id="c-1")
AT_THE_END = """
import sys
from genkan.log_lines import Lines
lines = Lines(sys.stdout.buffer)
for number in range(1000):
    lines.put(b"%d\\n" % number)
"""


def test_a_request_is_written_with_fields_that_are_allowed() -> None:
    out = io.BytesIO()
    lines = Lines(out)
    AccessLog(lines)(CALL)
    lines.flush()
    written = json.loads(out.getvalue())
    told = {"method": "GET", "route": "/api/orders/{id}", "status": 200, "milliseconds": 1.25, "correlation": "c-1"}
    assert written == {"event": "http.answered", "level": "info", "timestamp": written["timestamp"]} | told
    assert {field.name for field in msgspec.structs.fields(RequestLine)} <= ALLOWED


def test_lines_come_in_the_order_of_what_they_tell() -> None:
    out = io.BytesIO()
    lines = Lines(out)
    lines.put(b"first\n")
    lines.write("second\n")
    lines.put(b"third\n")
    lines.flush()
    assert out.getvalue() == b"first\nsecond\nthird\n"


def test_a_line_is_written_without_being_asked_for() -> None:
    out = io.BytesIO()
    Lines(out).put(b"soon\n")
    until = time.monotonic() + 10
    while out.getvalue() != b"soon\n" and time.monotonic() < until:
        time.sleep(0.01)
    assert out.getvalue() == b"soon\n"


def test_no_line_is_lost_when_the_process_ends() -> None:
    said = subprocess.run([sys.executable, "-c", AT_THE_END], capture_output=True, check=True, timeout=60)
    assert said.stdout.splitlines() == [b"%d" % number for number in range(1000)]

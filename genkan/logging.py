"""Logs: one JSON line per event, with the correlation id, and only with fields that are known to be harmless.

What may be logged is a list, not what may not: an event's unknown field is dropped and its name kept, so that nobody
puts personal data or a secret into a log by adding a field (T-6).
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, BinaryIO, Final

import structlog

from adapters.http.calls import correlation
from genkan.log_lines import AccessLog, Lines

ALLOWED: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "correlation",
        # a request
        "method",
        "route",
        "status",
        "milliseconds",
        # durable work
        "key",
        "kind",
        "state",
        "code",
        "step",
        "advice",
        "times",
        "attempts",
        "seconds",
        "executor",
        "pieces",
        # what goes on by itself
        "operation",
        "stream",
        "work",
        "count",
        "alarm",
        "subject",
        "account",
        "repair",
        "since",
        "days",
        # an event of Salesforce's
        "topic",
        "replay_id",
        "error_id",
        # what went wrong
        "error",
        "where",
        "exit",
        "errno",
        "dropped",
    }
)


def _only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    dropped = sorted(name for name in event if name not in ALLOWED)
    for name in dropped:
        del event[name]
    if dropped:
        event["dropped"] = dropped
    return event


def _error_by_name(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # an exception's text may quote what a customer sent; its type and place do not
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        event["error"] = type(error).__name__
        if trace is not None:
            code = trace.tb_frame.f_code
            event["where"] = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
    return event


def _correlated(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # work that a request began keeps the request's id for as long as this process does it
    if (found := correlation()) is not None:
        event.setdefault("correlation", found)
    return event


def chain(form: str) -> list[Any]:
    """What becomes of an event on its way to a line: "json", or "console" for people."""
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _correlated,
        _error_by_name,
        _only_allowed,
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(),
    ]


def set_up(level: str, form: str, out: BinaryIO | None = None, *, for_long: bool = False) -> AccessLog | None:
    """Send structlog's events to `out` (standard error), and quieten libraries that would log addresses or statements.

    `for_long` makes each event cheaper, and can't be changed again. Answers where requests are written down, where
    each has a line of JSON; None where structlog is to do that too.
    """
    number = getattr(logging, level.upper())
    lines = Lines(out or sys.stderr.buffer)
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(message)s", force=True)
    for noisy in ("httpx", "httpcore", "sqlalchemy.engine", "alembic", "litestar", "aiosqlite", "_granian"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        processors=chain(form),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=lines),  # type: ignore[arg-type]  # all it needs of a file
        cache_logger_on_first_use=for_long,
    )
    return AccessLog(lines) if form == "json" and number <= logging.INFO else None

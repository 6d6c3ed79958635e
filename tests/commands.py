"""Commands typed in the process of the tests, which are faster there than in one of their own."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from click.testing import CliRunner, Result

from genkan.cli import main


def typed(*words: str, env: Mapping[str, str] | None = None) -> Result:
    """What came of the command; what is logged afterwards goes where it went before."""
    with _logs_as_before():
        return CliRunner().invoke(main, [*words], env=env)


@contextmanager
def _logs_as_before() -> Iterator[None]:
    config, handlers = structlog.get_config(), logging.root.handlers[:]
    try:
        yield
    finally:
        structlog.configure(**config)
        logging.root.handlers[:] = handlers

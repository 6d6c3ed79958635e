"""Telling an operator what another system lacks."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from genkan.cli.printing import print_json, print_table, waiting
from genkan.cli.start import FAILED, MISUSED, give_up, settings_of
from genkan.settings import Settings, Wrong

if TYPE_CHECKING:
    from adapters.calling.lacking import Finding

Check = Callable[[Settings], "Awaitable[tuple[Finding, ...]]"]


def tell(check: Check, system: str, asking: str, not_asked: str, *, as_json: bool) -> None:
    """Look and tell, ending with FAILED where something is stopped by it."""
    settings = settings_of(makes=False)
    from adapters.calling.lacking import COLUMNS, plain, summary, table
    from ports.errors import Rejected, Unavailable

    async def checked() -> "tuple[Finding, ...]":
        with waiting(asking):
            return await check(settings)

    try:
        findings = asyncio.run(checked())
    except Wrong as wrong:
        give_up(wrong, status=MISUSED)
    except (Unavailable, Rejected) as error:
        give_up(error, not_asked)
    if as_json:
        print_json(plain(findings))
    else:
        if findings:
            print_table(COLUMNS, table(findings))
        click.echo(summary(findings, system))
    if not all(each.weakens for each in findings):
        sys.exit(FAILED)

"""Billing from the command line: whether WHMCS has what the portal needs."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from genkan.cli.printing import print_json, print_table, waiting
from genkan.cli.start import FAILED, MISUSED, as_json, give_up, main, settings_of
from genkan.settings import Settings, Wrong

if TYPE_CHECKING:
    from adapters.whmcs.checking import Finding


@main.group()
def whmcs() -> None:
    """The WHMCS that the settings name."""


@whmcs.command("check")
@as_json
def check_billing(as_json: bool) -> None:
    """List what WHMCS lacks, and what breaks without it. Nothing is written."""
    settings = settings_of(makes=False)
    from adapters.whmcs.checking import COLUMNS, plain, summary, table
    from genkan.logging import set_up
    from ports.errors import Rejected, Unavailable

    set_up("error", settings.log_format)
    try:
        findings = asyncio.run(_checked(settings))
    except Wrong as wrong:
        give_up(wrong, status=MISUSED)
    except (Unavailable, Rejected) as error:
        give_up(error, "WHMCS can't be asked:")
    if as_json:
        print_json(plain(findings))
    else:
        if findings:
            print_table(COLUMNS, table(findings))
        click.echo(summary(findings))
    if not all(each.weakens for each in findings):
        sys.exit(FAILED)


async def _checked(settings: Settings) -> "tuple[Finding, ...]":
    from genkan.whmcs import check_of

    with waiting("Asking WHMCS for what it has"):
        return await check_of(settings)

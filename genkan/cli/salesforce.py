"""The org from the command line: whether it has what the portal needs."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from genkan.cli.printing import print_json, print_table, waiting
from genkan.cli.start import FAILED, MISUSED, as_json, give_up, main, settings_of
from genkan.settings import Settings, Wrong

if TYPE_CHECKING:
    from adapters.salesforce.checking import Finding


@main.group()
def salesforce() -> None:
    """The org that the settings name."""


@salesforce.command("check")
@as_json
def check_org(as_json: bool) -> None:
    """List what the org lacks, field by field, and what breaks without it. Nothing is written."""
    settings = settings_of(makes=False)
    from adapters.salesforce.checking import COLUMNS, plain, rows, summary
    from genkan.logging import set_up
    from ports.errors import Rejected, Unavailable

    set_up("error", settings.log_format)
    try:
        findings = asyncio.run(_checked(settings))
    except Wrong as wrong:
        give_up(wrong, status=MISUSED)
    except (Unavailable, Rejected) as error:
        give_up(error, "Salesforce can't be asked:")
    if as_json:
        print_json(plain(findings))
    else:
        if findings:
            print_table(COLUMNS, rows(findings))
        click.echo(summary(findings))
    if not all(each.weakens for each in findings):
        sys.exit(FAILED)


async def _checked(settings: Settings) -> "tuple[Finding, ...]":
    from genkan.salesforce import check_of

    with waiting("Asking the org for its objects"):
        return await check_of(settings.salesforce)

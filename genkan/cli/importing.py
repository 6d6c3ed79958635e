"""The import of a former portal's users and documents, from the command line (OPS-7)."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genkan.cli.printing import print_json, print_table, progress
from genkan.cli.start import FAILED, MISUSED, as_json, for_good, give_up, main, with_upkeep

if TYPE_CHECKING:
    from genkan.importing import Report
    from genkan.upkeep import Upkeep


@main.command("import")
@click.argument("place", type=click.Path(exists=True, path_type=Path))
@for_good
@click.option("--dry-run", is_flag=True, help="Look at everything and write nothing, as without --yes.")
@as_json
def import_(place: Path, for_good: bool, dry_run: bool, as_json: bool) -> None:
    """Take over users, links and residence cards from a former portal's export, a folder or its users alone.

    It may be stopped anywhere and run again: nothing is doubled. docs/import.md describes the export.
    """
    if for_good and dry_run:
        raise click.UsageError("Either --yes or --dry-run.")
    from adapters.system.former_portal import FormerPortal, NoExport
    from genkan.importing import Import

    try:
        export = FormerPortal(place)
    except NoExport as none:
        give_up(none, "There is nothing to import:", MISUSED)

    async def go(upkeep: "Upkeep") -> "Report":
        with progress("Importing" if for_good else "Looking", len(export)) as told:
            first_wait = upkeep.container.settings().first_retry
            return await Import(upkeep.container, for_good=for_good, first_wait=first_wait)(export, told)

    report = with_upkeep(go)
    if as_json:
        print_json(report.plain())
    else:
        _print(report)
    if not report.is_whole:
        sys.exit(FAILED)


def _print(report: "Report") -> None:
    from core.domain.importing import Fate

    names = {
        Fate.IMPORTED: "imported" if report.for_good else "would be imported",
        Fate.THERE: "already there",
        Fate.REFUSED: "refused",
        Fate.NOT_REACHED: "not reached",
    }
    rows = ((kind, *(counted[fate] for fate in names)) for kind, counted in report.counts.items())
    print_table(("Lines", *names.values()), rows)
    print_table(
        ("Refused", "Field", "Why"),
        ((f"{each['file']}:{each['line']}", each["field"], _why(each)) for each in report.refused),
    )
    if any(counted[Fate.NOT_REACHED] for counted in report.counts.values()):
        click.echo("Another system does not answer: run it again, it goes on from here.")
    elif not report.for_good:
        click.echo("Nothing was written; --yes does it.")


def _why(refused: dict[str, Any]) -> str:
    more = [f"{name} {refused[name]}" for name in ("first", "answer") if name in refused]
    return f"{refused['code']} ({', '.join(more)})" if more else str(refused["code"])

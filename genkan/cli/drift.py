"""What the systems disagree on, from the command line: look, and put right what is safe (OPS-5, ACC-4)."""

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from core.domain.drift import SAFE, Difference, Outcome, Repair, Repaired
from genkan.cli.printing import print_json, print_table, waiting
from genkan.cli.start import FAILED, as_json, for_good, give_up, main, with_upkeep

if TYPE_CHECKING:
    from genkan.upkeep import Upkeep

COLUMNS = ("Disagreement", "Account", "About", "Since", "Repair", "What it does, or why it is by hand")
WELL = (Outcome.REPAIRED, Outcome.GONE, Outcome.BY_HAND)


@main.command()
@click.option("--repair", is_flag=True, help="Do what is safe; without this it is only told.")
@as_json
def drift(repair: bool, as_json: bool) -> None:
    """Compare Salesforce, WHMCS and the portal now, and list where they disagree, each with its safe repair."""

    async def look(upkeep: "Upkeep") -> tuple[tuple[Difference, ...], list[Repaired]]:
        with waiting("Comparing Salesforce, WHMCS and the portal"):
            found = await upkeep.drift()
        return found, [each async for each in upkeep.repair(found)] if repair else []

    found, repaired = with_upkeep(look)
    became = {each.difference: each for each in repaired}
    if as_json:
        print_json([_plain(each, became.get(each)) for each in found])
    else:
        print_table((*COLUMNS, *(["Became"] if repair else [])), (_row(each, became.get(each)) for each in found))
        click.echo(_summary(found, repaired, repair=repair))
    if not all(each.outcome in WELL for each in repaired):
        sys.exit(FAILED)


@main.group(invoke_without_command=True)
@click.pass_context
def orphans(context: click.Context) -> None:
    """Records with a customer number or an order's mark that nobody leads to. Alone it lists them."""
    if context.invoked_subcommand is None:
        context.invoke(list_orphans)


@orphans.command("list")
@as_json
def list_orphans(as_json: bool = False) -> None:
    """List Accounts, clients and services that nobody leads to, with their age where it is known."""

    async def look(upkeep: "Upkeep") -> tuple[Difference, ...]:
        with waiting("Comparing Salesforce, WHMCS and the portal"):
            return await upkeep.orphans()

    found = with_upkeep(look)
    if as_json:
        print_json([_plain(each, None) for each in found])
    else:
        print_table(COLUMNS, (_row(each, None) for each in found))
        click.echo(f"{_many(len(found), 'orphan')}.")


@orphans.command()
@click.argument("id")
@for_good
@as_json
def adopt(id: str, for_good: bool, as_json: bool) -> None:
    """Take up the orphan with this id: link a client or a service, or make an Account's portal user."""
    adopted = with_upkeep(lambda upkeep: upkeep.adopt(id, for_good=for_good))
    if adopted is None:
        give_up(LookupError(id), "There is no such orphan:")
    found = adopted.difference
    if found.repair is Repair.BY_HAND:
        give_up(LookupError(found.advice), "Only a person can put this right:")
    if as_json:
        work = {"key": adopted.work.key, "state": adopted.work.state} if adopted.work is not None else None
        print_json(_plain(found, adopted.repaired) | {"work": work})
    elif adopted.work is not None:
        click.echo(f"{adopted.work.key}: {adopted.work.state}")
    elif adopted.repaired is not None:
        click.echo(f"{found.kind} {found.subject}: {_became(adopted.repaired)}")
    else:
        click.echo(f"{found.kind} {found.subject}: would be taken up. Nothing was done; --yes does it.")
    if for_good and not adopted.is_done:
        sys.exit(FAILED)


def _plain(each: Difference, became: Repaired | None) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(each)
    plain |= {"safe": each.repair in SAFE, "advice": each.advice}
    return plain | {"outcome": became.outcome if became else None, "code": became.code if became else None}


def _row(each: Difference, became: Repaired | None) -> tuple[object, ...]:
    row = (each.kind, each.account, each.subject, each.since, each.repair, each.advice)
    return (*row, _became(became)) if became is not None else row


def _became(repaired: Repaired) -> str:
    return repaired.outcome.value + (f" with {repaired.code}" if repaired.code else "")


def _summary(found: tuple[Difference, ...], repaired: list[Repaired], *, repair: bool) -> str:
    said = _many(len(found), "difference")
    if repair:
        return f"{said}, {sum(each.outcome is Outcome.REPAIRED for each in repaired)} repaired."
    return f"{said}, {sum(each.repair in SAFE for each in found)} that --repair puts right."


def _many(number: int, what: str) -> str:
    return f"{number or 'No'} {what}{'s' * (number != 1)}"

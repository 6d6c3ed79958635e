"""Flags and announcements from the command line (OPS-3, FUL-8)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from core.domain.flags import EVERYBODY, Feature
from genkan.cli.printing import print_json, print_table
from genkan.cli.start import as_json, main, with_operators

if TYPE_CHECKING:
    from genkan.operators import Operators
    from genkan.settings import Settings
    from ports.store import Flag

NAMES = click.Choice([each.value for each in Feature])


@main.group(invoke_without_command=True)
@click.pass_context
def flags(context: click.Context) -> None:
    """Features that can be switched, by a stable share of customers and by account. Alone it lists them."""
    if context.invoked_subcommand is None:
        context.invoke(list_flags)


@flags.command("list")
@as_json
def list_flags(as_json: bool = False) -> None:
    """Tell how each feature stands."""

    async def all_of_them(operators: "Operators", _: "Settings") -> "list[Flag]":
        return [await operators.set_flag(each, None, None) for each in Feature]

    _print(with_operators(all_of_them), as_json=as_json)


@flags.command("set")
@click.argument("feature", type=NAMES)
@click.option("--percentage", type=click.IntRange(0, EVERYBODY), help="The share of customers it is on for.")
@click.option("--account", "accounts", multiple=True, help="An account it is on for besides; may be given again.")
@click.option("--no-accounts", is_flag=True, help="Name no account any more.")
@as_json
def set_flag(feature: str, percentage: int | None, accounts: tuple[str, ...], no_accounts: bool, as_json: bool) -> None:
    """Switch a feature; running portals follow within seconds. What is not named stays as it was."""
    if percentage is None and not accounts and not no_accounts:
        raise click.UsageError("Say what to set: --percentage, --account or --no-accounts.")
    named = accounts if accounts or no_accounts else None
    flag = with_operators(lambda operators, _: operators.set_flag(Feature(feature), percentage, named))
    _print([flag], as_json=as_json)


def _print(flags: "Iterable[Flag]", *, as_json: bool) -> None:
    if as_json:
        print_json(list(flags))
    else:
        rows = ((flag.name, f"{flag.percentage} %", " ".join(flag.accounts) or None) for flag in flags)
        print_table(("Feature", "On for", "And for the accounts"), rows)


@main.command()
@click.argument("id")
@click.option("--title-en", required=True)
@click.option("--title-ja", required=True)
@click.option("--message-en", required=True)
@click.option("--message-ja", required=True)
@as_json
def announce(id: str, title_en: str, title_ja: str, message_en: str, message_ja: str, as_json: bool) -> None:
    """Tell every customer something, in both languages; the same ID tells nobody twice."""
    from core.domain.announcement import Announcement

    said = Announcement(id=id, title_en=title_en, title_ja=title_ja, message_en=message_en, message_ja=message_ja)
    work = with_operators(lambda operators, _: operators.announce(said))
    if as_json:
        print_json({"key": work.key, "state": work.state})
    else:
        click.echo(f"{work.key}: {work.state}")

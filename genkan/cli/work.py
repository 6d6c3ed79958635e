"""Durable work from the command line: list it, look at it, take it in hand (FUL-8, OPS-6)."""

from typing import Any

import click

from core.domain.attention import Attention
from core.domain.work import Work, WorkKind, WorkState
from genkan.cli.printing import print_json, print_table, told
from genkan.cli.start import as_json, give_up, main, with_operators

OPEN = [state.value for state in WorkState if state not in (WorkState.DONE, WorkState.CANCELLED)]
COLUMNS = ("Work", "Since", "Due", "Key", "What to do")


@main.group(invoke_without_command=True)
@click.pass_context
def work(context: click.Context) -> None:
    """Durable work: list what needs a person, or take a piece of it in hand, by its key. Alone it lists."""
    if context.invoked_subcommand is None:
        context.invoke(list_work)


@work.command("list")
@click.option("--all", "everything", is_flag=True, help="All work that is open, also what needs nobody.")
@click.option("--kind", type=click.Choice([each.value for each in WorkKind]), help="All open work of this kind.")
@click.option("--state", type=click.Choice(OPEN), help="All open work in this state.")
@as_json
def list_work(
    everything: bool = False, kind: str | None = None, state: str | None = None, as_json: bool = False
) -> None:
    """List the work that needs a person, with what to do about it."""
    needs, open_ = with_operators(lambda operators, settings: operators.listed(settings.policy))
    well = {each.key: each for each in open_} if everything or kind or state else {}
    well = {key: each for key, each in well.items() if key not in {need.work.key for need in needs}}
    rows = [*map(_needing, needs), *map(_well, well.values())]
    shown = [row for row in rows if kind in (None, row["kind"]) and state in (None, row["state"])]
    if as_json:
        print_json(shown)
        return
    print_table(COLUMNS, ((_sentence(row), row["since"], row["dueAt"], row["key"], row["advice"]) for row in shown))
    click.echo(f"{len(needs) or 'No'} piece{'s' * (len(needs) != 1)} of work to look at, {len(open_)} open.")


def _needing(need: Attention) -> dict[str, Any]:
    step = need.work.failing.step if need.work.failing is not None else None
    told_of = {"need": need.need.value, "step": step, "code": need.code, "since": need.since, "advice": need.advice}
    return _well(need.work) | told_of


def _well(work: Work) -> dict[str, Any]:
    known = {"key": work.key, "kind": work.kind.value, "state": work.state.value, "dueAt": work.due_at}
    return known | {"need": None, "step": None, "code": None, "since": work.changed_at, "advice": None}


def _sentence(row: dict[str, Any]) -> str:
    where = f" at {row['step']!r}" if row["step"] is not None else ""
    why = f" with {row['code']}" if row["code"] is not None else ""
    return f"{row['need'] or row['state']}: {row['kind']}{where}{why}"


@work.command()
@click.argument("key")
@as_json
def show(key: str, as_json: bool) -> None:
    """Show a piece of work; of a night's look, with what it found."""
    shown = with_operators(lambda operators, _: operators.shown(key))
    if shown is None:
        give_up(LookupError(key), "There is no such work:")
    if as_json:
        print_json(shown)
        return
    print_table(("Of this work", "is"), ((name, value) for name, value in shown.items() if name != "result"))
    result = shown.get("result")
    if isinstance(result, list) and result:
        print_table(tuple(result[0]), (tuple(map(told, each.values())) for each in result))


def _taken_in_hand(deed: str, says: str) -> None:
    def do(key: str, as_json: bool, begun: bool = False) -> None:
        from genkan.operators import Deed, NotPossible

        try:
            stands = with_operators(lambda operators, _: operators.do(Deed(deed), key, begun=begun))
        except NotPossible as wrong:
            give_up(wrong, f"This work can't be taken in hand like that ({deed}):")
        if stands is None:
            give_up(LookupError(key), "There is no such work:")
        if as_json:
            print_json({"key": stands.key, "state": stands.state})
        else:
            click.echo(f"{stands.key}: {stands.state}")

    named = click.argument("key")(do)
    if deed == "cancel":
        says_so = "Also work that has begun and stopped: what it did so far stays, and is yours to put right."
        named = click.option("--begun", is_flag=True, help=says_so)(named)
    work.command(deed, help=says)(as_json(named))


_taken_in_hand("retry", "Let parked or refused work go on where it stopped.")
_taken_in_hand("cancel", "End work that has not begun; what was wanted may be wanted again.")
_taken_in_hand("park", "Stop work that is not over; it goes on when it is retried.")
_taken_in_hand("run-now", "Begin delayed or parked work now.")

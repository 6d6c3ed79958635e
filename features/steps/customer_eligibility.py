"""What customers do and see about the availability of Internet (ELG)."""

from typing import Any

from features.sentences import given, then, when
from features.stage import Stage, same


@given("{actor} lives in a home NTT has not checked", "{actor}はまだ回線の確認をしていない")
def lives_unchecked(stage: Stage, actor: str) -> None:
    """A customer whose address nobody has asked about."""
    stage.customer(actor)


@when("{actor} asks for internet availability {times}")
@when("{actor} asks for internet availability", "{actor}がインターネットの提供可否を問い合わせる")
def asks(stage: Stage, actor: str, times: int = 1) -> None:
    """Asks whether the address on file can have internet."""
    with stage.asking():
        for _ in range(times):
            stage.told = stage.customer(actor).ask_availability()


@when("{actor} asks for internet availability at {place}", "{actor}が{place}でのインターネットの提供可否を問い合わせる")
def asks_at(stage: Stage, actor: str, place: dict[str, Any]) -> None:
    """Asks for another address than the one on file, or the first."""
    with stage.asking():
        stage.told = stage.customer(actor).ask_availability(dict(place))


@then("{owner} eligibility is {status}", "{owner}提供可否は{status}である")
def eligibility_is(stage: Stage, owner: str, status: str) -> None:
    """What the customer sees of the check."""
    same("The eligibility that the customer sees", status, stage.customer(owner).availability()["status"])


@then("staff have {number} availability check(s) to do", "担当者の提供可否確認は{number}である")
def checks_to_do(stage: Stage, number: int) -> None:
    """Staff's queue of open checks."""
    same("Open availability checks", number, len(stage.backstage.salesforce.queues()["availability"]))

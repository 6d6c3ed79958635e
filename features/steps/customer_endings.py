"""What customers do about the end of a service, and see of it (CAN)."""

from datetime import date, datetime
from typing import Any

from features.parameters import choice
from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.steps.customer_services import last_day, plan_of
from features.wishes import table

choice(
    "kit_seen",
    {"is still to be sent": "not_yet", "is on its way": "sent", "came back": "returned_1"},
    "is on its way",
)


@given("{actor} has cancelled {wish} with the end of {month}", "{actor} has cancelled {words} with the end of {month}")
@when("{actor} cancels {wish} with the end of {month}", "{actor} cancels the {line} with the end of {month}")
@when("{actor} cancels {words} with the end of {month}", "{actor}が{month}末で{wish}を解約する")
def cancels(stage: Stage, actor: str, month: str, wish: Any = None, line: str = "", words: str = "") -> None:
    """Asks for the end of the service with a month."""
    customer, service = stage.customer(actor), service_of(stage)
    with stage.asking():
        stage.told = customer.cancel(service, month)


@when("{actor} cancels {owner} {line}")
def cancels_now(stage: Stage, actor: str, owner: str, line: str) -> None:
    """Asks for the end of the service with the earliest month there is."""
    customer, service = stage.customer(actor), service_of(stage)
    customer.cancel(service, customer.cancellation(service)["months"][0]["month"])


@when("{actor} cancels {owner} service")
def cancels_anothers(stage: Stage, actor: str, owner: str) -> None:
    """Asks for the end of somebody's service."""
    customer, service = stage.customer(actor), service_of(stage)
    with stage.asking():
        stage.told = customer.cancel(service, "2026-02")


@when("{actor} looks at the end of {owner} {line}", "{actor} looks at the end of {owner} service")
@when("{actor}が解約の画面を開く")
def looks_at_end(stage: Stage, actor: str, owner: str = "", line: str = "") -> None:
    """Opens the page where a service can be ended."""
    customer, service = stage.customer(actor), service_of(stage)
    with stage.asking():
        stage.told = customer.cancellation(service)


@when("{actor} lets {owner} {line} go on", "{actor} lets {owner} service go on")
def lets_go_on(stage: Stage, actor: str, owner: str, line: str = "") -> None:
    """Takes the cancellation back."""
    customer, service = stage.customer(actor), service_of(stage)
    with stage.asking():
        stage.told = customer.undo_cancellation(service)


# --- what they see ---------------------------------------------------------------------------------------------------
@then("the first month to choose is {month}, with the last day {date}")
@then("選べる最初の月は{month}で、最終日は{date}である")
def first_month(stage: Stage, month: str, date: date) -> None:
    """The earliest end that is offered, and the twelve months behind it."""
    months = stage.told["months"]
    same("The first month", (month, date), (months[0]["month"], _day(months[0]["endsAt"])))
    same("How many months are offered", 13, len(months))


@then("{actor} can choose")
def can_choose(stage: Stage, actor: str, datatable: list[list[str]]) -> None:
    """The first months on offer, with what each means."""
    wanted = table(datatable)
    got = [
        {
            "month": each["month"],
            "last day": str(_day(each["endsAt"])),
            "last bill": each["lastBill"],
            "asked a day later": each["askedTomorrow"],
        }
        for each in stage.told["months"][: len(wanted)]
    ]
    same("The months on offer", wanted, got)


@then("{actor} reads that a kit is to be returned")
def kit_to_return(stage: Stage, actor: str) -> None:
    """Rented equipment comes with the line."""
    same("Whether a kit is to be returned", True, stage.told["returnsKit"])


@then("{actor} sees that {owner} kit {kit_seen}")
def sees_kit(stage: Stage, actor: str, owner: str, kit_seen: str) -> None:
    """Where the kit is, as it stands on the service."""
    ending = stage.customer(actor).cancellation(service_of(stage))["cancellation"]
    same("The kit, as the customer sees it", kit_seen, ending["kit"] if ending else None)


@then("{owner}{line}は{date}に終了する予定である")
def ends_on(stage: Stage, owner: str, line: str, date: date) -> None:
    """The last day that stands on the service."""
    service = stage.customer(owner).get(f"/subscriptions/{service_of(stage)}")
    same("The service's last day", date, last_day(service))


@then("{owner} {line} is {status}")
def line_is(stage: Stage, owner: str, line: str, status: str) -> None:
    """The status of the service that the order became."""
    service = stage.customer(owner).get(f"/subscriptions/{service_of(stage)}")
    same("The service's status, as the customer sees it", status, service["status"])


# --- inside ----------------------------------------------------------------------------------------------------------
def service_of(stage: Stage) -> str:
    """The service spoken of: one that staff made by hand, else what the latest order became."""
    by_hand: str | None = stage.notes.get("service by hand")
    return by_hand or plan_of(stage)


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(TOKYO).date()

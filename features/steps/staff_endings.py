"""What staff do about sales and about the end of a service, in Salesforce and WHMCS (STF-4, CAN-4, OPP-1)."""

from datetime import date, datetime, time
from typing import Any, Final

from core.domain.policy import Policy
from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.steps.held_by_salesforce import day_of
from features.steps.held_by_whmcs import plan_service
from features.steps.held_of_sales import internet_sale, sale_of_order
from features.wishes import table

LAST_SECOND: Final = time(23, 59, 59)


# --- the kit, the date, the service ----------------------------------------------------------------------------------
@given("staff have noted the kit as {kit}")
@when("staff note the kit as {kit}")
def note_kit(stage: Stage, kit: str) -> None:
    """Where the rented equipment is; on its way back it was sent first."""
    sale, desk = sale_of_order(stage), stage.backstage.salesforce
    if kit == "Returned2" and sale["kit"] != "Returned1":
        desk.move_kit(opportunity=sale["id"], kit="Returned1")
    if kit != sale["kit"]:
        desk.move_kit(opportunity=sale["id"], kit=kit)


@when("staff try to note the kit as {kit}")
def try_to_note_kit(stage: Stage, kit: str) -> None:
    """Notes it whatever came before."""
    with stage.asking():
        stage.backstage.salesforce.move_kit(opportunity=sale_of_order(stage)["id"], kit=kit)


@when("staff set the end to {date}")
def set_end(stage: Stage, date: date) -> None:
    """Another last day than the customer's."""
    ends_at = datetime.combine(date, LAST_SECOND, TOKYO)
    stage.backstage.salesforce.set_end(opportunity=sale_of_order(stage)["id"], ends_at=ends_at)


@when("staff end {wish} in WHMCS", "staff end the {line} in WHMCS")
def end_service(stage: Stage, wish: Any = None, line: str = "") -> None:
    """Terminates the service."""
    stage.backstage.whmcs.terminate_service(service=plan_service(stage)["id"])


@when("the kit is back and staff end the service in WHMCS")
def back_and_ended(stage: Stage) -> None:
    """Everything that has to happen for an end to be complete."""
    note_kit(stage, "Returned1")
    end_service(stage)


@when("staff end the service from before in WHMCS")
def end_service_from_before(stage: Stage) -> None:
    """Terminates the service that staff made by hand."""
    stage.backstage.whmcs.terminate_service(service=stage.notes["service by hand"])


@when("staff suspend the {line} in WHMCS")
def suspend(stage: Stage, line: str) -> None:
    """Stops the service for a while."""
    stage.backstage.whmcs.suspend_service(service=plan_service(stage)["id"])


@when("staff close the case")
def close_case(stage: Stage) -> None:
    """Closes the case about the end."""
    (todo,) = _queue(stage)
    stage.backstage.salesforce.close_case(case=todo["case"])


@when("staff add Internet for {actor} in WHMCS")
def add_internet(stage: Stage, actor: str) -> None:
    """Sets up a line by hand, past the portal."""
    client = stage.account(actor)["client"]
    stage.backstage.whmcs.add_service(client=client, name="SonixNet via NTT Optical Fiber", price=5_500)


@given("staff have added the service {words} for {actor} in WHMCS")
def have_added_service(stage: Stage, words: str, actor: str) -> None:
    """A service from the time before the portal, which no opportunity belongs to."""
    client = stage.account(actor)["client"]
    stage.notes["service by hand"] = stage.backstage.whmcs.add_service(client=client, name=words, price=1_000)


@given("SonixNet lets the portal end services")
def portal_ends(stage: Stage) -> None:
    """A policy of the operator's."""
    stage.restart(policy=Policy(auto_terminate=True))


# --- the sale --------------------------------------------------------------------------------------------------------
@when("staff put the sale on hold")
def hold(stage: Stage) -> None:
    """The sale waits for something."""
    stage.backstage.salesforce.hold_opportunity(opportunity=internet_sale(stage, "her")["id"])


@when("staff resume the sale")
def resume(stage: Stage) -> None:
    """The sale goes on."""
    stage.backstage.salesforce.resume_opportunity(opportunity=internet_sale(stage, "her")["id"])


@when("staff move {owner} Internet opportunity to {sales_stage}")
def move_sale(stage: Stage, owner: str, sales_stage: str) -> None:
    """Sets the stage by hand; Salesforce asks nobody."""
    sale = internet_sale(stage, owner)["id"]
    stage.backstage.salesforce.move_opportunity(opportunity=sale, stage=sales_stage)


# --- the queue -------------------------------------------------------------------------------------------------------
@then("staff have {number} cancellation(s) to do")
def to_do(stage: Stage, number: int) -> None:
    """Open cases about the end of a service."""
    same("Cancellations in staff's queue", number, len(_queue(stage)))


@then("staff have one cancellation to do, showing")
def to_do_showing(stage: Stage, datatable: list[list[str]]) -> None:
    """The fields that staff check."""
    (wanted,) = table(datatable)
    (todo,) = _queue(stage)
    got = {name: todo[name] for name in wanted if name != "ends"} | {"ends": str(day_of(todo["ends_at"]))}
    same("The cancellation in staff's queue", wanted, got)


def _queue(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.backstage.salesforce.queues()["cancellations"])

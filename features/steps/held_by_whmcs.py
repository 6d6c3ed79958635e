"""What WHMCS and the eSIM issuer hold, as staff would read it there (FUL, SRV, CAN)."""

from typing import Any

from features.sentences import then
from features.stage import Stage, same
from features.steps.customer_orders import order_of
from features.wishes import table, yen
from genkan.backstage import Row


@then("WHMCS holds {number} order(s) of {owner}", "WHMCSにある{owner}注文は{number}である")
def holds_orders(stage: Stage, number: int, owner: str) -> None:
    """Orders of the customer's client, whatever their state."""
    same("Orders in WHMCS", number, len(_orders(stage, owner)))


@then("WHMCS holds {number} order(s) of {owner}, accepted")
def holds_accepted(stage: Stage, number: int, owner: str) -> None:
    """Orders of the customer's client, all of them accepted."""
    same("Orders in WHMCS", ["Active"] * number, [row["status"] for row in _orders(stage, owner)])


@then("WHMCS holds {number} order(s) of {owner}, accepted, with the services")
def holds_accepted_with(stage: Stage, number: int, owner: str, datatable: list[list[str]]) -> None:
    """Accepted orders, and every service with what is charged first and its state."""
    holds_accepted(stage, number, owner)
    wanted = [(row["service"], yen(row["price"]), row["status"]) for row in table(datatable)]
    got = [(row["name"], row["firstpaymentamount"], row["status"]) for row in services_of(stage, owner)]
    same("Services in WHMCS", wanted, got)


@then("WHMCS holds no running service of {owner}")
def holds_nothing_running(stage: Stage, owner: str) -> None:
    """Nothing that would be charged again."""
    running = [row["name"] for row in services_of(stage, owner) if row["status"] in ("Active", "Suspended", "Pending")]
    same("Running services in WHMCS", [], running)


@then("WHMCS holds the service as {words}")
def holds_service_as(stage: Stage, words: str) -> None:
    """The state of the service that the order became."""
    same("The service's state in WHMCS", words, plan_service(stage)["status"])


@then("WHMCS holds the mark of the order on its services")
def holds_mark(stage: Stage) -> None:
    """Each service names the order that it was made for, where it can be searched for."""
    order = order_of(stage)
    marks = [(row["crm_order"], row["domain"]) for row in stage.backstage.records("service")]
    assert marks, "WHMCS holds no services"
    assert all(order in mark for mark in marks), f"expected {order} on each of {marks}"


@then("WHMCS bills {actor} {money} a month")
def bills(stage: Stage, actor: str, money: int) -> None:
    """What the customer's services cost each month."""
    amounts = [row["recurringamount"] for row in services_of(stage, actor) if row["status"] == "Active"]
    same("What WHMCS bills each month", money, sum(amounts))


# --- the issuer ------------------------------------------------------------------------------------------------------
@then("the issuer made {number} eSIM(s) for {actor}")
def made_esims(stage: Stage, number: int, actor: str) -> None:
    """How many profiles there ever were."""
    same("eSIMs made", number, len(esims_of(stage, actor)))


@then("the issuer has ended {owner} eSIM")
@then("the first of {owner} eSIMs has ended")
def ended_esim(stage: Stage, owner: str) -> None:
    """The first profile works no more."""
    first = esims_of(stage, owner)[0]
    assert first["status"] != "active", f"the eSIM is still {first['status']}"


@then("the issuer holds {data} more for {actor}")
def holds_data(stage: Stage, data: int, actor: str) -> None:
    """Data that was added to the customer's eSIM."""
    same("Megabytes added", data, esims_of(stage, actor)[-1]["megabytes"])


# --- inside ----------------------------------------------------------------------------------------------------------
def services_of(stage: Stage, owner: str) -> list[Row]:
    """The services of the customer's client, oldest first."""
    return stage.backstage.records("service", client=stage.account(owner)["client"])


def plan_service(stage: Stage) -> Row:
    """The service that the plan of the order spoken of became; staff's own service where there was no order."""
    by_hand: Any = stage.notes.get("service by hand")
    if by_hand is None:
        by_hand = stage.backstage.records("order_line", order=order_of(stage))[0]["service"]
    row = stage.backstage.record("service", by_hand)
    assert row is not None
    return row


def esims_of(stage: Stage, owner: str) -> list[Row]:
    """The customer's eSIM profiles, oldest first."""
    orders = {row["id"] for row in stage.backstage.records("order", account=stage.account(owner)["id"])}
    return [row for row in stage.backstage.records("esim") if row["order"] in orders]


def _orders(stage: Stage, owner: str) -> list[Row]:
    return stage.backstage.records("billing_order", client=stage.account(owner)["client"])

"""What staff do about orders and prices in Salesforce, and what their queue shows (STF-3, ORD-10, FUL-5)."""

from datetime import date, datetime
from typing import Any

from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.steps.customer_orders import AT_NINE, order_of
from features.wishes import table, yen


# --- deciding --------------------------------------------------------------------------------------------------------
@given("staff have approved the order", "担当者が申し込みを承認した")
@when("staff approve the order", "担当者が申し込みを承認する")
def approve(stage: Stage) -> None:
    """Lets the order go on to its activation."""
    stage.backstage.salesforce.approve_order(order=order_of(stage))


@when("staff reject the order, writing {words}")
def reject(stage: Stage, words: str) -> None:
    """Refuses the order; the customer reads why."""
    stage.backstage.salesforce.reject_order(order=order_of(stage), code="DETAILS_WRONG", message=words)


@when("staff cancel the order")
def cancel(stage: Stage) -> None:
    """Cancels an order that was approved."""
    stage.backstage.salesforce.cancel_order(order=order_of(stage), code="OTHER", message="")


@when("staff send the SIM card")
def send_card(stage: Stage) -> None:
    """Notes that the card is on its way."""
    stage.backstage.salesforce.ship_sim(order=order_of(stage))


@when("staff move the start to {date}")
def move_start(stage: Stage, date: date) -> None:
    """Sets another day of activation."""
    stage.backstage.salesforce.reschedule(order=order_of(stage), at=datetime.combine(date, AT_NINE, TOKYO))


# --- what an order rests on ------------------------------------------------------------------------------------------
@when("staff change the price of {wish} to {money}")
def change_price(stage: Stage, wish: dict[str, Any], money: int) -> None:
    """Changes what a plan costs in Salesforce."""
    stage.backstage.salesforce.change_price(sku=wish["plan"], price=money)


@when("staff take back the answer of NTT")
def take_back_answer(stage: Stage) -> None:
    """The line can't be had after all."""
    account = stage.backstage.records("order", id=order_of(stage))[0]["account"]
    stage.backstage.salesforce.answer_availability(subject=account, status="Ineligible")


@when("staff take back the review of {owner} ID")
def take_back_review(stage: Stage, owner: str) -> None:
    """The card was not what it seemed."""
    account = stage.account(owner)["id"]
    stage.backstage.salesforce.review_id(account=account, status="Rejected", message="EXPIRED")


@given("staff have moved the opportunity of {owner} check to {sales_stage}")
def moved_check(stage: Stage, owner: str, sales_stage: str) -> None:
    """Staff went on with the sale by themselves."""
    sale = stage.backstage.records("opportunity", account=stage.account(owner)["id"])[0]["id"]
    stage.backstage.salesforce.move_opportunity(opportunity=sale, stage=sales_stage)


# --- the queue -------------------------------------------------------------------------------------------------------
@then("staff have {number} order(s) to review")
def to_review(stage: Stage, number: int) -> None:
    """Orders under review, and approved ones until they run."""
    same("Orders in staff's queue", number, len(_queue(stage)))


@then("staff have one order to review, showing")
def to_review_showing(stage: Stage, datatable: list[list[str]]) -> None:
    """What staff see of an order before they decide: whose, what, what it rests on, what it costs."""
    (wanted,) = table(datatable)
    (order,) = _queue(stage)
    columns = {"product": "product_type", "once": "one_time", "value": "eligibility_value"}
    columns |= {"payment": "payment_method", "other Internet": "other_internet"}
    got = {name: str(order[columns.get(name, name)] or "–") for name in wanted}
    same("The order in staff's queue", {name: _plain(said) for name, said in wanted.items()}, got)


@then("staff have {number} SIM card(s) to send")
def to_send(stage: Stage, number: int) -> None:
    """Approved orders that wait for their card to be sent."""
    waiting = [each for each in _queue(stage) if each["to_be_shipped"] and each["status"] == "Approved"]
    same("SIM cards to send", number, len(waiting))


@then("staff see that the order failed for {word}")
def see_failure(stage: Stage, word: str) -> None:
    """The failed activation stays in the queue, with its reason."""
    (order,) = _queue(stage)
    same("The order in staff's queue", ("Failed", word), (order["activation"], order["error_code"]))


def _queue(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.backstage.salesforce.queues()["orders"])


def _plain(said: str) -> str:
    return str(yen(said)) if said.replace(",", "").isdigit() else said

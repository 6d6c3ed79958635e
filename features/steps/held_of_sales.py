"""What Salesforce holds of opportunities and of cases about an end (OPP, CAN-2)."""

from datetime import date, datetime, time
from typing import Any, Final

from features.sentences import given, then
from features.stage import TOKYO, Stage, among, same
from features.steps.customer_orders import order_of
from features.wishes import table
from genkan.backstage import Row

COLUMNS: Final = {
    "commodity": "commodity_type",
    "stage": "stage",
    "application": "application_stage",
    "source": "source",
    "closes": "close_date",
    "probability": "probability",
}
CLOSED: Final = "Closed"


@given("Salesforce holds {number} opportunity/opportunities of {owner} at {sales_stage}")
@then("Salesforce holds {number} opportunity/opportunities of {owner} at {sales_stage}")
def holds_at_a_stage(stage: Stage, number: int, owner: str, sales_stage: str) -> None:
    """How many of the customer's opportunities stand there."""
    rows = [row for row in _sales(stage, owner) if row["stage"] == sales_stage]
    same(f"Opportunities at {sales_stage}", number, len(rows))


@then("Salesforce holds {number} opportunity/opportunities of {owner}")
def holds_in_all(stage: Stage, number: int, owner: str) -> None:
    """How many opportunities the customer has."""
    rows = _sales(stage, owner)
    same("Opportunities", number, len(rows))


@then("Salesforce holds an opportunity of {owner}, showing")
def holds_one_like(stage: Stage, owner: str, datatable: list[list[str]]) -> None:
    """The columns of the customer's latest opportunity."""
    (wanted,) = table(datatable)
    row = _sales(stage, owner)[-1]
    same("The opportunity", wanted, {name: _said(row[COLUMNS[name]]) for name in wanted})


@then("Salesforce holds {owner} Internet opportunity at {sales_stage}")
def holds_internet_at(stage: Stage, owner: str, sales_stage: str) -> None:
    """The stage of the one opportunity for Internet."""
    same("The stage of the opportunity", sales_stage, internet_sale(stage, owner)["stage"])


@then("Salesforce holds its probability as {int}")
def holds_probability(stage: Stage, int: int) -> None:
    """It follows the stage."""
    same("The probability", int, internet_sale(stage, "her")["probability"])


@then("Salesforce holds its probability as {int}, closed {word}")
def holds_closed(stage: Stage, int: int, word: str) -> None:
    """What is over is won or lost."""
    sale = internet_sale(stage, "her")
    same("Probability and end", (int, True, word == "won"), (sale["probability"], sale["is_closed"], sale["is_won"]))


@then("Salesforce holds the order's opportunity at {sales_stage}")
def holds_the_orders(stage: Stage, sales_stage: str) -> None:
    """The stage of the opportunity that the order is on."""
    same("The stage of the order's opportunity", sales_stage, sale_of_order(stage)["stage"])


@then("Salesforce holds the order's opportunity at {sales_stage}, linked to the service")
def holds_the_orders_linked(stage: Stage, sales_stage: str) -> None:
    """The stage, and the plan's service in WHMCS."""
    sale = sale_of_order(stage)
    plan = stage.backstage.records("order_line", order=order_of(stage))[0]
    same("The order's opportunity", (sales_stage, plan["service"]), (sale["stage"], str(sale["service"])))


@then("the order is on the opportunity of {owner} check")
def on_the_check(stage: Stage, owner: str) -> None:
    """The order goes on with the opportunity that the check began."""
    same("The order's opportunity", _sales(stage, owner)[0]["id"], sale_of_order(stage)["id"])


@then("each of {owner} orders is on an opportunity of its own")
def each_its_own(stage: Stage, owner: str) -> None:
    """No two orders share one."""
    orders = stage.backstage.records("order", account=stage.account(owner)["id"])
    same("Opportunities of the orders", len(orders), len({row["opportunity"] for row in orders}))


# --- the end of a service --------------------------------------------------------------------------------------------
@then("Salesforce holds the service's opportunity at {sales_stage}")
def holds_the_services(stage: Stage, sales_stage: str) -> None:
    """The stage of the opportunity that the service belongs to."""
    same("The stage of the service's opportunity", sales_stage, sale_of_order(stage)["stage"])


@then("Salesforce holds its end as {date} {time} in Japan")
def holds_end(stage: Stage, date: date, time: time) -> None:
    """The last instant of the service."""
    end = datetime.fromisoformat(sale_of_order(stage)["ends_at"])
    same("The end of the service", datetime.combine(date, time, TOKYO), end.astimezone(TOKYO))


@then("Salesforce holds its cancellation notice {words} and its kit {words}")
@then("Salesforce holds its cancellation notice {words} and no kit")
def holds_notice_and_kit(stage: Stage, words: str, words2: str | None = None) -> None:
    """That notice was given, and where the rented equipment is."""
    sale = sale_of_order(stage)
    same("Notice and kit", (words, words2), (sale["cancellation_notice"], sale["kit"]))


@then("Salesforce holds no end and no cancellation notice")
def holds_no_end(stage: Stage) -> None:
    """As if nobody had asked."""
    sale = sale_of_order(stage)
    same("End and notice", (None, None), (sale["ends_at"], sale["cancellation_notice"]))


@then("Salesforce holds {number} case(s) {words}")
def holds_cases(stage: Stage, number: int, words: str) -> None:
    """Cases of that subject, closed ones included."""
    same("Cases", number, len(_cases(stage, words)))


@then("Salesforce holds {number} open case(s) {words}")
def holds_open_cases(stage: Stage, number: int, words: str) -> None:
    """Cases of that subject that staff still have to do."""
    same("Open cases", number, len([case for case in _cases(stage, words) if not case["is_closed"]]))


@then("the case names the service, {words}, {words} and the kit")
def case_names(stage: Stage, words: str, words2: str) -> None:
    """What staff need to end the service: which, by which SKU, when, asked when, and what comes back."""
    text = stage.backstage.records("case")[-1]["description"]
    service = str(sale_of_order(stage)["service"])
    for what in (service, words, words2, "Requested at: 2026-01-20", "Kit to be returned: yes"):
        among("What the case names", what, text)


@then("the case says that no opportunity is linked")
def case_says_unlinked(stage: Stage) -> None:
    """Staff are told to find it by hand."""
    among("What the case says", "No opportunity is linked", stage.backstage.records("case")[-1]["description"])


# --- inside ----------------------------------------------------------------------------------------------------------
def sale_of_order(stage: Stage) -> Row:
    """The opportunity of the order spoken of, as Salesforce holds it."""
    order = stage.backstage.record("order", order_of(stage))
    sale = stage.backstage.record("opportunity", order["opportunity"] if order else None)
    assert sale is not None, "the order is on no opportunity"
    return sale


def internet_sale(stage: Stage, owner: str) -> Row:
    """The customer's latest opportunity for Internet."""
    return [row for row in _sales(stage, owner) if "Internet" in row["commodity_type"]][-1]


def _sales(stage: Stage, owner: str) -> list[Row]:
    return stage.backstage.records("opportunity", account=stage.account(owner)["id"])


def _cases(stage: Stage, subject: str) -> list[Row]:
    return stage.backstage.records("case", subject=subject)


def _said(value: Any) -> str:
    return "" if value is None else str(value)

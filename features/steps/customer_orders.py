"""What customers do about orders, and what they see of them (ORD)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from typing import Any

from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.steps.customer_ready import make_ready
from features.wishes import PORTING, table, yen

AT_NINE = time(9, 0)


# --- ordering --------------------------------------------------------------------------------------------------------
@given("{actor} has ordered {cart}", "{actor}が{cart}を申し込んだ")
def has_ordered(stage: Stage, actor: str, cart: list[Any]) -> None:
    """Has placed an order for each service of the cart."""
    _ordered(stage, actor, cart)
    stage.settle()


@given("{actor} has ordered {cart} before")
def has_ordered_before(stage: Stage, actor: str, cart: list[Any]) -> None:
    """Had everything in order, and placed an order for each service of the cart."""
    make_ready(stage, actor)
    has_ordered(stage, actor, cart)


@given("{actor} has ordered {cart} to start on {date}")
def has_ordered_for_a_day(stage: Stage, actor: str, cart: list[Any], date: date) -> None:
    """Has placed an order that is to be activated on a day."""
    _ordered(stage, actor, cart, **_starting(date))
    stage.settle()


@given("{actor} has ordered an eSIM for a phone the issuer does not know")
def has_ordered_for_an_unknown_phone(stage: Stage, actor: str) -> None:
    """Has placed an order whose device number is none of the issuer's."""
    sim = {"type": "esim", "eid": "8904903200000000000000000000" + "0000"}
    _ordered(stage, actor, [{"plan": "SIM-DATA-VOICE-5GB", "sim": sim}])
    stage.settle()


@when("{actor} orders {cart}", "{actor} orders {cart} again", "{actor}が{cart}を申し込む")
def orders(stage: Stage, actor: str, cart: list[Any]) -> None:
    """Orders the services of a cart, having seen their prices and confirmed the address."""
    _order(stage, actor, cart)


@when("{actor} orders {cart} without confirming {owner} address")
def orders_without_confirming(stage: Stage, actor: str, cart: list[Any], owner: str) -> None:
    """Orders, and leaves the box beside the address empty."""
    _order(stage, actor, cart, addressConfirmed=False)


@when("{actor} orders {cart} to start on {date}")
def orders_for_a_day(stage: Stage, actor: str, cart: list[Any], date: date) -> None:
    """Orders, to be activated on a day."""
    _order(stage, actor, cart, **_starting(date))


@when("{actor} orders {cart} with the key {words}")
def orders_with_a_key(stage: Stage, actor: str, cart: list[Any], words: str) -> None:
    """Orders under a key that says which wish it is."""
    _order(stage, actor, cart, key=words)


@when("{actor} orders {cart} on the opportunity of {owner} check")
def orders_on_an_opportunity(stage: Stage, actor: str, cart: list[Any], owner: str) -> None:
    """Orders, and names the opportunity to use."""
    name, whose = stage.name(actor), stage.name(owner)
    check = stage.backstage.records("opportunity", account=stage.account(whose)["id"])[0]["id"]
    _order(stage, name, cart, opportunityId=check)


@when("{actor} orders {cart} from two tabs at once")
def orders_from_two_tabs(stage: Stage, actor: str, cart: list[Any]) -> None:
    """Orders the same in two tabs, neither waiting for the other."""
    customer = stage.customer(actor)
    from_two_tabs(stage, lambda: customer.order(cart))


@when("{actor} orders an eSIM and brings {owner} number along")
@when("{actor} orders an eSIM and brings {owner} number along with {detail} {words}")
def orders_with_a_number(stage: Stage, actor: str, owner: str, detail: str | None = None, words: str = "") -> None:
    """Orders a SIM and says what the former operator needs to let the number go."""
    porting = PORTING | ({detail: words} if detail else {})
    sim = {"type": "esim", "eid": "89049032000000000000000000000123", "porting": porting}
    wish = {"plan": "SIM-DATA-VOICE-5GB", "sim": sim}
    # what is not yet right can't be priced, so the price seen is that of the plan by itself
    seen = {"monthly": 1_480, "oneTime": 1_500}
    _order(stage, actor, [wish], seen=seen)


@when("{actor} withdraws the order", "{actor} withdraws the order again", "{actor}が申し込みを取り消す")
def withdraws(stage: Stage, actor: str) -> None:
    """Takes the order back."""
    customer = stage.customer(actor)
    with stage.asking():
        stage.told = customer.withdraw(order_of(stage))


@when("{actor} looks at {owner} order")
def looks_at_an_order(stage: Stage, actor: str, owner: str) -> None:
    """Opens the page of an order."""
    customer = stage.customer(actor)
    with stage.asking():
        stage.told = customer.order_detail(order_of(stage))


@when("{actor} looks at the order")
def looks_at_the_order(stage: Stage, actor: str) -> None:
    """Opens the page of the order."""
    stage.told = stage.customer(actor).order_detail(order_of(stage))


# --- what they see ---------------------------------------------------------------------------------------------------
@then("{actor} has {number} order(s) in review", "{actor}の審査待ちの申し込みは{number}である")
def has_in_review(stage: Stage, actor: str, number: int) -> None:
    """The customer's own list of orders."""
    found = [each for each in stage.customer(actor).orders() if each["status"] == "pending_review"]
    same("Orders in review, as the customer sees them", number, len(found))


@then("{owner} orders hold")
def orders_hold(stage: Stage, owner: str, datatable: list[list[str]]) -> None:
    """Lines and prices of the customer's orders, one row a line."""
    customer = stage.customer(owner)
    got = sorted(
        (str(order["productType"]), line["name"], int(line["unitPrice"]))
        for order in (customer.order_detail(each["id"]) for each in customer.orders())
        for line in order["lines"]
    )
    wanted = sorted((row["product"].lower(), row["line"], yen(row["price"])) for row in table(datatable))
    same("Lines of the orders", wanted, got)


@then("the order is {status}", "申し込みは{status}である")
def order_is(stage: Stage, status: str) -> None:
    """The status that the customer sees."""
    same("The order's status, as the customer sees it", status, detail_of(stage)["status"])


@then("the order's activation is {status}")
def activation_is(stage: Stage, status: str) -> None:
    """The activation that the customer sees."""
    same("The order's activation, as the customer sees it", status, detail_of(stage)["activation"])


@then("the order tells nothing of an activation")
def tells_no_activation(stage: Stage) -> None:
    """Before the approval there is nothing to tell of."""
    same("The order's activation, as the customer sees it", None, detail_of(stage)["activation"])


@then("the order costs {money} a month")
@then("the order costs {money} a month and {money} once")
def order_costs(stage: Stage, money: int, money2: int = 0) -> None:
    """The totals of the order."""
    wanted = {"monthly": money, "oneTime": money2}
    same("The order's totals", wanted, detail_of(stage)["totals"])


@then("the {line} order shows that {owner} address is {status}")
@then("the {line} order shows that {owner} ID is {status}")
def rests_on(stage: Stage, line: str, owner: str, status: str) -> None:
    """What the order rests on: the check of the address, or the review of the ID."""
    order = detail_of(stage, line)
    row = order["eligibility"] if line == "internet" else order["identity"]
    same("What the order rests on", status, row["status"] if row else None)


@then("the order says why: {words}")
def says_why(stage: Stage, words: str) -> None:
    """Why it was cancelled, in the customer's words."""
    cancelled = detail_of(stage)["cancelled"]
    same("Why the order was cancelled", words, cancelled["message"] if cancelled else None)


@then("the order can be withdrawn")
def can_withdraw(stage: Stage) -> None:
    """The customer is offered to take it back."""
    same("Whether the order can be withdrawn", True, detail_of(stage)["canWithdraw"])


@then("the order can't be withdrawn")
def can_not_withdraw(stage: Stage) -> None:
    """The customer is not offered to take it back."""
    same("Whether the order can be withdrawn", False, detail_of(stage)["canWithdraw"])


@then("the order's story ends with {words}")
def story_ends(stage: Stage, words: str) -> None:
    """The last line of the order's timeline."""
    same("The last line of the story", words, story_of(stage)[-1]["message"])


@then("the order's story says that SonixNet has the next step until {date}")
def story_waits(stage: Stage, date: date) -> None:
    """Who holds the open step, and by when it is expected."""
    step = next((entry for entry in story_of(stage) if entry["open"]), None)
    held = (step["holder"], datetime.fromisoformat(step["expected"]["latest"]).astimezone(TOKYO).date()) if step else ()
    same("Who has the next step, and until when", ("sonixnet", date), held)


# --- inside ----------------------------------------------------------------------------------------------------------
def order_of(stage: Stage, line: str | None = None) -> str:
    """The id of the order spoken of: the latest, or the latest of a product line."""
    orders = [each for each in stage.notes.get("orders", []) if line in (None, each["productType"])]
    assert orders, "nobody has ordered anything yet"
    return str(orders[-1]["id"])


def detail_of(stage: Stage, line: str | None = None) -> dict[str, Any]:
    """The order spoken of, as its customer sees it."""
    found: dict[str, Any] = stage.notes["orderer"].order_detail(order_of(stage, line))
    return found


def story_of(stage: Stage) -> list[dict[str, Any]]:
    """The story of the order spoken of, the service it became included."""
    order = order_of(stage)
    journey = next(each for each in stage.notes["orderer"].timeline() if each["order"] == order)
    return list(journey["entries"])


def remember(stage: Stage, said: str, told: Any) -> None:
    """Keep what placing orders answered."""
    customer = stage.customer(said)
    if "orders" not in told:
        customer.wait(told["requestId"], seconds=2)
        known = {each["id"] for each in stage.notes.get("orders", [])}
        told = {"orders": [each for each in reversed(customer.orders()) if each["id"] not in known]}
    stage.notes["orderer"] = customer
    stage.notes.setdefault("orders", []).extend(told["orders"])


def from_two_tabs(stage: Stage, do: Callable[[], Any]) -> None:
    """Do something twice at once."""
    with stage.asking(), ThreadPoolExecutor(2) as tabs:
        asked = [tabs.submit(do) for _ in range(2)]
        stage.notes["answers"] = [each.result() for each in asked]


def _order(stage: Stage, said: str, cart: list[Any], **more: Any) -> None:
    customer = stage.customer(said)
    with stage.asking():
        stage.told = customer.order(cart, **more)
        stage.notes.setdefault("answers", []).append(stage.told)
        remember(stage, said, stage.told)


def _ordered(stage: Stage, said: str, cart: list[Any], **more: Any) -> None:
    remember(stage, said, stage.customer(said).order(cart, **more))


def _starting(day: date) -> dict[str, Any]:
    return {"activation": "scheduled", "activateAt": datetime.combine(day, AT_NINE, TOKYO).isoformat()}

"""Looking at plans and pricing carts: by anybody, and by a customer who is logged in (CAT)."""

from datetime import date
from typing import Any, Final

from features.parameters import choice
from features.sentences import given, then, when
from features.shop import PLANS, service
from features.stage import Stage, among, same
from features.wishes import SHORT

PLACES: Final = {
    "the plan": "services[0].plan",
    "the add-ons": "services[0].extras",
    "the first add-on": "services[0].extras[0]",
    "the second add-on": "services[0].extras[1]",
    "the third add-on": "services[0].extras[2]",
    "the SIM": "services[0].sim",
    "the services": "services",
}
NAMES: Final = {sku: name for name, sku in PLANS.items()}

choice("them", {"them all": "all", "all": "all", "none of them": "none", "none": "none"}, "none of them")


# --- looking ---------------------------------------------------------------------------------------------------------
@when("somebody looks at the plans", "誰かがプランを見る")
@given("somebody has looked at the plans")
def looks(stage: Stage) -> None:
    """The public catalog, without an account; what is read behind an earlier answer is read by then."""
    stage.backstage.now()
    with stage.asking():
        stage.told = stage.portal.catalog()


@when("somebody looks at the plans {times}")
def looks_often(stage: Stage, times: int) -> None:
    """One look after the other."""
    for _ in range(times):
        looks(stage)


@when("{actor} looks at {owner} plans", "{actor}がプランを見る")
def looks_at_own(stage: Stage, actor: str, owner: str = "") -> None:
    """What is open to the customer, and why the rest is not."""
    customer = stage.customer(actor)
    with stage.asking():
        stage.told = customer.catalog()


@when("a page that has the plans asks for them again")
def asks_again(stage: Stage) -> None:
    """A browser sends the tag of what it holds."""
    tag = stage.notes.get("tag")
    if tag is None:
        stage.portal.catalog()
        assert stage.portal.last is not None
        tag = stage.notes["tag"] = stage.portal.last.headers["etag"]
    stage.portal.call("GET", "/api/catalog", headers={"if-none-match": tag})


@then("it is told that nothing changed")
def is_unchanged(stage: Stage) -> None:
    """Nothing is sent again."""
    assert stage.portal.last is not None
    same("The answer's status", 304, stage.portal.last.status_code)


@then("it gets the plans")
def gets_plans(stage: Stage) -> None:
    """All of it is sent."""
    assert stage.portal.last is not None
    same("The answer's status", 200, stage.portal.last.status_code)


# --- what is seen ----------------------------------------------------------------------------------------------------
@then("{actor} see(s) {plan} for {money} a month")
@then("{actor} see(s) {plan} for {money} a month as {words}")
def sees_plan(stage: Stage, actor: str, plan: str, money: int, words: str | None = None) -> None:
    """A plan with its price, and what kind of plan it is."""
    item = _item(stage, plan)
    same("Price and cycle", (money, "monthly"), (item["unitPrice"], item["billingCycle"]))
    if words is not None:
        kind = [item.get(name) for name in ("offering", "tier", "dataSize", "planType", "region")]
        same("What the plan is", words, ", ".join(each for each in kind if each))


@then("{actor} see(s) {plan}")
def sees(stage: Stage, actor: str, plan: str) -> None:
    """It is shown."""
    _item(stage, plan)


@then("{actor} doesn't/don't see {plan}")
def does_not_see(stage: Stage, actor: str, plan: str) -> None:
    """It is not shown."""
    same("Shown", False, plan in {item["sku"] for item in _items(stage)})


@then("{actor} see(s) {plan}, which can't be ordered")
def sees_closed(stage: Stage, actor: str, plan: str) -> None:
    """It is shown, and not for sale."""
    same("Whether it can be ordered", False, _item(stage, plan)["orderable"])


@then("{actor} can order {plan}", "{actor}は{plan}を申し込める")
def can_order(stage: Stage, actor: str, plan: str) -> None:
    """It is shown as for sale."""
    same("Whether it can be ordered", True, _item(stage, plan)["orderable"])


@then("{plan} stands before {plan}")
def stands_before(stage: Stage, plan: str, plan2: str) -> None:
    """The order of the list."""
    skus = [item["sku"] for item in _items(stage)]
    assert skus.index(plan) < skus.index(plan2), f"{plan2} stands before {plan}"


@then("{actor} see(s) Internet plans of {words}", "{actor}には{words}のインターネットのプランが見える")
def sees_offerings(stage: Stage, actor: str, words: str) -> None:
    """The offerings whose plans are shown, in alphabetical order."""
    same("Offerings", words, ", ".join(sorted({plan["offering"] for plan in _internet(stage)})))


@then("{actor} see(s) no Internet plan", "{actor}にはインターネットのプランが見えない")
def sees_no_internet(stage: Stage, actor: str) -> None:
    """Not one."""
    same("Internet plans", [], [plan["name"] for plan in _internet(stage)])


@then("{actor} can order {them} of the Internet plans")
@then("{actor} can order {them}")
def can_order_them(stage: Stage, actor: str, them: str) -> None:
    """Every Internet plan that is shown, or none of those."""
    plans = _internet(stage)
    assert plans, "no Internet plan is shown"
    same("Which can be ordered", {them == "all"}, {plan["orderable"] for plan in plans})


@then("{actor} read(s) {words} about Internet", "{actor}はインターネットについて{words}と読む")
def reads_notice(stage: Stage, actor: str, words: str) -> None:
    """What stands over the Internet plans."""
    same("What is said of Internet", words, _notice(stage).get("message"))


@then(
    "in {language} {actor} read(s) {words} about Internet", "{actor}はインターネットについて{language}で{words}と読む"
)
def reads_notice_in(stage: Stage, language: str, actor: str, words: str) -> None:
    """The same in the customer's own language."""
    told = stage.customer(actor).call("GET", "/catalog/personalized", headers={"accept-language": language})
    (shelf,) = [shelf for shelf in told["shelves"] if shelf["type"] == "internet"]
    same("What is said of Internet", words, shelf["notice"]["message"])


@then("{actor} read(s) nothing about Internet")
def reads_nothing(stage: Stage, actor: str) -> None:
    """Nothing stands over the Internet plans."""
    same("What is said of Internet", {}, _notice(stage))


@then("the way on is {words}")
def way_on(stage: Stage, words: str) -> None:
    """What the button beside the reason says."""
    same("The button", words, _notice(stage).get("label"))


@then("the way on leads to that service")
def way_on_to_service(stage: Stage) -> None:
    """The button opens the service that stands in the way."""
    among("Where the button leads", f"/services/{stage.notes['service']}", _notice(stage).get("url", ""))


@then("{actor} read(s) since when the plans are not up to date")
def stale(stage: Stage, actor: str) -> None:
    """Marked as stale, with the time they were read."""
    same("Stale, and since when", (True, True), (stage.told["stale"], bool(stage.told.get("readAt"))))


@then("the plans are up to date")
def up_to_date(stage: Stage) -> None:
    """Not marked as stale."""
    same("Stale", False, stage.told["stale"])


# --- carts -----------------------------------------------------------------------------------------------------------
@when("somebody prices {cart}", "誰かが{cart}の料金を見る")
def prices(stage: Stage, cart: list[Any]) -> None:
    """A cart, without an account."""
    _price(stage, cart)


@when("somebody prices {plan} with {extra}")
@when("somebody prices {plan} with {extra}, {extra}")
@when("somebody prices {plan} with {extra}, {extra}, {extra}")
def prices_with(stage: Stage, plan: str, extra: str, extra2: str = "", extra3: str = "") -> None:
    """One plan with what goes with it."""
    _price(stage, [service(plan, *(each for each in (extra, extra2, extra3) if each))])


@when("somebody prices the plan {words} with {words}")
def prices_codes(stage: Stage, words: str, words2: str) -> None:
    """A plan and add-ons by their SKUs, as a page would send them."""
    wish: dict[str, Any] = {"plan": words, "extras": [each.strip() for each in words2.split(",") if each.strip()]}
    if words.startswith("SIM"):
        wish["sim"] = {"type": "esim"}
    _price(stage, [wish])


@when("somebody prices a SIM without saying how it comes")
def prices_vague_sim(stage: Stage) -> None:
    """Neither eSIM nor card."""
    _price(stage, [{"plan": PLANS["SIM 5GB"]}])


@when("somebody prices a cart of {number} VPNs")
def prices_many(stage: Stage, number: int) -> None:
    """So many services at once."""
    _price(stage, [SHORT["a VPN"]] * number)


@then("it costs {money} a month and {money} once")
def it_costs(stage: Stage, money: int, money2: int) -> None:
    """The totals of the cart."""
    same("The totals", {"monthly": money, "oneTime": money2}, stage.told["totals"])


@then("the first bill is {money} for {date} to {date}")
def first_bill(stage: Stage, money: int, date: date, date2: date) -> None:
    """What is paid first when the services start today, and for which days."""
    bill = stage.told["firstBill"]
    same("The first bill", (money, str(date), str(date2)), (bill["amount"], bill["starts"], bill["ends"]))


@then("its lines are {words}")
def lines_are(stage: Stage, words: str) -> None:
    """The lines of the cart's services, by name."""
    same("The lines", words, ", ".join(line["name"] for each in stage.told["services"] for line in each["lines"]))


@then("they read that prices include tax")
def tax_note(stage: Stage) -> None:
    """The note below the totals."""
    same("The note", "All prices include consumption tax.", stage.told["taxNote"])


@then("the cart is refused, naming {words}, because {words}")
def cart_refused(stage: Stage, words: str, words2: str) -> None:
    """Which part of the cart can't be, and why."""
    same("Why it was refused", "cart_refused", stage.refusal.code)
    got = [(each["field"], each["message"]) for each in stage.refusal.problem["errors"]]
    same("What can't be", [(PLACES[words], words2)], got)


# --- inside ----------------------------------------------------------------------------------------------------------
def _price(stage: Stage, services: list[Any]) -> None:
    with stage.asking():
        stage.told = stage.portal.price(services)


def _items(stage: Stage) -> list[dict[str, Any]]:
    if stage.refused is not None:
        raise stage.refused
    return [item for shelf in stage.told["shelves"] for item in shelf["items"]]


def _item(stage: Stage, sku: str) -> dict[str, Any]:
    found = [item for item in _items(stage) if item["sku"] == sku]
    same(f"How often {NAMES.get(sku, sku)} is shown", 1, len(found))
    return found[0]


def _internet(stage: Stage) -> list[dict[str, Any]]:
    return [item for item in _items(stage) if item["type"] == "internet" and item["itemClass"] == "plan"]


def _notice(stage: Stage) -> dict[str, str]:
    (shelf,) = [shelf for shelf in stage.told["shelves"] if shelf["type"] == "internet"]
    found: dict[str, str] = shelf.get("notice") or {}
    return found

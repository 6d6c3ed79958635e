"""What customers see of services and bills, and do with them (SRV)."""

from datetime import date, datetime
from typing import Any, Final

from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.steps.customer_orders import has_ordered, order_of
from features.wishes import table

LINES: Final = {"Internet": "internet", "SIM": "sim", "VPN": "vpn"}
INTO_WHMCS: Final = "https://billing.sonixnet.example/"
A_CARD: Final = "card"


# --- having one ------------------------------------------------------------------------------------------------------
@given("{actor} has {wish} running", "{actor}が{wish}を利用している")
def has_running(stage: Stage, actor: str, wish: dict[str, Any]) -> None:
    """Ordered it, staff approved it, and it was activated."""
    has_ordered(stage, actor, [wish])
    desk = stage.backstage.salesforce
    if wish.get("sim", {}).get("type") == "physical":
        desk.ship_sim(order=order_of(stage))
    desk.approve_order(order=order_of(stage))
    stage.notes["calls"] = stage.backstage.world.calls()


@then("{owner} {line} is running")
def is_running(stage: Stage, owner: str, line: str) -> None:
    """The customer sees one active service of that line, and that the order for it is completed."""
    customer = stage.customer(owner)
    running = [
        each["name"] for each in customer.services() if (each["productType"], each["status"]) == (line, "active")
    ]
    plans = [name for name in running if not any(word in name for word in ("Installation", "fee"))]
    same(f"Running services, {line}", 1, len(plans))
    same("The order's status, as the customer sees it", "completed", customer.order_detail(order_of(stage))["status"])


@then("{actor} has no services")
def has_none(stage: Stage, actor: str) -> None:
    """The list is empty."""
    same("Services", [], stage.customer(actor).services())


@then("{actor} sees the service {words}, showing")
def sees_service(stage: Stage, actor: str, words: str, datatable: list[list[str]]) -> None:
    """What a service shows."""
    (wanted,) = table(datatable)
    service = service_named(stage, actor, words)
    got = {
        "status": service["status"],
        "price": f"{service['price']:,}",
        "cycle": service["cycle"],
        "type": service["productType"],
        "next due": service["nextDue"],
        "ending": "no" if service["cancellation"] is None else "yes",
    }
    same("The service", wanted, {name: got[name] for name in wanted})


@then("{actor} sees the service {words} as {status}")
def sees_service_as(stage: Stage, actor: str, words: str, status: str) -> None:
    """The status that the customer sees."""
    same("The service's status, as the customer sees it", status, service_named(stage, actor, words)["status"])


@then("{actor} sees the service {words} ending on {date}")
def sees_service_ending(stage: Stage, actor: str, words: str, date: date) -> None:
    """The last day that stands on the service."""
    same("The service's last day", date, last_day(service_named(stage, actor, words)))


@then("{actor} sees the service {words} not ending")
def sees_service_staying(stage: Stage, actor: str, words: str) -> None:
    """No end stands on the service."""
    same("The service's last day", None, last_day(service_named(stage, actor, words)))


@then("the service is linked to its opportunity")
def linked(stage: Stage) -> None:
    """The service names the opportunity of its order."""
    order = stage.backstage.record("order", order_of(stage))
    services = {each["id"]: each for each in stage.notes["orderer"].services()}
    plan = stage.backstage.records("order_line", order=order_of(stage))[0]["service"]
    same("The service's opportunity", order["opportunity"] if order else None, services[plan]["opportunityId"])


@when("{actor} looks at {owner} service")
def looks_at_service(stage: Stage, actor: str, owner: str) -> None:
    """Opens the page of somebody's service."""
    _with_service_of(stage, actor, owner, "", None)


@when("{actor} asks for a new eSIM for {owner} service")
def asks_for_anothers_esim(stage: Stage, actor: str, owner: str) -> None:
    """Wants the eSIM of somebody's service anew."""
    _with_service_of(stage, actor, owner, "/reissue-esim", {})


@when("{actor} adds data to {owner} service")
def adds_data_to_anothers(stage: Stage, actor: str, owner: str) -> None:
    """Wants more data on somebody's service."""
    _with_service_of(stage, actor, owner, "/topup", {"megabytes": 1000})


# --- eSIM ------------------------------------------------------------------------------------------------------------
@then("{actor} sees the code of {owner} eSIM")
def sees_code(stage: Stage, actor: str, owner: str) -> None:
    """The code that a phone scans is the issuer's."""
    stage.notes["code"] = code = _esim_code(stage, actor)
    codes = [row["qr"] for row in stage.backstage.records("esim", order=order_of(stage)) if row["status"] == "active"]
    same("The code of the eSIM", codes, [code])


@then("{actor} sees the code of {owner} new eSIM")
def sees_new_code(stage: Stage, actor: str, owner: str) -> None:
    """Not the code of before: that of the profile that works now."""
    rows = stage.backstage.records("esim", order=order_of(stage))
    assert len({row["qr"] for row in rows}) > 1, "there is no new code"
    sees_code(stage, actor, owner)


@when("{actor} asks for a new eSIM")
def asks_for_esim(stage: Stage, actor: str) -> None:
    """Wants the eSIM issued anew."""
    _with_service(stage, actor, "/reissue-esim", None)


@when("{actor} adds {data}")
@when("{actor} adds {data} with the key {words}")
def adds_data(stage: Stage, actor: str, data: int, words: str | None = None) -> None:
    """Wants more data."""
    _with_service(stage, actor, "/topup", {"megabytes": data}, words)


@when("{actor} adds {data} {times}")
def adds_data_often(stage: Stage, actor: str, data: int, times: int) -> None:
    """Wants more data, again and again."""
    for _ in range(times):
        _with_service(stage, actor, "/topup", {"megabytes": data})


# --- inside ----------------------------------------------------------------------------------------------------------
def service_named(stage: Stage, said: str, name: str) -> dict[str, Any]:
    """The customer's service of that name."""
    services = stage.customer(said).services()
    found = [each for each in services if each["name"] == name]
    assert found, f"there is no service {name!r} among {[each['name'] for each in services]}"
    return found[0]


def last_day(service: dict[str, Any]) -> date | None:
    """The day in Japan that a service ends on, as the customer sees it."""
    ending = service["cancellation"]
    return datetime.fromisoformat(ending["endsAt"]).astimezone(TOKYO).date() if ending else None


def plan_of(stage: Stage) -> str:
    """The service that the order spoken of became."""
    return str(stage.backstage.records("order_line", order=order_of(stage))[0]["service"])


def _esim_code(stage: Stage, said: str) -> str | None:
    code: str | None = stage.customer(said).get(f"/subscriptions/{plan_of(stage)}")["esimQr"]
    return code


def _with_service(stage: Stage, said: str, what: str, body: Any, key: str | None = None) -> None:
    customer, service = stage.customer(said), plan_of(stage)
    with stage.asking():
        stage.told = customer.post(f"/subscriptions/{service}{what}", body, key)


def _with_service_of(stage: Stage, said: str, owner: str, what: str, body: Any) -> None:
    customer, service = stage.customer(said), plan_of(stage)
    with stage.asking():
        path = f"/subscriptions/{service}{what}"
        stage.told = customer.get(path) if body is None else customer.post(path, body or None)

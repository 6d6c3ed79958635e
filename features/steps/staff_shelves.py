"""What staff do on Salesforce's shelves and in WHMCS by hand, and what that costs or alarms (CAT, OPS-6)."""

from typing import Final

from features.parameters import choice
from features.people import KOENJI
from features.sentences import given, then, when
from features.shop import PLANS
from features.stage import Stage, same
from features.steps.customer_profile import is_eligible

KINDS: Final = {"a SIM": ("SIM-DATA-VOICE-5GB", "SIM"), "Internet": ("INTERNET-HOME-1G-SILVER", "Internet")}

choice("kind_held", KINDS, "a SIM")


@when("staff take {plan} off the shelf")
def takes_off(stage: Stage, plan: str) -> None:
    """The product is not active any more."""
    stage.backstage.salesforce.deactivate_product(sku=plan)


@when("staff change the price of {plan} to {money}")
def changes_price(stage: Stage, plan: str, money: int) -> None:
    """Another price in the portal's price book."""
    stage.backstage.salesforce.change_price(sku=plan, price=money)


@given("{actor} has {kind_held} in WHMCS that is {status}")
def has_in_billing(stage: Stage, actor: str, kind_held: tuple[str, str], status: str) -> None:
    """A service that staff set up by hand for a product of the shop, brought to where it is."""
    sku, group = kind_held
    (product,) = stage.backstage.records("product", sku=sku)
    desk = stage.backstage.whmcs
    name = next(name for name, each in PLANS.items() if each == sku)
    client = stage.account(actor)["client"]
    service = desk.add_service(client=client, name=name, group=group, price=1000, product=product["billing_product"])
    stage.notes["service"] = service
    if status == "suspended":
        desk.suspend_service(service=service)
    elif status == "terminated":
        desk.terminate_service(service=service)
    else:
        same("A status staff can bring a service to", "active", status)


@given("{actor} has Internet on its way in WHMCS")
def on_its_way(stage: Stage, actor: str) -> None:
    """The order was added in WHMCS and waits for being accepted."""
    customer = stage.customer(actor)
    account = stage.account(actor)
    stage.backstage.whmcs.add_payment_method(client=account["client"])
    order = customer.order([{"plan": "INTERNET-HOME-1G-SILVER", "extras": ["INTERNET-INSTALL-SINGLE"]}])
    stage.backstage.fault("whmcs", "ensure_accepted", "unavailable")
    stage.backstage.salesforce.approve_order(order=order["orders"][0]["id"])
    statuses = {row["status"] for row in stage.backstage.records("service", client=account["client"])}
    same("The services in WHMCS", {"Pending"}, statuses)


@given("staff have set up {words} in the group {words} for {actor} in WHMCS")
def set_up_by_hand(stage: Stage, words: str, words2: str, actor: str) -> None:
    """A service of a product nobody mapped."""
    client = stage.account(actor)["client"]
    stage.notes["service"] = stage.backstage.whmcs.add_service(client=client, name=words, group=words2, price=1000)


@given("{actor} has asked for availability")
def has_asked(stage: Stage, actor: str) -> None:
    """The check is open."""
    stage.customer(actor).ask_availability()


@given("{actor} was told that no line reaches {actor}")
def was_refused(stage: Stage, actor: str, actor2: str) -> None:
    """NTT said no."""
    stage.customer(actor).ask_availability()
    stage.backstage.salesforce.answer_availability(subject=stage.account(actor)["id"], status="Ineligible")


@given("{actor} was eligible, and has moved")
def has_moved(stage: Stage, actor: str) -> None:
    """The answer was for another address."""
    is_eligible(stage, actor, "Home 1G")
    stage.customer(actor).change_profile(address=dict(KOENJI))


@then("staff are alarmed about {words}")
def alarmed(stage: Stage, words: str) -> None:
    """The alarm is counted among the figures that operators watch."""
    same(f"Alarms of {words}", 1, figure(stage, "genkan_alarms_total", alarm=words))


@then("Salesforce was asked for the catalog {times}")
def asked_for_catalog(stage: Stage, times: int) -> None:
    """How often the portal read it."""
    same("Readings of the catalog", times, stage.backstage.world.calls().get("salesforce.catalog", 0))


def figure(stage: Stage, name: str, **labels: str) -> float:
    """One of the portal's figures; nothing counted is 0."""
    text = stage.portal.http.get("/metrics").text
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    for line in text.splitlines():
        head, _, value = line.rpartition(" ")
        if head.startswith(name) and wanted <= set(head.partition("{")[2].rstrip("}").split(",")):
            return float(value)
    return 0

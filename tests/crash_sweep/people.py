"""Deeds that several journeys have in common."""

from datetime import timedelta
from typing import Any

from core.domain.ids import ClientId, OrderId
from genkan.client import Json
from genkan.demo.people import EID, PASSWORD, PEOPLE, TERMS, card
from tests.crash_sweep.journey import Leg, by_customer, elsewhere
from tests.crash_sweep.stage import Stage

SIGNED_IN = frozenset({"last_sign_in", "note_sign_in"})
"""The write-back of a log-in's time: tokens that are given out are a log-in."""
VPN: Json = {"plan": "VPN-SAN-FRANCISCO"}
LONDON: Json = {"plan": "VPN-LONDON"}
ESIM: Json = {"plan": "SIM-DATA-VOICE-10GB", "sim": {"type": "esim", "eid": EID}}
CARD: Json = {"plan": "SIM-DATA-VOICE-5GB-FAMILY", "sim": {"type": "physical"}}
LINE: Json = {
    "plan": "INTERNET-HOME-1G-GOLD",
    "extras": ["INTERNET-INSTALL-SINGLE", "INTERNET-ADDON-HOME-PHONE"],
}


def address_of(name: str) -> str:
    """Their email address."""
    return f"{name.lower()}@example.com"


def details(name: str, **more: Any) -> Json:
    """What they write when they sign up."""
    written = {"email": address_of(name), "password": PASSWORD, "termsVersion": TERMS, "marketingConsent": True}
    return {**PEOPLE[name], **written} | more


# --- signing up ---------------------------------------------------------------------------------------------------
def asks_for_an_account(name: str, **more: Any) -> Leg:
    """Sign up; a second try is another sign-up with another code."""

    def deed(stage: Stage) -> None:
        token = {"checkoutToken": stage.known["checkout"]} if "checkout" in stage.known else {}
        stage.known["sign_up"] = stage.portal.start_sign_up(**details(name, **more, **token))

    return by_customer(f"{name} asks for an account", deed, anew=True)


def proves_the_address(name: str) -> Leg:
    """Enter the mailed code, of the sign-up that was answered."""

    def deed(stage: Stage) -> None:
        code = stage.mailbox.mails(address_of(name), "sign_up_code")[0].values["code"]
        made = stage.portal.complete_sign_up(PASSWORD, address_of(name), {**stage.known["sign_up"], "code": code})
        stage.knows(name, made or stage.later(lambda: stage.portal.log_in(address_of(name), PASSWORD)))

    return by_customer(f"{name} enters the code", deed, by_answer=SIGNED_IN)


def signed_up(name: str) -> tuple[Leg, ...]:
    """A customer of the portal."""
    return asks_for_an_account(name), proves_the_address(name)


def pays_by_card(name: str) -> Leg:
    """Add a card on billing's page."""
    return elsewhere(f"{name} adds a card", lambda stage: add_card(stage, name))


def add_card(stage: Stage, name: str, **card: Any) -> None:
    """Add a card on billing's page."""
    stage.known["card"] = stage.whmcs.add_payment_method(ClientId(stage.account(name)["client"]), **card)


def hands_in_a_card(name: str) -> Leg:
    """Send a picture of the residence card, both sides."""

    def deed(stage: Stage) -> None:
        sides = ("front", "back")
        files = stage.known.setdefault("pictures", {side: card(name, side) for side in sides})
        stage.customer(name).call("POST", "/verification/id", None, {"idempotency-key": "card"}, files=files)

    return by_customer(f"{name} hands in a card", deed)


def reviews(name: str, status: str, message: str | None = None) -> Leg:
    """Staff look at the card."""
    said = f"staff find {name} {status}"
    return elsewhere(said, lambda stage: stage.salesforce.review_id(stage.account(name)["id"], status, message))


# --- ordering -----------------------------------------------------------------------------------------------------
def orders(name: str, service: Json, **more: Any) -> Leg:
    """Order one service under a key of the customer's own."""
    plan = service["plan"]

    def deed(stage: Stage) -> None:
        customer = stage.customer(name)
        at = {"activation": "scheduled", "activateAt": (stage.now() + more["after"]).isoformat()} if more else {}
        wish = stage.known.setdefault("wish", {}).setdefault(plan, at)
        customer.order([service], key=f"{name}-{plan}", **wish)

    return by_customer(f"{name} orders {plan}", deed)


def the_order(stage: Stage, plan: str) -> OrderId:
    """The order that has that plan, as Salesforce knows it."""
    product = stage.row("product", sku=plan)["id"]
    (line,) = [row for row in stage.rows("order_line") if row["product"] == product]
    return OrderId(line["order"])


def the_service(stage: Stage, plan: str) -> str:
    """The service that the plan's line became, as billing knows it."""
    product = stage.row("product", sku=plan)["id"]
    (line,) = [row for row in stage.rows("order_line") if row["product"] == product]
    return str(line["service"])


def approves(plan: str) -> Leg:
    """Staff approve the order of a plan."""
    return elsewhere(f"staff approve {plan}", lambda stage: stage.salesforce.approve_order(the_order(stage, plan)))


def time_goes_on(by: timedelta, why: str) -> Leg:
    """Let so much time go by."""
    return elsewhere(f"it is {why}", lambda stage: stage.move_on(by))

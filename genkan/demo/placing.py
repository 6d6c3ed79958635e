"""What every order of the demo has in common: a card, a review by staff, one service for each line."""

from typing import Any

from genkan.backstage import Row
from genkan.client import Customer, Json
from genkan.demo.play import Play


def with_card(play: Play, customer: Customer) -> None:
    """Let a customer add a card, and see that the portal knows."""
    play.backstage.add_payment_method(customer)
    play.expect(
        "ORD-9", "the portal sees the payment method", True, lambda: customer.get("/checkout/payment-status")["present"]
    )


def placed(play: Play, customer: Customer, services: list[Json], **more: Any) -> str:
    """Order one service and see it wait for review."""
    (order,) = customer.order(services, **more)["orders"]
    in_review(play, customer, order["id"])
    return str(order["id"])


def in_review(play: Play, customer: Customer, order: str) -> None:
    """Expect an order as it begins, on an opportunity that moved along."""
    play.backstage.now()
    begun = {"status": "Pending Review", "activation": "Not Started"}
    play.expect("ORD-3", "the order waits for review", begun, lambda: _part(play.of_order(order), begun))
    stage = play.of_order(order)["opportunity"]
    play.expect("ORD-4", "its opportunity is in post processing", "Post Processing", lambda: play.stage_of(stage))
    play.expect(
        "ORD-2",
        "the opportunity carries this order alone",
        [order],
        lambda: [row["id"] for row in play.backstage.records("order", opportunity=stage)],
    )
    play.expect("ORD-6", "she sees it in review", "pending_review", lambda: customer.order_detail(order)["status"])


def approved(play: Play, order: str) -> None:
    """Let staff approve."""
    play.tell("Staff", "look at prerequisites and prices, and approve")
    play.backstage.salesforce.approve_order(order=order)


def activated(play: Play, customer: Customer, order: str) -> None:
    """Let staff approve, and expect the service."""
    approved(play, order)
    runs(play, customer, order)


def runs(play: Play, customer: Customer, order: str) -> None:
    """Expect an order that is over and its services: one for each line, at the prices as ordered, known to both."""
    over = {"status": "Completed", "activation": "Activated", "error_code": None}
    play.expect("FUL-2", "the order is completed and activated", over, lambda: _part(play.of_order(order), over))
    play.expect("FUL-6", "its approval was told once", 1, lambda: _told(customer, "order_approved", f"/orders/{order}"))
    lines = play.backstage.records("order_line", order=order)
    play.expect(
        "FUL-3",
        "WHMCS holds one order for it, which is the one Salesforce names",
        [play.of_order(order)["billing_order"]],
        lambda: sorted({row["order"] for row in _services(play, order)}),
    )
    play.expect(
        "FUL-2",
        "each line is one service at the price as ordered, and active",
        sorted((line["service"], line["unit_price"], "Active") for line in lines),
        lambda: sorted((row["id"], _price(row), row["status"]) for row in _services(play, order)),
    )
    sale = play.of_order(order)["opportunity"]
    play.expect("OPP-1", "the sale is active", "Active", lambda: play.stage_of(sale))
    plan = str((play.backstage.record("opportunity", sale) or {}).get("service"))
    play.expect("FUL-2", "the sale names the plan's service", True, lambda: plan in {line["service"] for line in lines})
    play.expect(
        "FUL-2", "its activation was told once", 1, lambda: _told(customer, "order_activated", f"/services/{plan}")
    )
    play.expect("SRV-1", "the customer sees it run", "active", lambda: customer.get(f"/subscriptions/{plan}")["status"])


def _part(row: Row, like: Row) -> Row:
    return {name: row[name] for name in like}


def _services(play: Play, order: str) -> list[Row]:
    return play.backstage.records("service", crm_order=order)


def _price(service: Row) -> int:
    return int(service["firstpaymentamount"] if service["billingcycle"] == "One-Time" else service["recurringamount"])


def _told(customer: Customer, kind: str, about: str) -> int:
    notices = customer.notices()
    return sum(notice["type"] == kind and notice["action"]["url"].endswith(about) for notice in notices)

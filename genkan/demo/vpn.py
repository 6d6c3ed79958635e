"""Aiko wants a VPN, later: nothing to check, a day of her own, and a WHMCS that loses an answer on that day."""

from datetime import timedelta
from typing import Final

from genkan.client import Customer, Json
from genkan.demo.people import signed_up
from genkan.demo.placing import approved, placed, runs, with_card
from genkan.demo.play import Play

WHO: Final = "Aiko"
LONDON: Final[list[Json]] = [{"plan": "VPN-LONDON"}]
FRISCO: Final[list[Json]] = [{"plan": "VPN-SAN-FRANCISCO"}]
WAITS: Final = timedelta(days=7)


def play_vpn(play: Play) -> None:
    """From the order to an active VPN, activated on its day through a fault; a second one is withdrawn."""
    with play.journey("VPN: no check, a day of her own, and an answer that got lost"):
        aiko = signed_up(play, WHO)
        play.tell(WHO, "has signed up, and adds a card")
        with_card(play, aiko)
        order = _orders_ahead(play, aiko)
        _on_the_day(play, aiko, order)
        _takes_one_back(play, aiko)


def _orders_ahead(play: Play, aiko: Customer) -> str:
    day = play.backstage.now() + WAITS
    play.tell(WHO, "orders a VPN to start in a week")
    order = placed(play, aiko, LONDON, activation="scheduled", activateAt=day.isoformat())
    approved(play, order)
    play.expect("FUL-5", "it waits for its day", ("Approved", "Not Started"), lambda: _state(play, order))
    play.expect("FUL-5", "and is not in WHMCS", [], lambda: play.backstage.records("service", crm_order=order))
    return order


def _on_the_day(play: Play, aiko: Customer, order: str) -> None:
    play.backstage.fault("whmcs", "ensure_billed", "timeout_after", times=1)
    play.tell("The world", "is about to lose WHMCS's next answer to an order")
    play.move_to(play.backstage.now() + WAITS + timedelta(hours=1), "it is the day")
    runs(play, aiko, order)
    play.expect("OPP-2", "the sale began with the order", ["Active"], lambda: _stages(play, aiko))


def _takes_one_back(play: Play, aiko: Customer) -> None:
    play.tell(WHO, "orders a second one, and thinks better of it")
    order = placed(play, aiko, FRISCO)
    aiko.withdraw(order)
    play.expect("ORD-10", "the order is cancelled", "Cancelled", lambda: play.of_order(order)["status"])
    play.expect("ORD-10", "its sale is void", ["Active", "Void"], lambda: _stages(play, aiko))
    play.expect("ORD-10", "a notice confirms it", 1, lambda: play.notices(aiko, "order_cancelled"))
    play.refused(
        "STF-3",
        "staff can't approve it any more",
        "move_refused",
        lambda: play.backstage.salesforce.approve_order(order=order),
    )


def _state(play: Play, order: str) -> tuple[str, str]:
    row = play.of_order(order)
    return row["status"], row["activation"]


def _stages(play: Play, aiko: Customer) -> list[str]:
    return [row["stage"] for row in play.held("opportunity", aiko)]

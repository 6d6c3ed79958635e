"""What staff do in Salesforce and WHMCS, corrections included, and operators with work that stands still."""

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st

from adapters.fakes.tables import Row
from core.domain.cancellation import Kit
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.japan import tokyo_date
from core.domain.order import CancelCode
from tests.http.service_portal import signed_headers
from tests.model.accounts import NUMBERS
from tests.model.safety import CHECK, holds
from tests.model.stage import Stage, action, one_of

VALUES: Final = ("Home 1G", "Home 1G", "Home 1G", "Apartment 1G")
BY_ELIGIBILITY: Final = {
    "Pending": ("Eligible", "Eligible", "Ineligible", "Not Requested"),
    "Eligible": ("Ineligible", "Eligible", "Pending"),
    "Ineligible": ("Eligible", "Ineligible", "Pending"),
    "Not Requested": ("Eligible", "Ineligible"),
}
BY_IDENTITY: Final = {
    "Submitted": ("Verified", "Verified", "Rejected"),
    "Verified": ("Rejected", "Submitted"),
    "Rejected": ("Verified", "Submitted"),
}
BY_KIT: Final = {
    "NotYet": ("SentKit", "Returned1", "N/A"),
    "SentKit": ("Returned1", "NotYet"),
    "Returned1": ("Returned2", "NotYet"),
    "Returned2": ("Returned1",),
    "N/A": ("NotYet",),
}
"""Where staff move each from each state, corrections included; more often where it usually goes."""


class Staff(Stage):
    """People at the operator."""

    # --- checks and cards ------------------------------------------------------------------------------------------
    @action(which=NUMBERS, to=NUMBERS, value=st.sampled_from(VALUES))
    def staff_answer_availability(self, which: int, to: int, value: str) -> None:
        """Staff answer a check, or correct what they said (ELG-5)."""
        waiting = [row["account"] for row in self.find("case", subject=CHECK, is_closed=False)]
        account = self.row("account", one_of(waiting or [each.account for each in self.customers], which))
        status = EligibilityStatus(one_of(BY_ELIGIBILITY[account["eligibility_status"] or "Not Requested"], to))
        value_of = value if status is EligibilityStatus.ELIGIBLE else None
        close = status is not EligibilityStatus.PENDING
        self.deed(self.staff.answer_availability(account["id"], status, value_of, "looked", close=close))

    @action(lambda it: it._cards(), which=NUMBERS, to=NUMBERS)
    def staff_review_card(self, which: int, to: int) -> None:
        """Staff accept a card, reject it, or correct themselves (IDV-4)."""
        account = one_of(self._cards(), which)
        status = IdStatus(one_of(BY_IDENTITY[account["id_status"]], to))
        self.deed(self.staff.correct_id(account["id"], status, "BLURRY" if status is IdStatus.REJECTED else None))

    def _cards(self) -> list[Row]:
        return self.find("account", lambda row: row["id_status"] in BY_IDENTITY)

    @action()
    def staff_do_their_rounds(self) -> None:
        """Staff say yes to all that waits for them: checks, cards, orders, SIM cards to send (STF-1 to STF-3)."""
        for row in self.find("case", subject=CHECK, is_closed=False):
            self.deed(self.staff.answer_availability(row["account"], EligibilityStatus.ELIGIBLE, VALUES[0]))
        for row in self.find("account", id_status="Submitted"):
            self.deed(self.staff.correct_id(row["id"], IdStatus.VERIFIED))
        for row in self._orders("Pending Review"):
            self.deed(self.staff.approve_order(row["id"]))
        for row in self._cards_to_send():
            self.deed(self.staff.ship_sim(row["id"]))

    # --- orders ----------------------------------------------------------------------------------------------------
    def _orders(self, *statuses: str) -> list[Row]:
        return self.find("order", lambda row: row["status"] in statuses)

    @action(lambda it: it._orders("Pending Review"), which=NUMBERS)
    def staff_approve_order(self, which: int) -> None:
        """Staff approve an order (FUL-1)."""
        self.deed(self.staff.approve_order(one_of(self._orders("Pending Review"), which)["id"]))

    @action(lambda it: it._orders("Pending Review"), which=NUMBERS)
    def staff_reject_order(self, which: int) -> None:
        """Staff turn an order down (ORD-10)."""
        order = one_of(self._orders("Pending Review"), which)["id"]
        self.deed(self.staff.reject_order(order, CancelCode.OTHER, "Not this time."))

    def _approved(self) -> list[Row]:
        return [row for row in self._orders("Approved") if row["activation"] != "Activated"]

    @action(lambda it: it._approved(), which=NUMBERS)
    def staff_cancel_approved_order(self, which: int) -> None:
        """Staff think better of an approval (FUL-4)."""
        order = one_of(self._approved(), which)["id"]
        self.deed(self.staff.cancel_order(order, CancelCode.NOT_DELIVERABLE, "It can't be done."))

    def _cards_to_send(self) -> list[Row]:
        orders = self._orders("Pending Review", "Approved")
        return [row for row in orders if row["sim_type"] == "Physical SIM" and row["shipped_at"] is None]

    @action(lambda it: it._cards_to_send(), which=NUMBERS)
    def staff_send_sim(self, which: int) -> None:
        """Staff send a SIM card (FUL-2)."""
        self.deed(self.staff.ship_sim(one_of(self._cards_to_send(), which)["id"]))

    @action(lambda it: it._orders("Pending Review", "Approved"), which=NUMBERS, days=st.sampled_from((None, -1, 1, 6)))
    def staff_move_date(self, which: int, days: int | None) -> None:
        """Staff move the day of an activation, to one that is over too, or take it away (FUL-5)."""
        order = one_of(self._orders("Pending Review", "Approved"), which)
        at = None if days is None else (self.now + timedelta(days=days)).replace(microsecond=0)
        self.deed(self.staff.reschedule(order["id"], at))

    @action(lambda it: it._approved(), which=NUMBERS)
    def operator_activates_now(self, which: int) -> None:
        """The signed call: activate now, or try again what failed (FUL-5, FUL-7)."""
        self.provision(one_of(self._approved(), which)["id"])

    def provision(self, order: str) -> None:
        """Ask for an order's activation, as another system does."""
        content, headers = signed_headers(
            f"/orders/{order}/provision", {"activation": "now"}, self.now, next(self._nonces)
        )
        call = ("POST", f"/orders/{order}/provision", {"content": content, "headers": headers})
        answer = self.ask_at_once([call])[0]
        well = answer.status in (202, 0) or answer.code in ("unavailable", "not_approved")
        holds(well, f"the signed call: {answer}")

    # --- services and bills ----------------------------------------------------------------------------------------
    def _ending(self) -> list[Row]:
        return self.find("opportunity", stage="△Cancelling")

    @action(lambda it: it._ending(), which=NUMBERS)
    def staff_end_service(self, which: int) -> None:
        """Staff end a service in WHMCS whose customer asked for it (CAN-4)."""
        service = self.row("service", str(one_of(self._ending(), which)["service"]))
        if service["status"] == "Active":
            self.deed(self.billing.terminate_service(service["id"]))

    def _kits(self) -> list[Row]:
        return [row for row in self._ending() if row["kit"] in BY_KIT]

    @action(lambda it: it._kits(), which=NUMBERS, to=NUMBERS)
    def staff_move_kit(self, which: int, to: int) -> None:
        """Staff note where the rented kit is (CAN-4)."""
        sale = one_of(self._kits(), which)
        self.deed(self.staff.move_kit(sale["id"], Kit(one_of(BY_KIT[sale["kit"]], to))))

    @action(who=NUMBERS, days=st.integers(0, 20))
    def staff_make_invoice(self, who: int, days: int) -> None:
        """Staff write an invoice by hand."""
        due = tokyo_date(self.now + timedelta(days=days))
        self.deed(self.billing.make_invoice(self.somebody(who).client, "A visit", 800, due))

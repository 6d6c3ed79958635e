"""What the operator's people do in Salesforce, for tests, the demo and the console (STF)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from adapters.fakes.desk_queues import FileToReview, Queues, file_of, queues_of
from adapters.fakes.records import Records, Refused
from adapters.fakes.salesforce.cases import close_case
from adapters.fakes.salesforce.eligibility_desk import open_checks
from adapters.fakes.salesforce.order_book import cancel
from adapters.fakes.salesforce.setup import PERSON_RECORD_TYPE, price_book, record_type
from adapters.fakes.salesforce.shapes import address_columns, contact_columns, order_of, phone_text, record
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain import eligibility, identity
from core.domain.account import Address, Person, Phone, PortalStatus
from core.domain.cancellation import Kit, kit_may_move
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import CustomerNumber
from core.domain.machines import reachable
from core.domain.opportunity import Stage
from core.domain.order import (
    ActivationStatus,
    ActivationType,
    CancelCode,
    OrderStatus,
    OrderTrigger,
    may_cancel,
    move_order,
)
from core.domain.refusals import MoveRefused
from core.domain.support import CaseStatus
from ports.errors import Rejected

S = TypeVar("S", bound=StrEnum)
BY = "staff"


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """Staff at work in Salesforce; every deed is in the ledger as theirs and is told like any other change.

    Raises Rejected for what Salesforce doesn't take (an id of nothing, a word no picklist has) and MoveRefused for a
    step the business doesn't know. An opportunity may be moved anywhere: the portal follows (OPP-1).
    """

    world: World

    # --- availability (STF-1) --------------------------------------------------------------------------------------
    async def answer_availability(
        self,
        subject: str,
        status: EligibilityStatus,
        value: str | None = None,
        notes: str | None = None,
        *,
        close: bool = True,
    ) -> None:
        """Record what NTT said, by account or by case, and close the account's open checks (ELG-5)."""
        with self._acting() as records:
            account = self._account_of(subject)
            old = EligibilityStatus(account["eligibility_status"] or EligibilityStatus.NOT_REQUESTED)
            _check_reachable("eligibility", eligibility.MOVES, old, status)
            values = {
                "eligibility_status": status,
                "eligibility_value": value,
                "eligibility_notes": notes,
                "eligibility_checked_at": self.world.clock.now(),
            }
            checks = [case for case in open_checks(records) if case["account"] == account["id"]]
            records.update("account", account["id"], values, BY)
            for case in checks if close else ():
                close_case(records, case, BY)

    # --- documents (STF-2) -----------------------------------------------------------------------------------------
    async def latest_document(self, account: str, title: str | None = None) -> FileToReview:
        """Open what was sent last, as it was cleaned; by its title a file beside it, as the back of the card."""
        with self._acting() as records:
            return file_of(records, record(records, "account", account), title)

    async def review_id(self, account: str, status: IdStatus, message: str | None = None, by: str = "Sato") -> None:
        """Accept or reject a document; the message is what the customer reads (IDV-4), `by` who looked at it."""
        if status not in (IdStatus.VERIFIED, IdStatus.REJECTED):
            raise MoveRefused(machine="identity", state=status.value, trigger="reviewed by staff")
        await self.correct_id(account, status, message, by)

    async def correct_id(self, account: str, status: IdStatus, message: str | None = None, by: str = "Sato") -> None:
        """Set the ID status to what staff may set it to from where it is, corrections included."""
        with self._acting() as records:
            row = record(records, "account", account)
            old = IdStatus(row["id_status"] or IdStatus.NOT_SUBMITTED)
            _check_reachable("identity", identity.MOVES, old, status)
            reviewed = status in (IdStatus.VERIFIED, IdStatus.REJECTED)
            values = {
                "id_status": status,
                "id_reviewed_at": self.world.clock.now() if reviewed else row["id_reviewed_at"],
                "id_message": message if status is IdStatus.REJECTED else None,
                "id_note": f"{status.value} by {by}" if reviewed else None,
            }
            records.update("account", row["id"], values, BY)

    # --- orders (STF-3) --------------------------------------------------------------------------------------------
    async def approve_order(self, order: str) -> None:
        """Let an order go on to activation (FUL-1)."""
        with self._acting() as records:
            row = self._order_to_move(order, OrderTrigger.APPROVED)
            records.update("order", row["id"], {"status": OrderStatus.APPROVED}, BY)

    async def reject_order(self, order: str, code: CancelCode, message: str) -> None:
        """Refuse an order under review; the customer reads why (ORD-10)."""
        with self._acting():
            self._cancel(order, OrderTrigger.REJECTED, code, message)

    async def cancel_order(self, order: str, code: CancelCode, message: str) -> None:
        """Cancel an approved order that is not activated."""
        with self._acting() as records:
            held = order_of(records, record(records, "order", order))
            if not may_cancel(held):
                raise MoveRefused(machine="order", state=held.status.value, trigger=OrderTrigger.CANCELLED.value)
            self._cancel(order, OrderTrigger.CANCELLED, code, message)

    async def ship_sim(self, order: str, at: datetime | None = None) -> None:
        """Note that a physical SIM was sent (FUL-2)."""
        with self._acting() as records:
            row = record(records, "order", order)
            records.update("order", row["id"], {"shipped_at": at or self.world.clock.now()}, BY)

    async def reschedule(self, order: str, at: datetime | None) -> None:
        """Set the day of activation, or take it away so that it is done at once (FUL-5)."""
        with self._acting() as records:
            kind = ActivationType.IMMEDIATE if at is None else ActivationType.SCHEDULED
            row = record(records, "order", order)
            if row["activation"] == ActivationStatus.ACTIVATED:
                raise MoveRefused(machine="activation", state=ActivationStatus.ACTIVATED.value, trigger="rescheduled")
            records.update("order", row["id"], {"activation_type": kind, "activate_at": at}, BY)

    # --- opportunities and cancellations (STF-4) -------------------------------------------------------------------
    async def hold_opportunity(self, opportunity: str) -> None:
        """Put a sale on hold."""
        await self.move_opportunity(opportunity, Stage.PENDING)

    async def resume_opportunity(self, opportunity: str) -> None:
        """Take a sale up again."""
        await self.move_opportunity(opportunity, Stage.POST_PROCESSING)

    async def move_opportunity(self, opportunity: str, stage: Stage) -> None:
        """Set a stage, whichever; Salesforce asks nobody (OPP-1)."""
        with self._acting() as records:
            records.update("opportunity", opportunity, {"stage": stage}, BY)

    async def move_kit(self, opportunity: str, kit: Kit) -> None:
        """Note where the rented equipment is (CAN-4)."""
        with self._acting() as records:
            row = record(records, "opportunity", opportunity)
            old = Kit(row["kit"] or Kit.NOT_YET)
            if not kit_may_move(old, kit):
                raise MoveRefused(machine="kit", state=old.value, trigger=f"set to {kit.value}")
            records.update("opportunity", row["id"], {"kit": kit}, BY)

    async def set_end(self, opportunity: str, ends_at: datetime) -> None:
        """Set another last day than the one the customer chose."""
        with self._acting() as records:
            records.update("opportunity", opportunity, {"ends_at": ends_at}, BY)

    # --- cases -----------------------------------------------------------------------------------------------------
    async def close_case(self, case: str, resolution: str | None = None) -> None:
        """Close a case, with a remark inside where one is given."""
        with self._acting() as records:
            row = record(records, "case", case)
            if resolution:
                comment = {"case": row["id"], "body": resolution, "is_published": False}
                records.create("case_comment", comment, BY)
            close_case(records, row, BY)

    async def work_on_case(self, case: str) -> None:
        """Take a case up."""
        with self._acting() as records:
            records.update("case", case, {"status": CaseStatus.WORKING}, BY)

    async def set_case_origin(self, case: str, origin: str) -> None:
        """Write down another place that a case came from."""
        with self._acting() as records:
            records.update("case", case, {"origin": origin}, BY)

    async def add_case_comment(self, case: str, text: str, *, public: bool = True) -> None:
        """Remark on a case; the customer sees what is public (SUP-2)."""
        with self._acting() as records:
            row = record(records, "case", case)
            values = {"case": row["id"], "body": text, "is_published": public}
            records.create("case_comment", values, BY)

    # --- accounts --------------------------------------------------------------------------------------------------
    async def add_account(
        self,
        number: CustomerNumber | None,
        person: Person,
        email: str,
        *,
        phone: Phone | None = None,
        address: Address | None = None,
        client: str | None = None,
    ) -> str:
        """Write a customer of the time before the portal, and answer the account's id (ACC-3)."""
        with self._acting() as records:
            place: Mapping[str, str] = address_columns(address) if address else {}
            reached = {"phone": phone_text(phone)} if phone else {}
            values: dict[str, Any] = {
                "name": person.name,
                "number": number,
                "client": client,
                "record_type": record_type(records, "Account", PERSON_RECORD_TYPE),
                **place,
                **reached,
            }
            account = records.create("account", values, BY)
            contact = {**contact_columns(person, email), "account": account, **place, **reached}
            records.create("contact", contact, BY)
            return account

    async def bar_account(self, account: str, *, barred: bool = True) -> None:
        """Close the portal to an account, or open it again (ACC-8)."""
        with self._acting() as records:
            status = PortalStatus.INACTIVE if barred else PortalStatus.ACTIVE
            records.update("account", account, {"portal_status": status}, BY)

    async def link_account(self, account: str, client: str) -> None:
        """Note by hand which WHMCS client an account is (ACC-3)."""
        with self._acting() as records:
            records.update("account", account, {"client": client}, BY)

    # --- catalog ---------------------------------------------------------------------------------------------------
    async def change_price(self, sku: str, price: int) -> None:
        """Change what an item costs in the portal's price book (CAT-7)."""
        with self._acting() as records:
            entry = records.find("price_entry", product=self._product(sku)["id"], price_book=price_book(records))[0]
            records.update("price_entry", entry["id"], {"unit_price": price}, BY)

    async def deactivate_product(self, sku: str) -> None:
        """Take an item off the shelf."""
        with self._acting() as records:
            records.update("product", self._product(sku)["id"], {"is_active": False}, BY)

    async def set_orderable(self, sku: str, *, orderable: bool) -> None:
        """Say whether an item that is shown can be bought."""
        with self._acting() as records:
            records.update("product", self._product(sku)["id"], {"is_orderable": orderable}, BY)

    # --- the queues ------------------------------------------------------------------------------------------------
    async def queues(self) -> Queues:
        """What waits for staff, oldest first."""
        with self._acting() as records:
            return queues_of(records)

    # --- inside ----------------------------------------------------------------------------------------------------
    @contextmanager
    def _acting(self) -> Iterator[Records]:
        try:
            with self.world.records.all_or_none():
                yield self.world.records
        except Refused as refused:
            raise Rejected(refused.code, refused.table, refused.fields) from refused

    def _account_of(self, subject: str) -> Row:
        records = self.world.records
        case = records.get("case", subject)
        return record(records, "account", subject if case is None else case["account"] or "")

    def _product(self, sku: str) -> Row:
        product = self.world.records.one("product", sku=sku)
        return product if product is not None else record(self.world.records, "product", sku)

    def _order_to_move(self, order: str, trigger: OrderTrigger) -> Row:
        row = record(self.world.records, "order", order)
        move_order(order_of(self.world.records, row).status, trigger)
        return row

    def _cancel(self, order: str, trigger: OrderTrigger, code: CancelCode, message: str) -> None:
        row = self._order_to_move(order, trigger)
        values = {"status": OrderStatus.CANCELLED, "cancel_code": code, "cancel_message": message}
        cancel(self.world, row, values, BY)


def _check_reachable(machine: str, moves: Mapping[tuple[S, Any], S], old: S, new: S) -> None:
    if new is not old and new not in reachable(moves, old):
        raise MoveRefused(machine=machine, state=old.value, trigger=f"set to {new.value}")

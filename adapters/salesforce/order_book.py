"""Orders in Salesforce."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.salesforce.memory import Built
from adapters.salesforce.orders import Orders
from adapters.salesforce.org import FOUND, Org, empty_or, is_halted, is_taken, overtaken
from adapters.salesforce.requests import Get, Record, Ref, SubRequest
from adapters.salesforce.rows import sure_instant, to_the_second
from adapters.salesforce.sales import order_state_of
from adapters.salesforce.shapes import UNKNOWN_WORD
from adapters.salesforce.soql import Condition, eq, ge, gt, is_in
from core.domain.changes import OrderState
from core.domain.ids import AccountId, BillingOrderId, OpportunityId, OrderId, OrderLineId, RequestKey, ServiceId
from core.domain.opportunity import MOVES, OPEN_FOR_ORDER, Stage, Trigger
from core.domain.order import PORTAL_CODES, ActivationStatus, Order, OrderDraft, OrderStatus, Placed
from core.domain.provisioning import FAILURE_MESSAGES, FailureCode
from ports.errors import Rejected, Unavailable

_TURNS: Final = 3
"""How often a write is begun anew because somebody else was faster."""
_MOVES_AN_ORDER: Final = 4
"""How many status changes there are for each that staff made, at most."""
_LONGEST_PAGE: Final = 2_000


class SalesforceOrderBook:
    """`ports.order_book.OrderBook` over Salesforce's orders and their lines (ORD, FUL)."""

    def __init__(self, org: Org, orders: Orders) -> None:
        self._org = org
        self._orders = orders

    async def ensure_order(self, draft: OrderDraft) -> Placed:
        parts = await self._orders.placing(draft)
        async with self._org.alone(draft.account):
            before = None if self._org.keys_are_unique else await self._placed_before(draft)
            if before is not None:
                return before
            try:
                answers = await self._org.at_once(*parts, by_key=True)
            except Rejected as rejected:
                if not (is_taken(rejected) or is_halted(rejected)):
                    raise
                placed = await self._placed_before(draft)
                if placed is not None:
                    return placed
                if draft.opportunity is not None and is_halted(rejected):
                    raise await self._not_free(draft.opportunity, draft.account) from rejected
                raise
        return self._as_placed(answers["placed"].record or {})

    async def find(self, order: OrderId, account: AccountId | None = None) -> Order | None:
        id = self._org.id_of(order)
        if id is None:
            return None
        found = next(iter(await self._orders.found(self._org.is_("order", "id", id))), None)
        return found if found is not None and account in (None, found.account) else None

    async def find_by_key(self, key: RequestKey) -> Order | None:
        return next(iter(await self._orders.found(self._org.is_("order", "key", key))), None)

    async def of_account(self, account: AccountId) -> tuple[Order, ...]:
        id = self._org.id_of(account)
        return tuple(await self._orders.found(self._org.is_("order", "account", id))) if id is not None else ()

    async def ensure_activation(
        self,
        order: OrderId,
        expected: ActivationStatus,
        status: ActivationStatus,
        failure: FailureCode | None = None,
    ) -> Order:
        field, id = self._org.names.field("order", "activation"), self._sure_id(order)
        stands = eq(field, expected)
        # what nobody has begun, nobody has written down either
        is_so: Condition = empty_or(field, stands) if expected is ActivationStatus.NOT_STARTED else stands
        values = {
            "activation": status,
            "error_code": failure,
            "error_message": FAILURE_MESSAGES[failure] if failure else None,
        }
        async with self._org.alone(id):
            record, _ = await self._org.change("order", id, [is_so], values, self._orders.by_id(id))
        return self._sure(record)

    async def ensure_completed(
        self, order: OrderId, billing_order: BillingOrderId, services: dict[OrderLineId, ServiceId]
    ) -> Order:
        id = self._sure_id(order)
        async with self._org.alone(id):
            built = self._org.memory.orders[id]
            for _ in range(_TURNS):
                if built is None or not services.keys() <= built.lines:
                    held = self._sure(await self._sure_record(id))
                    if held.status is not OrderStatus.APPROVED:
                        return held
                    built = self._org.memory.orders[id]
                    if built is None or not services.keys() <= built.lines:
                        raise Rejected("INVALID_CROSS_REFERENCE_KEY", "order_line", ("order",))
                try:
                    answers = await self._org.at_once(*self._completing(id, billing_order, services, built))
                except Rejected as rejected:
                    if not is_halted(rejected):
                        raise
                    built = None  # it is no longer as it was seen, so see what it is
                    continue
                return self._sure(answers["after"].record or {})
        raise overtaken("order")

    async def ensure_cancelled(self, order: OrderId, expected: OrderStatus, code: str, message: str) -> Order:
        id = self._sure_id(order)
        values = {"status": OrderStatus.CANCELLED, "cancel_code": code, "cancel_message": message}
        async with self._org.alone(id):
            for _ in range(_TURNS):
                record = await self._sure_record(id)
                held = self._sure(record)
                if held.status is not expected:
                    return held
                parts = [
                    self._orders.guard(id, self._org.is_("order", "status", expected)),
                    self._org.patch("order", Ref("guard", FOUND), values, "order"),
                    *self._voiding(held.opportunity, record),
                    Get.query(self._orders.by_id(id), "after"),
                ]
                try:
                    return self._sure((await self._org.at_once(*parts))["after"].record or {})
                except Rejected as rejected:
                    if not is_halted(rejected):
                        raise
        raise overtaken("order")

    async def waiting(self) -> tuple[Order, ...]:
        approved = await self._orders.found(self._org.is_("order", "status", OrderStatus.APPROVED))
        return tuple(o for o in reversed(approved) if o.activation is not ActivationStatus.ACTIVATED)

    async def changed(self, since: datetime, after: OrderId | None, most: int) -> tuple[OrderState, ...]:
        field = self._org.names.field
        moved = [ge(field("order", "changed_at"), to_the_second(since))]
        moved += [gt(field("order", "id"), after)] if after else []
        # a page of others' alone would look like the last one
        moved += [is_in(field("order", "status"), [status.value for status in OrderStatus])]
        page = self._org.choose("order").where(*moved).order_by(field("order", "id")).limit(most)
        states = map(order_state_of, await self._org.rows("order", page, background=True))
        return tuple(state for state in states if state is not None)

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        if most < 1:
            return ()
        names = self._org.names
        query = (
            self._org.choose(
                "order_history", *names.parent("order_history", "order", "order", "created_at", "cancel_code")
            )
            .where(self._org.is_("order_history", "field", names.field("order", "status")))
            .order_by(*(f"-{field}" for field in names.fields("order_history", "created_at", "id")))
            .limit(min(_MOVES_AN_ORDER * most + 20, _LONGEST_PAGE))
        )
        waits = (self._waited(record) for record in await self._org.records(query))
        return tuple([waited for waited in waits if waited is not None][:most])

    # --- inside ----------------------------------------------------------------------------------------------------
    def _sure_id(self, order: OrderId) -> OrderId:
        return OrderId(self._org.sure_id("order", order))

    async def _sure_record(self, order: OrderId) -> Record:
        found = await self._org.records(self._orders.by_id(order))
        if not found:
            raise Rejected("NOT_FOUND", "order", ("id",))
        return found[0]

    def _sure(self, record: Record) -> Order:
        order = self._orders.shaped(record)
        if order is None:
            raise Rejected(UNKNOWN_WORD, "order", ("status",))
        return order

    def _as_placed(self, record: Record) -> Placed:
        row = self._org.names.row("order", record)
        return Placed(OrderId(row["id"]), OpportunityId(row["opportunity"] or ""), row["number"])

    async def _placed_before(self, draft: OrderDraft) -> Placed | None:
        made = await self._orders.made(draft)
        return self._as_placed(made) if made is not None else None

    async def _not_free(self, opportunity: OpportunityId, account: AccountId) -> Rejected | Unavailable:
        """Why an opportunity took no order."""
        id = self._org.sure_id("opportunity", opportunity)
        rows = self._org.choose("opportunity").where(self._org.is_("opportunity", "id", id))
        taken = self._org.choose("order", only=("id",)).where(self._org.is_("order", "opportunity", id)).limit(1)
        found, orders = await asyncio.gather(self._org.rows("opportunity", rows), self._org.rows("order", taken))
        if not found:
            return Rejected("NOT_FOUND", "opportunity", ("id",))
        if found[0]["account"] != account or found[0]["stage"] not in OPEN_FOR_ORDER:
            return Rejected("conflict", "opportunity", ("stage",))
        return Rejected("conflict", "opportunity", ("order",)) if orders else overtaken("order")

    def _completing(
        self, order: OrderId, billing_order: BillingOrderId, services: dict[OrderLineId, ServiceId], built: Built
    ) -> Sequence[SubRequest]:
        values = {
            "status": OrderStatus.COMPLETED,
            "activation": ActivationStatus.ACTIVATED,
            "billing_order": billing_order,
            "error_code": None,
            "error_message": None,
        }
        approved = self._org.is_("order", "status", OrderStatus.APPROVED)
        parts = [
            self._orders.guard(order, approved, self._org.is_("order", "opportunity", built.opportunity)),
            self._org.patch("order", Ref("guard", FOUND), values, "order"),
        ]
        for number, (line, service) in enumerate(services.items()):
            parts.append(self._org.patch("order_line", line, {"service": service}, f"line{number}"))
        if built.opportunity is not None:
            parts.append(self._org.patch("opportunity", built.opportunity, _running(services, built), "sale"))
        return [*parts, Get.query(self._orders.by_id(order), "after")]

    def _voiding(self, opportunity: OpportunityId | None, record: Record) -> list[SubRequest]:
        """The parts that void the order's opportunity; a stage that staff set to something else is theirs."""
        sale = self._orders.sale(record)
        stage = next((s for s in Stage if sale is not None and sale["stage"] == s), None)
        if opportunity is None or stage is None or (stage, Trigger.ORDER_CANCELLED) not in MOVES:
            return []
        seen = self._org.by_id("opportunity", opportunity, self._org.is_("opportunity", "stage", stage))
        return [
            Get.query(seen, "sale"),
            self._org.patch("opportunity", Ref("sale", FOUND), {"stage": Stage.VOID}, "void"),
        ]

    def _waited(self, record: Record) -> timedelta | None:
        """How long staff took to look at an order; None for a change that is none of theirs."""
        names = self._org.names
        change, order = names.row("order_history", record), names.above("order_history", "order", "order", record)
        if order is None or change["old"] != OrderStatus.PENDING_REVIEW or order["cancel_code"] in PORTAL_CODES:
            return None
        return sure_instant(change["created_at"]) - sure_instant(order["created_at"])


def _running(services: dict[OrderLineId, ServiceId], built: Built) -> dict[str, Any]:
    plan = services.get(built.plan) if built.plan is not None else None
    number = {"service": int(plan)} if plan is not None and plan.isdecimal() else {}
    return {"stage": Stage.ACTIVE} | number

"""Orders in the made-up Salesforce."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from adapters.fakes.salesforce.changes import changed_rows, order_state_of
from adapters.fakes.salesforce.opportunities import new_opportunity
from adapters.fakes.salesforce.setup import price_book
from adapters.fakes.salesforce.shapes import address_columns, contact_of, opportunity_of, order_of, record, sim_columns
from adapters.fakes.salesforce.values import COMMODITY_TYPES, ITEM_CYCLES
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.changes import OrderState
from core.domain.ids import AccountId, BillingOrderId, OpportunityId, OrderId, OrderLineId, RequestKey, ServiceId
from core.domain.japan import tokyo_date
from core.domain.opportunity import MOVES, OPEN_FOR_ORDER, NewOpportunity, Stage, Trigger
from core.domain.order import ActivationStatus, Order, OrderDraft, OrderStatus, Placed
from core.domain.provisioning import FAILURE_MESSAGES, FailureCode
from ports.errors import Rejected


@dataclass(frozen=True, slots=True)
class FakeOrderBook:
    """`ports.order_book.OrderBook` over the world's orders and their lines (ORD, FUL)."""

    world: World

    async def ensure_order(self, draft: OrderDraft) -> Placed:
        async with self.world.touch("salesforce", "ensure_order"):
            records = self.world.records
            made = records.one("order", key=draft.key)
            if made is None:
                with records.all_or_none():
                    made = self._place(draft, self._opportunity_for(draft))
            return Placed(OrderId(made["id"]), OpportunityId(made["opportunity"] or ""), made["number"])

    async def find(self, order: OrderId, account: AccountId | None = None) -> Order | None:
        async with self.world.touch("salesforce", "find"):
            row = self.world.records.get("order", order)
            mine = row is not None and account in (None, row["account"])
            return self._order(row) if row is not None and mine else None

    async def find_by_key(self, key: RequestKey) -> Order | None:
        async with self.world.touch("salesforce", "find_by_key"):
            row = self.world.records.one("order", key=key)
            return self._order(row) if row else None

    async def of_account(self, account: AccountId) -> tuple[Order, ...]:
        async with self.world.touch("salesforce", "of_account"):
            return tuple(self._order(row) for row in reversed(self.world.records.find("order", account=account)))

    async def ensure_activation(
        self,
        order: OrderId,
        expected: ActivationStatus,
        status: ActivationStatus,
        failure: FailureCode | None = None,
    ) -> Order:
        async with self.world.touch("salesforce", "ensure_activation"):
            row = record(self.world.records, "order", order)
            if (row["activation"] or ActivationStatus.NOT_STARTED) == expected:
                values = {
                    "activation": status,
                    "error_code": failure,
                    "error_message": FAILURE_MESSAGES[failure] if failure else None,
                }
                row = self.world.records.update("order", order, values)
            return self._order(row)

    async def ensure_completed(
        self, order: OrderId, billing_order: BillingOrderId, services: dict[OrderLineId, ServiceId]
    ) -> Order:
        async with self.world.touch("salesforce", "ensure_completed"):
            records = self.world.records
            row = record(records, "order", order)
            if row["status"] != OrderStatus.APPROVED:
                return self._order(row)
            lines = {line["id"] for line in records.find("order_line", order=row["id"])}
            if not services.keys() <= lines:
                raise Rejected("INVALID_CROSS_REFERENCE_KEY", "order_line", ("order",))
            with records.all_or_none():
                values = {
                    "status": OrderStatus.COMPLETED,
                    "activation": ActivationStatus.ACTIVATED,
                    "billing_order": billing_order,
                    "error_code": None,
                    "error_message": None,
                }
                records.update("order", order, values)
                for line, service in services.items():
                    records.update("order_line", line, {"service": service})
                written = self._order(record(records, "order", order))
                self._activate_opportunity(written)
            return written

    async def ensure_cancelled(self, order: OrderId, expected: OrderStatus, code: str, message: str) -> Order:
        async with self.world.touch("salesforce", "ensure_cancelled"):
            row = record(self.world.records, "order", order)
            if row["status"] == expected:
                values = {"status": OrderStatus.CANCELLED, "cancel_code": code, "cancel_message": message}
                row = cancel(self.world, row, values, by="portal")
            return self._order(row)

    async def waiting(self) -> tuple[Order, ...]:
        async with self.world.touch("salesforce", "waiting"):
            rows = self.world.records.find("order", status=OrderStatus.APPROVED)
            return tuple(self._order(row) for row in rows if row["activation"] != ActivationStatus.ACTIVATED)

    async def changed(self, since: datetime, after: OrderId | None, most: int) -> tuple[OrderState, ...]:
        async with self.world.touch("salesforce", "changed"):
            rows = changed_rows(self.world.records, "order", since, after)
            return tuple(order_state_of(row) for row in rows[:most])

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        async with self.world.touch("salesforce", "review_times"):
            records = self.world.records
            reviews = records.find("order_history", old=OrderStatus.PENDING_REVIEW, changed_by="staff")
            orders = ((entry, records.get("order", entry["order"])) for entry in reversed(reviews))
            waits = [entry["created_at"] - order["created_at"] for entry, order in orders if order is not None]
            return tuple(waits[:most])

    # --- inside ----------------------------------------------------------------------------------------------------
    def _order(self, row: Row) -> Order:
        return order_of(self.world.records, row)

    def _opportunity_for(self, draft: OrderDraft) -> str:
        records = self.world.records
        if draft.opportunity is None:
            contact = contact_of(records, draft.account)
            name = f"{COMMODITY_TYPES[draft.product_type]} - {contact['last_name'] if contact else draft.account}"
            new = NewOpportunity(
                key=draft.key,
                account=draft.account,
                product_type=draft.product_type,
                beginning=draft.beginning,
                name=name[:120],
                at=draft.placed_at,
            )
            return new_opportunity(records, new, Stage.POST_PROCESSING)
        row = record(records, "opportunity", draft.opportunity)
        if row["account"] != draft.account or row["stage"] not in OPEN_FOR_ORDER:
            raise Rejected("conflict", "opportunity", ("stage",))
        if opportunity_of(records, row).has_order:
            raise Rejected("conflict", "opportunity", ("order",))
        records.update("opportunity", row["id"], {"stage": Stage.POST_PROCESSING})
        return str(row["id"])

    def _place(self, draft: OrderDraft, opportunity: str) -> Row:
        records = self.world.records
        values: dict[str, Any] = {
            "key": draft.key,
            "account": draft.account,
            "effective_date": tokyo_date(draft.placed_at),
            "status": OrderStatus.PENDING_REVIEW,
            "price_book": price_book(records),
            "opportunity": opportunity,
            "activation_type": draft.activation_type,
            "activate_at": draft.activate_at,
            "activation": ActivationStatus.NOT_STARTED,
            **address_columns(draft.address),
            **sim_columns(draft.sim),
        }
        order = records.create("order", values)
        for number, line in enumerate(draft.lines, start=1):
            of_the_plan = draft.configuration if number == 1 else None
            line_values = {
                "key": f"{draft.key}:{number}",
                "order": order,
                "price_entry": line.price_entry,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "billing_cycle": ITEM_CYCLES[line.billing_cycle],
                "configuration": msgspec.json.encode(of_the_plan).decode() if of_the_plan else None,
            }
            records.create("order_line", line_values)
        return record(records, "order", order)

    def _activate_opportunity(self, order: Order) -> None:
        if order.opportunity is None:
            return
        plan = order.plan
        values: dict[str, Any] = {"stage": Stage.ACTIVE}
        if plan is not None and plan.service is not None and plan.service.isdecimal():
            values["service"] = int(plan.service)
        self.world.records.update("opportunity", order.opportunity, values)


def cancel(world: World, order: Row, values: dict[str, Any], by: str) -> Row:
    """Cancel an order and void its opportunity, both or neither (ORD-10)."""
    records = world.records
    with records.all_or_none():
        records.update("order", order["id"], values, by)
        opportunity = records.get("opportunity", order["opportunity"])
        # a stage that staff set to something else is theirs
        if opportunity is not None and (Stage(opportunity["stage"]), Trigger.ORDER_CANCELLED) in MOVES:
            records.update("opportunity", opportunity["id"], {"stage": Stage.VOID}, by)
    return record(records, "order", order["id"])

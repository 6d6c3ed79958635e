"""Orders as they are read from Salesforce, and as a new one is written: one call each."""

from collections import Counter
from typing import Any, Final

import msgspec
import structlog

from adapters.salesforce.customers import Customers
from adapters.salesforce.likeness import since_asked
from adapters.salesforce.memory import Built
from adapters.salesforce.opportunities import sale_name, sale_values
from adapters.salesforce.org import FOUND, Org
from adapters.salesforce.requests import Get, Record, Ref, SubRequest
from adapters.salesforce.rows import CHILDREN, Row, whole
from adapters.salesforce.sales import in_order, line_of, order_of, sim_values
from adapters.salesforce.shapes import UNKNOWN_WORD, address_values
from adapters.salesforce.soql import Condition, Select, not_in, select
from core.domain.ids import OrderId
from core.domain.japan import tokyo_date
from core.domain.opportunity import OPEN_FOR_ORDER, NewOpportunity, Stage
from core.domain.order import ActivationStatus, Order, OrderDraft, OrderStatus

log = structlog.get_logger()

_OF_A_SIM: Final = ("sim_type", "eid", "mnp_reservation")
"""By what two SIMs are told apart."""


class Orders:
    """Orders with their lines, and what their opportunity is for."""

    def __init__(self, org: Org, customers: Customers) -> None:
        self._org = org
        self._names = org.names
        self._customers = customers

    # --- reading ---------------------------------------------------------------------------------------------------
    def choose(self) -> Select:
        """The query for orders, newest first."""
        names = self._names
        lines = select(*names.fields("order_line"), *names.parent("order_line", "product", "product")).of(
            CHILDREN["order", "order_line"]
        )
        sale = names.parent("order", "opportunity", "opportunity", "commodity_type", "stage")
        newest_first = (f"-{field}" for field in names.fields("order", "created_at", "id"))
        return self._org.choose("order", *sale, lines).order_by(*newest_first)

    def by_id(self, order: str) -> Select:
        """The query for one."""
        return self.choose().where(self._org.is_("order", "id", order))

    async def found(self, *conditions: Condition) -> list[Order]:
        """The orders that fit, but for those at a status that is none of the portal's."""
        shaped = (self.shaped(record) for record in await self._org.records(self.choose().where(*conditions)))
        return [order for order in shaped if order is not None]

    def shaped(self, record: Record) -> Order | None:
        """The order in a record; what it is made of is remembered."""
        names, row = self._names, self._names.row("order", record)
        held = {line["Id"]: line for line in names.below("order", "order_line", record)}
        rows = in_order(names.row("order_line", line) for line in held.values())
        lines = [
            line_of(
                each, names.above("order_line", "product", "product", held[each["id"]]), self._org.picklists
            )
            for each in rows
        ]  # fmt: skip
        sale = self.sale(record)
        order = order_of(row, lines, sale["commodity_type"] if sale is not None else None, self._org.picklists)
        if order is not None:
            self._org.memory.orders[order.id] = Built(
                order.account,
                order.opportunity,
                frozenset(line.id for line in order.lines if line.id is not None),
                order.plan.id if order.plan is not None else None,
            )
        elif row["key"]:
            # nothing is made of it until it is at a word of the portal's again, so its operators must hear of it
            log.error("salesforce.order.unread", subject=row["id"], code=UNKNOWN_WORD)
        return order

    def sale(self, record: Record) -> Row | None:
        """What was asked for of the order's opportunity."""
        return self._names.above("order", "opportunity", "opportunity", record)

    # --- placing ---------------------------------------------------------------------------------------------------
    async def made(self, draft: OrderDraft) -> Record | None:
        """The order that `draft` made, by its key.

        Where there is none: one of the account and the opportunity, with the very lines, since it was placed.
        """
        if self._org.has_keys("order"):
            mine: list[Condition] = [self._org.is_("order", "key", draft.key)]
            return next(iter(await self._org.records(self.choose().where(*mine))), None)
        mine = [self._org.is_("order", "account", self._org.sure_id("account", draft.account))]
        mine.append(since_asked(self._org, "order", draft.placed_at))
        if draft.opportunity is not None:
            mine.append(self._org.is_("order", "opportunity", self._org.sure_id("opportunity", draft.opportunity)))
        return next((r for r in await self._org.records(self.choose().where(*mine)) if self._holds(r, draft)), None)

    def _holds(self, record: Record, draft: OrderDraft) -> bool:
        """Whether an order has the lines of the draft, for the same SIM."""
        lines = [self._names.row("order_line", line) for line in self._names.below("order", "order_line", record)]
        held = Counter((line["price_entry"], whole(line["quantity"])) for line in lines)
        row, sim = self._names.row("order", record), sim_values(draft.sim, self._org.picklists)
        is_same_sim = all((row[name] or None) == (sim.get(name) or None) for name in _OF_A_SIM)
        return is_same_sim and held == Counter((line.price_entry, line.quantity) for line in draft.lines)

    async def placing(self, draft: OrderDraft) -> list[SubRequest]:
        """The parts that place an order: its opportunity, itself, its lines, and a look at what came of it.

        A named opportunity must be the account's, open and without an order, or all of it halts.
        """
        named = draft.opportunity
        if named is None:
            begun = NewOpportunity(
                key=draft.key,
                account=draft.account,
                product_type=draft.product_type,
                beginning=draft.beginning,
                name=await sale_name(self._org, self._customers, draft.account, draft.product_type),
                at=draft.placed_at,
            )
            parts = [self._org.post("opportunity", sale_values(self._org, begun, Stage.POST_PROCESSING), "sale")]
        else:
            parts = [
                Get.query(self._free(self._org.sure_id("opportunity", named), draft), "free"),
                self._org.patch("opportunity", Ref("free", FOUND), {"stage": Stage.POST_PROCESSING}, "sale"),
            ]
        sale = Ref("sale") if named is None else self._org.sure_id("opportunity", named)
        parts.append(self._org.post("order", await self._order_values(draft, sale), "order"))
        parts += [self._org.post("order_line", each, f"line{n}") for n, each in enumerate(self._lines(draft), start=1)]
        shown = self._names.fields("order", "id", "number", "opportunity")
        return [*parts, Get.row(self._names.object("order"), Ref("order"), shown, "placed")]

    def _free(self, opportunity: str, draft: OrderDraft) -> Select:
        taken = self._org.choose("order", only=("opportunity",)).where(
            self._org.is_("order", "opportunity", opportunity)
        )
        return self._org.by_id(
            "opportunity",
            opportunity,
            self._org.is_("opportunity", "account", draft.account),
            self._org.is_("opportunity", "stage", tuple(sorted(OPEN_FOR_ORDER))),
            not_in(self._names.field("opportunity", "id"), taken),
        )

    async def _order_values(self, draft: OrderDraft, opportunity: str) -> dict[str, Any]:
        return {
            "key": draft.key,
            "account": draft.account,
            "effective_date": tokyo_date(draft.placed_at),
            "status": OrderStatus.PENDING_REVIEW,
            "price_book": await self._org.price_book(),
            "opportunity": opportunity,
            "activation_type": draft.activation_type,
            "activate_at": draft.activate_at,
            "activation": ActivationStatus.NOT_STARTED,
            **address_values(draft.address, self._org.picklists.country),
            **sim_values(draft.sim, self._org.picklists),
        }

    def _lines(self, draft: OrderDraft) -> list[dict[str, Any]]:
        lines = [
            {
                "key": f"{draft.key}:{number}",
                "order": Ref("order"),
                "price_entry": line.price_entry,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "billing_cycle": self._org.picklists.billing_cycles[line.billing_cycle],
            }
            for number, line in enumerate(draft.lines, start=1)
        ]
        if draft.configuration and lines:
            lines[0]["configuration"] = msgspec.json.encode(draft.configuration).decode()
        return lines

    # --- writing back ----------------------------------------------------------------------------------------------
    def guard(self, order: OrderId, *expected: Condition) -> SubRequest:
        """The part that finds the order while it is as expected, for others to go by."""
        return Get.query(self._org.by_id("order", order, *expected), "guard")

"""WHMCS's actions about orders: each add is a new order, and only accepting starts its services."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.tables import Row
from adapters.fakes.whmcs.acting import Acting, Listing, action
from adapters.fakes.whmcs.invoicing import bill, later
from adapters.fakes.whmcs.sayings import Says

_CYCLES: Final = {"monthly": "Monthly", "onetime": "One-Time"}
_ORDER_NUMBERS_FROM: Final = 3_000_000_000


class AddedOrder(msgspec.Struct, frozen=True):
    """What AddOrder answers: the order, its services in the order of the lines, its invoice."""

    orderid: str
    serviceids: tuple[str, ...]
    invoiceid: str | None


class _Item(msgspec.Struct, frozen=True):
    product: Row
    cycle: str
    price: int
    domain: str | None
    crm_order: str | None


class OrderActions(Acting):
    """Actions about orders."""

    @action("AddOrder")
    def add_order(
        self,
        clientid: str,
        *,
        paymentmethod: str,
        pid: Sequence[str],
        billingcycle: Sequence[str],
        priceoverride: Sequence[int | None] = (),
        domain: Sequence[str] = (),
        customfields: Sequence[Mapping[str, str]] = (),
        noinvoice: bool = False,
    ) -> AddedOrder:
        """Add a pending order with pending services and an unpaid invoice, or none. Twice means two orders.

        The lists line up with `pid`; one that is shorter leaves the rest at the product's own.
        """
        client = self.records.get("client", clientid)
        if client is None:
            raise Says.CLIENT_ID_MISSING.about()
        if client["status"] == "Closed":
            raise Says.CLIENT_CLOSED.about()
        if paymentmethod not in GATEWAYS:
            raise Says.GATEWAY_WRONG.about(", ".join(GATEWAYS), fields=("paymentmethod",))
        items = self._items(pid, billingcycle, priceoverride, domain, customfields)
        order = self.records.create(
            "billing_order",
            {
                "ordernum": str(_ORDER_NUMBERS_FROM + self.records.counts["billing_order"]),
                "client": clientid,
                "date": self.world.clock.now(),
                "amount": sum(item.price for item in items),
                "paymentmethod": paymentmethod,
            },
            by=self.by,
        )
        services = tuple(self._add_service(clientid, order, paymentmethod, item) for item in items)
        if noinvoice:
            return AddedOrder(order, services, None)
        started = [row for row in (self.records.get("service", service) for service in services) if row is not None]
        amounts = [(row, row["firstpaymentamount"]) for row in started]
        invoice = bill(self.world, clientid, amounts, issued=self.today, due=self.today, by=self.by)
        self.records.update("billing_order", order, {"invoice": invoice}, by=self.by)
        return AddedOrder(order, services, invoice)

    @action("AcceptOrder")
    def accept_order(self, orderid: str, *, autosetup: bool = True) -> None:
        """Accept a pending order; its services run when set up now or when nothing sets them up."""
        order = self._pending(orderid)
        self.records.update("billing_order", order["id"], {"status": "Active"}, by=self.by)
        for service in self.records.find("service", order=order["id"], status="Pending"):
            if autosetup or not self._product(service["pid"])["module"]:
                self.records.update("service", service["id"], {"status": "Active"}, by=self.by)

    @action("CancelOrder")
    def cancel_order(self, orderid: str) -> None:
        """Cancel a pending order with its services and its unpaid invoice."""
        order = self._pending(orderid)
        self.records.update("billing_order", order["id"], {"status": "Cancelled"}, by=self.by)
        for service in self.records.find("service", order=order["id"]):
            self.records.update("service", service["id"], {"status": "Cancelled"}, by=self.by)
        invoice = self.records.get("invoice", order["invoice"])
        if invoice is not None and invoice["status"] == "Unpaid":
            self.records.update("invoice", invoice["id"], {"status": "Cancelled"}, by=self.by)

    @action("DeleteOrder")
    def delete_order(self, orderid: str) -> None:
        """Remove a cancelled order with its services and its invoice."""
        order = self.records.get("billing_order", orderid)
        if order is None:
            raise Says.ORDER_MISSING.about()
        if order["status"] not in ("Cancelled", "Fraud"):
            raise Says.ORDER_NOT_DELETABLE.about()
        self.records.delete("billing_order", order["id"], by=self.by)
        for service in self.records.find("service", order=order["id"]):
            self.records.delete("service", service["id"], by=self.by)
        if order["invoice"] is not None:
            for line in self.records.find("invoice_line", invoice=order["invoice"]):
                self.records.delete("invoice_line", line["id"], by=self.by)
            self.records.delete("invoice", order["invoice"], by=self.by)

    @action("GetOrders")
    def get_orders(
        self, *, id: str | None = None, userid: str | None = None, limitstart: int = 0, limitnum: int = 25
    ) -> Listing:
        """Orders that fit, newest first; there is no filter on what marks their services."""
        if id is not None:
            order = self.records.get("billing_order", id)
            rows = [order] if order is not None else []
        else:
            rows = self.records.find("billing_order", lambda row: userid in (None, row["client"]))
        return self._listing(reversed(rows), limitstart, limitnum)

    # --- inside ----------------------------------------------------------------------------------------------------
    def _items(self, pid: Any, cycles: Any, prices: Any, domains: Any, customfields: Any) -> list[_Item]:
        arrays = {"pid": pid, "billingcycle": cycles, "priceoverride": prices, "domain": domains}
        for name, array in {**arrays, "customfields": customfields}.items():
            if not isinstance(array, list | tuple):
                raise Says.NOT_AN_ARRAY.about(name, fields=(name,))
        products = [self.records.one("billing_product", pid=one) for one in pid]
        if not products or None in products:
            raise Says.CART_EMPTY.about(fields=("pid",))
        items = []
        for place, product in enumerate(product for product in products if product is not None):
            wished = cycles[place] if place < len(cycles) else ""
            cycle = _CYCLES.get("".join(filter(str.isalpha, wished.lower())))
            listed = {"Monthly": product["monthly"], "One-Time": product["onetime"]}.get(cycle or "", -1)
            if cycle is None or listed < 0:
                raise Says.CYCLE_WRONG.about(fields=("billingcycle",))
            override = prices[place] if place < len(prices) else None
            fields = customfields[place] if place < len(customfields) else {}
            if product["needs_crm_order"] and not fields.get("crm_order"):
                raise Says.CUSTOM_FIELD_MISSING.about("crm_order", fields=("customfields",))
            items.append(
                _Item(
                    product=product,
                    cycle=cycle,
                    price=listed if override is None else override,
                    domain=domains[place] if place < len(domains) else None,
                    crm_order=fields.get("crm_order"),
                )
            )
        return items

    def _add_service(self, client: str, order: str, gateway: str, item: _Item) -> str:
        recurs = item.cycle == "Monthly"
        return self.records.create(
            "service",
            {
                "client": client,
                "order": order,
                "pid": item.product["pid"],
                "name": item.product["name"],
                "groupname": item.product["groupname"],
                "regdate": self.today,
                "domain": item.domain,
                "crm_order": item.crm_order,
                "firstpaymentamount": item.price,
                "recurringamount": item.price if recurs else 0,
                "billingcycle": item.cycle,
                "nextduedate": self.today if recurs else None,
                "nextinvoicedate": later(self.today, self.today.day) if recurs else None,
                "paymentmethod": gateway,
            },
            by=self.by,
        )

    def _pending(self, orderid: str) -> Row:
        order = self.records.get("billing_order", orderid)
        if order is None or order["status"] != "Pending":
            raise Says.ORDER_NOT_PENDING.about()
        return order

    def _product(self, pid: str) -> Row:
        product = self.records.one("billing_product", pid=pid)
        if product is None:
            raise Says.CART_EMPTY.about(fields=("pid",))
        return product

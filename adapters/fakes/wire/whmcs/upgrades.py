"""UpgradeProduct: what another product would cost, and the order for it."""

from typing import Any, Final

from adapters.fakes.tables import Row
from adapters.fakes.whmcs.invoicing import bill
from adapters.fakes.wire.whmcs.calls import Call, Members, WireError, acting, offered
from adapters.fakes.wire.whmcs.office import Upgrade
from core.domain.japan import tokyo_date

_CYCLES: Final = {"monthly": "monthly", "onetime": "onetime"}


@offered("UpgradeProduct", writes=True)
def upgrade_product(call: Call) -> Members:
    """Change a service to another product, once what it costs more until its due date is paid."""
    row = call.office.world.records.get("service", call.text("serviceid"))
    if row is None:
        raise WireError("Service ID Not Found")
    if call.text("type") not in ("product", "configoptions"):
        raise WireError("Invalid Upgrade Type")
    waiting = call.office.upgrades.get(row["id"])
    if waiting is not None and _is_unpaid(call, waiting):
        raise WireError("Unable to continue. Previous upgrade invoice for service is still unpaid.")
    product, price = _wanted(call, row)
    today = tokyo_date(call.office.world.clock.now())
    left = max(0, (row["nextduedate"] - today).days) if row["nextduedate"] else 0
    more = (price - row["recurringamount"]) * left // 30
    told: dict[str, Any] = {
        "price": f"¥{more}.00 JPY",
        "oldproductid": row["pid"],
        "newproductid": product["pid"],
        "newproductbillingcycle": call.text("newproductbillingcycle"),
        "daysuntilrenewal": left,
        "totaldays": 30,
    }
    if call.is_set("calconly"):
        return told | {"upgradeinprogress": 0}
    return told | _ordered(call, row, product, price, more)


def _wanted(call: Call, row: Row) -> tuple[Row, int]:
    records = call.office.world.records
    pid = call.maybe("newproductid") if call.text("type") == "product" else row["pid"]
    product = records.one("billing_product", pid=pid)
    if product is None:
        raise WireError("Invalid new product ID")
    cycle = _CYCLES.get(call.text("newproductbillingcycle").lower() or "monthly")
    price = product[cycle] if cycle is not None else -1
    if price < 0:
        raise WireError("Invalid Billing Cycle Requested")
    return product, price


def _ordered(call: Call, row: Row, product: Row, price: int, more: int) -> dict[str, Any]:
    world, by = call.office.world, call.caller.by
    today = tokyo_date(world.clock.now())
    number = str(4_000_000_000 + world.records.counts["billing_order"])
    fields = {"ordernum": number, "client": row["client"], "date": world.clock.now(), "amount": max(0, more)}
    order = world.records.create("billing_order", {**fields, "paymentmethod": call.text("paymentmethod")}, by=by)
    invoice = bill(world, row["client"], [(row, more)], issued=today, due=today, by=by) if more > 0 else None
    world.records.update("billing_order", order, {"invoice": invoice}, by=by)
    change = {name: product[name] for name in ("pid", "name", "groupname")} | {"recurringamount": price}
    if invoice is None:
        acting(call).update_client_product(row["id"], change)
    else:
        call.office.upgrades[row["id"]] = Upgrade(invoice=invoice, change=change)
    return {"id": int(order), "orderid": int(order), "order_number": number, "invoiceid": invoice and int(invoice)}


def _is_unpaid(call: Call, waiting: Upgrade) -> bool:
    invoice = call.office.world.records.get("invoice", waiting.invoice)
    return invoice is not None and invoice["status"] == "Unpaid"


def run_upgrades(call: Call) -> None:
    """Change the services whose upgrades are paid."""
    records = call.office.world.records
    for service, waiting in [*call.office.upgrades.items()]:
        if not _is_unpaid(call, waiting):
            del call.office.upgrades[service]
            if records.get("service", service) is not None:
                records.update("service", service, waiting.change, by="cron")

"""Actions about orders. AddOrder asks nobody whether it has been called before: twice means two orders."""

from collections.abc import Iterator
from typing import Any, Final

from adapters.fakes.tables import Row
from adapters.fakes.wire.whmcs.calls import Call, Members, WireError, acting, offered
from adapters.fakes.wire.whmcs.forms import unserialised
from adapters.fakes.wire.whmcs.modules import ModuleFailed, run_module
from adapters.fakes.wire.whmcs.told import instant, listed, money, number, shown, yen_of

_NOT_PENDING: Final = "Order ID not found or Status not Pending"


@offered("AddOrder", writes=True)
def add_order(call: Call) -> Members:
    """Add a pending order with its services and, unless `noinvoice`, an invoice."""
    whmcs = acting(call)
    pids = call.array("pid")
    places = sorted(key for key in pids if isinstance(key, int))
    _check_extras(call, places)
    added = whmcs.add_order(
        call.text("clientid"),
        paymentmethod=call.text("paymentmethod"),
        pid=[str(pids[place]) for place in places],
        billingcycle=[
            cycle or _first_cycle(call, str(pids[place])) for place, cycle in _along(call, "billingcycle", places)
        ],
        priceoverride=[_price(text) for _, text in _along(call, "priceoverride", places)],
        domain=[text for _, text in _along(call, "domain", places)],
        customfields=[_marks(call, str(pids[place]), text) for place, text in _along(call, "customfields", places)],
        noinvoice=call.is_set("noinvoice"),
    )
    if call.maybe("promocode"):
        call.office.keep("billing_order", added.orderid, {"promocode": call.text("promocode")})
    told = {
        "orderid": int(added.orderid),
        "serviceids": ",".join(added.serviceids),
        "addonids": "",
        "domainids": "",
        "invoiceid": int(added.invoiceid or 0),
    }
    return told | ({"productids": told["serviceids"]} if call.office.quirks.duplicates else {})


@offered("AcceptOrder", writes=True)
def accept_order(call: Call) -> Members:
    """Accept a pending order. A module that fails leaves its service pending, and says so after the order is Active."""
    whmcs = acting(call)
    order, automatic = call.text("orderid"), call.is_set("autosetup")
    whmcs.accept_order(order, autosetup=automatic and not call.module_fails)
    if automatic and call.module_fails:
        _fail(call, [service["id"] for service in whmcs.records.find("service", order=order, status="Pending")])
    return {}


@offered("CancelOrder", writes=True)
def cancel_order(call: Call) -> Members:
    """Cancel a pending order and everything in it."""
    acting(call).cancel_order(call.text("orderid"))
    return {}


@offered("PendingOrder", writes=True)
def pending_order(call: Call) -> Members:
    """Put an order back to Pending, with its services."""
    _turn(call, "Pending")
    return {}


@offered("FraudOrder", writes=True)
def fraud_order(call: Call) -> Members:
    """Mark an order as fraud, with its services; its unpaid invoice is cancelled."""
    order = _turn(call, "Fraud")
    invoice = call.office.world.records.get("invoice", order["invoice"])
    if invoice is not None and invoice["status"] == "Unpaid":
        call.office.world.records.update("invoice", invoice["id"], {"status": "Cancelled"}, by=call.caller.by)
    return {}


@offered("DeleteOrder", writes=True)
def delete_order(call: Call) -> Members:
    """Remove an order that is cancelled or fraud."""
    acting(call).delete_order(call.text("orderid"))
    return {}


@offered("GetOrders")
def get_orders(call: Call) -> Members:
    """Orders, newest first."""
    whmcs = acting(call)
    start, most = call.page
    status = call.maybe("status")
    user = call.maybe("userid") or call.maybe("requestor_id")
    everything = whmcs.get_orders(id=call.maybe("id"), userid=user, limitnum=1_000_000).rows
    rows = [row for row in everything if status in (None, row["status"]) and user in (None, row["client"])]
    page = rows[start : start + most]
    return {
        "totalresults": len(rows),
        "startnumber": start,
        "numreturned": len(page),
        "orders": listed("order", [dict(_order(call, row)) for row in page]),
    }


def _fail(call: Call, services: list[str]) -> None:
    """Have each module be asked, and fail."""
    told = None
    for service in services:
        try:
            run_module(call, service, "Create", {})
        except ModuleFailed as failed:
            told = failed
    if told is not None and call.office.quirks.accept_tells_failure:
        raise told


def _along(call: Call, name: str, places: list[Any]) -> Iterator[tuple[Any, str]]:
    """What stands under the name at each product's place; an empty text holds a place."""
    array = call.array(name)
    for place in places:
        value = array.get(place, "")
        yield place, value if isinstance(value, str) else ""


def _first_cycle(call: Call, pid: str) -> str:
    """The cycle of a product that none was asked for."""
    product = call.office.world.records.one("billing_product", pid=pid)
    return "onetime" if product is not None and product["monthly"] < 0 <= product["onetime"] else "monthly"


def _price(text: str) -> int | None:
    try:
        price = yen_of(text) if text.strip() else None
    except ValueError:
        raise WireError("Invalid Price Override") from None
    if price is not None and price < 0:
        raise WireError("Invalid Price Override")
    return price


def _check_extras(call: Call, places: list[Any]) -> None:
    """Refuse what no product here is sold with: more than one of it, addons, and options to choose from."""
    if any(text.strip() not in ("", "1") for _, text in _along(call, "qty", places)):
        raise WireError("Invalid Quantity")
    addons = (text for _, text in _along(call, "addons", places))
    one, several = call.text("addonid"), call.array("addonids").values()
    if any(text not in ("", "0") for text in (*addons, one, *several)):
        raise WireError("Addon ID invalid")
    if any(unserialised(text) for _, text in _along(call, "configoptions", places)):
        raise WireError("Invalid Configurable Option")


def _marks(call: Call, pid: str, text: str) -> dict[str, str]:
    """The CRM order among a product's custom fields; what is serialised wrongly is not there."""
    product = call.office.world.records.one("billing_product", pid=pid)
    value = unserialised(text).get(call.office.fields.crm_order_of(product))
    taken = value is not None and call.office.quirks.custom_fields_by_admins
    return {"crm_order": str(value)} if taken else {}


def _turn(call: Call, status: str) -> Row:
    records = call.office.world.records
    order = records.get("billing_order", call.text("orderid"))
    if order is None:
        raise WireError("Order ID Not Found")
    if order["status"] == status:
        raise WireError(f"Order ID not found or Status already {status}")
    for service in records.find("service", order=order["id"]):
        records.update("service", service["id"], {"status": status}, by=call.caller.by)
    return records.update("billing_order", order["id"], {"status": status}, by=call.caller.by)


def _order(call: Call, row: Row) -> Iterator[tuple[str, Any]]:
    records = call.office.world.records
    client = records.get("client", row["client"])
    invoice = records.get("invoice", row["invoice"])
    yield "id", int(row["id"])
    yield "ordernum", int(row["ordernum"])
    yield "userid", int(row["client"])
    yield "contactid", 0
    yield "requestor_id", int(row["client"])
    yield "date", instant(row["date"])
    yield "promocode", call.office.more("billing_order", row["id"]).get("promocode", "")
    yield "amount", money(row["amount"])
    yield "paymentmethod", row["paymentmethod"]
    yield "invoiceid", number(row["invoice"])
    yield "status", row["status"]
    yield "notes", ""
    yield "fraudmodule", ""
    yield "fraudoutput", ""
    yield "name", shown(f"{client['firstname'] or ''} {client['lastname'] or ''}".strip() if client else "")
    yield "paymentmethodname", row["paymentmethod"].capitalize()
    yield "paymentstatus", invoice["status"] if invoice is not None else None
    yield "currencyprefix", "¥"
    yield "currencysuffix", " JPY"
    services = records.find("service", order=row["id"])
    yield "lineitems", listed("lineitem", map(_line, services))


def _line(service: Row) -> Members:
    return {
        "type": "product",
        "relid": int(service["id"]),
        "producttype": "Other Product/Service",
        "product": shown(f"{service['groupname']} - {service['name']}"),
        "domain": service["domain"] or "",
        "billingcycle": service["billingcycle"],
        "amount": f"¥{service['firstpaymentamount']}.00 JPY",
        "status": service["status"],
    }

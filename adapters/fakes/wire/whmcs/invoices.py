"""Actions about invoices and payments."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.tables import Row
from adapters.fakes.wire.whmcs.calls import Call, Members, WireError, acting, offered
from adapters.fakes.wire.whmcs.told import day, day_of, instant, instant_of, listed, money, number, shown, yen_of
from core.domain.japan import tokyo_date

_ORDERS: Final = {
    "id": "seq",
    "invoicenumber": "invoicenum",
    "date": "date",
    "duedate": "duedate",
    "total": "total",
    "status": "status",
}
_STATUSES: Final = ("Unpaid", "Paid", "Cancelled", "Draft", "Refunded", "Collections", "Payment Pending")


@offered("GetInvoices")
def get_invoices(call: Call) -> Members:
    """Invoices, a page of them, without what is open on them."""
    start, most = call.page
    found = acting(call).get_invoices(userid=call.maybe("userid"), status=call.maybe("status"), limitnum=1_000_000)
    by = _ORDERS.get(call.text("orderby"), "seq")
    rows = sorted(
        found.rows, key=lambda row: ((row[by] is not None, row[by] if row[by] is not None else 0), row["seq"])
    )
    if call.text("order").lower() == "desc":
        rows.reverse()
    page = rows[start : start + most]
    return {
        "totalresults": len(rows),
        "startnumber": start,
        "numreturned": len(page),
        "invoices": listed("invoice", [dict(_invoice(call, row)) for row in page]),
    }


@offered("GetInvoice")
def get_invoice(call: Call) -> Members:
    """One invoice, whosever it is, with its lines and what is open."""
    found = acting(call).get_invoice(call.text("invoiceid"))
    row = found.invoice
    told: dict[str, Any] = {"invoiceid": int(row["id"])} | dict(_invoice(call, row))
    del told["id"]
    payments = call.office.world.records.find("transaction", invoice=row["id"])
    return told | {
        "balance": money(row["balance"]),
        "ccgateway": row["paymentmethod"] == GATEWAYS[0],
        "items": listed("item", map(_item, found.items)),
        "transactions": listed("transaction", map(_payment, payments)),
    }


@offered("CreateInvoice", writes=True)
def create_invoice(call: Call) -> Members:
    """Write an invoice of free lines, `itemdescription1` with `itemamount1` and so on. Twice means two."""
    lines = []
    place = 1
    while f"itemdescription{place}" in call.form:
        lines.append((call.text(f"itemdescription{place}"), _amount(call.text(f"itemamount{place}", "0"))))
        place += 1
    due = _day(call.text("duedate")) or tokyo_date(call.office.world.clock.now())
    status = "Draft" if call.is_set("draft") else call.text("status") or "Unpaid"
    invoice = acting(call).create_invoice(call.text("userid"), lines, duedate=due, status=status)
    return {"invoiceid": int(invoice), "status": status}


@offered("UpdateInvoice", writes=True)
def update_invoice(call: Call) -> Members:
    """Write another status on the invoice; one that is none changes nothing."""
    invoice = call.text("invoiceid")
    if call.office.world.records.get("invoice", invoice) is None:
        raise WireError("Invoice ID Not Found")
    if call.text("status") in _STATUSES:
        acting(call).update_invoice(invoice, status=call.text("status"))
    return {"invoiceid": int(invoice)}


@offered("AddInvoicePayment", writes=True)
def add_invoice_payment(call: Call) -> Members:
    """Pay an invoice, or a part of it."""
    _pay(call, call.text("invoiceid"), gateway=call.text("gateway"), amount=call.maybe("amount"), at=call.maybe("date"))
    return {}


@offered("AddTransaction", writes=True)
def add_transaction(call: Call) -> Members:
    """Enter a payment; its own id keeps it from being entered twice."""
    records, now = call.office.world.records, call.office.world.clock.now()
    if call.maybe("userid") and records.get("client", call.text("userid")) is None:
        raise WireError("Client ID Not Found")
    if not call.maybe("paymentmethod"):
        raise WireError("Payment Method is required")
    repeats = call.is_set("allowduplicatetransid")
    if not repeats and records.one("transaction", transid=call.maybe("transid")) is not None:
        raise WireError("Transaction ID must be Unique")
    gateway, amount = call.text("paymentmethod"), call.maybe("amountin")
    if call.maybe("invoiceid"):
        _pay(call, call.text("invoiceid"), gateway=gateway, amount=amount, at=None, may_repeat=repeats)
    else:
        entry = {"transid": call.maybe("transid"), "gateway": gateway, "date": now, "amount": _amount(amount or "0")}
        records.create("transaction", entry, by=call.caller.by)
    return {}


@offered("CapturePayment", writes=True)
def capture_payment(call: Call) -> Members:
    """Charge the client's card with what is open."""
    row = acting(call).get_invoice(call.text("invoiceid")).invoice
    cards = call.office.world.records.find("payment_method", client=row["client"])
    if row["status"] != "Unpaid" or not cards or call.module_fails:
        raise WireError("Payment Attempt Failed")
    acting(call).add_invoice_payment(
        row["id"], transid=f"capture-{row['id']}", gateway=GATEWAYS[0], date=call.office.world.clock.now()
    )
    return {}


def _pay(
    call: Call, invoice: str, *, gateway: str, amount: str | None, at: str | None, may_repeat: bool = False
) -> None:
    when = call.office.world.clock.now()
    try:
        if at is not None:
            when = instant_of(at)
    except ValueError:
        raise WireError("Invalid Date Format") from None
    paid = None if amount is None else _amount(amount)
    acting(call).add_invoice_payment(
        invoice, transid=call.text("transid"), gateway=gateway, date=when, amount=paid, may_repeat=may_repeat
    )


def _amount(text: str) -> int:
    try:
        return yen_of(text)
    except ValueError:
        raise WireError("Invalid Amount") from None


def _day(text: str) -> date | None:
    # older documentation, and clients that go by it, write a day without dashes
    dashed = f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and "-" not in text else text
    try:
        return day_of(dashed)
    except ValueError:
        return None


def _invoice(call: Call, row: Row) -> Iterator[tuple[str, Any]]:
    client = call.office.world.records.get("client", row["client"])
    yield "id", int(row["id"])
    yield "userid", int(row["client"])
    for name in ("firstname", "lastname", "companyname"):
        yield name, shown(client[name] if client is not None else "")
    yield "invoicenum", row["invoicenum"] or ""
    yield "date", day(row["date"])
    yield "duedate", day(row["duedate"])
    yield "datepaid", instant(row["datepaid"])
    yield "last_capture_attempt", instant(None)
    yield "subtotal", money(row["total"])
    yield "credit", "0.00"
    yield "tax", "0.00"
    yield "tax2", "0.00"
    yield "total", money(row["total"])
    yield "taxrate", "0.000"
    yield "taxrate2", "0.000"
    yield "status", row["status"]
    yield "paymentmethod", row["paymentmethod"] or ""
    yield "paymethodid", None
    yield "notes", ""
    yield "currencycode", "JPY"
    yield "currencyprefix", "¥"
    yield "currencysuffix", " JPY"


def _item(row: Row) -> Members:
    return {
        "id": int(row["id"]),
        "type": row["type"] if row["type"] != "Item" else "",
        "relid": number(row["relid"]),
        "description": shown(row["description"]),
        "amount": money(row["amount"]),
        "taxed": 0,
    }


def _payment(row: Row) -> Members:
    return {
        "id": int(row["id"]),
        "gateway": row["gateway"],
        "date": instant(row["date"]),
        "amountin": money(row["amount"]),
        "fees": "0.00",
        "amountout": "0.00",
        "transid": row["transid"],
        "invoiceid": int(row["invoice"]),
    }

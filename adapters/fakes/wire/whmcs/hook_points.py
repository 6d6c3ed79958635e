"""Which of WHMCS's hook points a change of the world meets, and the ids that a hook file tells of it."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.tables import Change, Row


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One hook that ran: its point, and the ids of what it was about."""

    event: str
    client: str
    service: str | None = None
    order: str | None = None
    invoice: str | None = None


_ORDERS: Final = MappingProxyType(
    {"Active": "AcceptOrder", "Cancelled": "CancelOrder", "Pending": "PendingOrder", "Fraud": "FraudOrder"}
)
_INVOICES: Final = MappingProxyType(
    {
        "Paid": "InvoicePaid",
        "Cancelled": "InvoiceCancelled",
        "Unpaid": "InvoiceUnpaid",
        "Refunded": "InvoiceRefunded",
    }
)


def happened(records: Records, changes: Iterable[Change]) -> list[Happened]:
    """The hooks that these changes meet, in their order, each once."""
    met = (one for change in changes if change.by != "seed" for one in _met(records, change))
    return list(dict.fromkeys(met))


def _met(records: Records, change: Change) -> Iterator[Happened]:
    table = change.table.name
    if table == "client":
        yield Happened(event=_of_client(change), client=change.id)
    elif table == "payment_method":
        yield Happened(event="CCUpdate", client=change.row["client"])
    elif table == "billing_order":
        yield from _of_order(change)
    elif table == "service":
        yield from _of_service(records, change)
    elif table == "invoice":
        yield from _of_invoice(records, change)
    elif table == "transaction" and change.before is None:
        invoice = records.get("invoice", change.row["invoice"])
        if invoice is not None:
            yield Happened(event="AddInvoicePayment", client=invoice["client"], invoice=invoice["id"])


def _of_client(change: Change) -> str:
    if change.before is None:
        return "ClientAdd"
    if change.after is None:
        return "PreDeleteClient"
    return "ClientClose" if _turned(change) == "Closed" else "ClientEdit"


def _of_order(change: Change) -> Iterator[Happened]:
    ids = {"client": change.row["client"], "order": change.id}
    if change.before is None:
        # whether an order added by the API meets it is not sure of WHMCS
        yield Happened(event="AfterShoppingCartCheckout", **ids, invoice=change.row["invoice"])
    elif change.after is None:
        yield Happened(event="DeleteOrder", **ids)
    elif (status := _turned(change)) is not None:
        yield Happened(event=_ORDERS[status], **ids)


def _of_service(records: Records, change: Change) -> Iterator[Happened]:
    ids = {"client": change.row["client"], "service": change.id}
    if change.after is None:
        yield Happened(event="ServiceDelete", **ids)
    elif change.before is not None:
        yield Happened(event=_service_event(records, change.before, change.after), **ids)


def _service_event(records: Records, before: Row, after: Row) -> str:
    product = records.one("billing_product", pid=after["pid"])
    moves: Mapping[tuple[str, str], str] = {
        ("Pending", "Active"): "AfterModuleCreate",
        ("Active", "Suspended"): "AfterModuleSuspend",
        ("Suspended", "Active"): "AfterModuleUnsuspend",
        ("Active", "Terminated"): "AfterModuleTerminate",
        ("Suspended", "Terminated"): "AfterModuleTerminate",
    }
    by_module = moves.get((before["status"], after["status"]))
    return by_module if by_module is not None and product is not None and product["module"] else "AdminServiceEdit"


def _of_invoice(records: Records, change: Change) -> Iterator[Happened]:
    ids = {"client": change.row["client"], "invoice": change.id}
    if change.after is None:
        return
    if change.before is None:
        yield Happened(event="InvoiceCreation", **ids)
    released = (change.before is None or change.before["status"] == "Draft") and change.after["status"] != "Draft"
    if released:
        yield Happened(event="InvoiceCreated", **ids)
    status = change.after["status"]
    if status not in _INVOICES or (change.before is not None and change.before["status"] == status):
        return
    if status != "Unpaid" or not released:
        yield Happened(event=_INVOICES[status], **ids)
    order = records.one("billing_order", invoice=change.id)
    if status == "Paid" and order is not None:
        yield Happened(event="OrderPaid", client=order["client"], order=order["id"], invoice=change.id)


def _turned(change: Change) -> str | None:
    """The status that the change brought, if it brought one."""
    if change.before is None or change.after is None or change.before["status"] == change.after["status"]:
        return None
    return str(change.after["status"])

"""Actions about the installation itself: its products, gateways, mails, and how it is."""

from typing import Any, Final

from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.tables import Row
from adapters.fakes.wire.whmcs.calls import Call, Members, WireError, offered
from adapters.fakes.wire.whmcs.told import instant, instant_of, listed, money, shown

VERSION: Final = "8.10.1"
_CYCLES: Final = ("monthly", "quarterly", "semiannually", "annually", "biennially", "triennially")
_NAMES: Final = {"stripe": "Credit Card", "banktransfer": "Bank Transfer"}


@offered("WhmcsDetails")
def whmcs_details(call: Call) -> Members:
    """The version."""
    return {"whmcs": {"version": VERSION, "canonicalversion": f"{VERSION}-release.1"}}


@offered("GetHealthStatus")
def get_health_status(call: Call) -> Members:
    """That there is somebody."""
    return {}


@offered("GetProducts")
def get_products(call: Call) -> Members:
    """The products, with their prices; -1.00 is a cycle that is not sold."""
    pids, gid, module = call.maybe("pid"), call.maybe("gid"), call.maybe("module")
    groups = _groups(call)
    rows = [
        row
        for row in call.office.world.records.find("billing_product")
        if (pids is None or row["pid"] in [pid.strip() for pid in pids.split(",")])
        and gid in (None, str(groups[row["groupname"]]))
        and module in (None, row["module"])
    ]
    told = [_product(call, row, groups[row["groupname"]]) for row in rows]
    return {"totalresults": len(told), "products": listed("product", told)}


@offered("GetPaymentMethods")
def get_payment_methods(call: Call) -> Members:
    """The gateways that are set up."""
    rows = [{"module": module, "displayname": _NAMES[module]} for module in GATEWAYS]
    return {"totalresults": len(rows), "paymentmethods": listed("paymentmethod", rows)}


@offered("GetCurrencies")
def get_currencies(call: Call) -> Members:
    """The one currency there is."""
    yen = {"id": 1, "code": "JPY", "prefix": "¥", "suffix": " JPY", "format": 4, "rate": "1.00000"}
    return {"totalresults": 1, "currencies": listed("currency", [yen])}


@offered("GetModuleQueue")
def get_module_queue(call: Call) -> Members:
    """What a module failed to do, and waits for a person."""
    since = call.maybe("since")
    try:
        after = instant_of(since) if since is not None else None
    except ValueError:
        raise WireError("Invalid date format for since") from None
    service, module = call.maybe("relatedId"), call.maybe("moduleName")
    rows = [
        {
            "id": one.id,
            "serviceType": "service",
            "serviceId": int(one.service),
            "moduleName": one.module,
            "moduleAction": f"{one.action}Account",
            "lastAttempt": instant(one.at),
            "lastAttemptError": shown(one.error),
            "numRetries": 0,
            "completed": False,
        }
        for one in call.office.module_queue
        if service in (None, one.service) and module in (None, one.module) and (after is None or one.at >= after)
    ]
    return {"count": len(rows), "queue": listed("", rows)}


@offered("SendEmail", writes=True)
def send_email(call: Call) -> Members:
    """Send a mail to whom it is about. Twice means two."""
    known = call.office.world.records.get("client", call.text("id")) or call.office.world.records.get(
        "service", call.text("id")
    )
    if known is None or not (call.maybe("messagename") or call.maybe("custommessage")):
        raise WireError("Sending Failed. Please see documentation.")
    call.office.sent.append({"to": call.text("id"), "name": call.text("messagename") or call.text("customsubject")})
    return {}


@offered("OpenTicket", writes=True)
def open_ticket(call: Call) -> Members:
    """Open a ticket. Twice means two."""
    for name, text in (
        ("deptid", "Department ID not found"),
        ("subject", "Subject is required"),
        ("message", "Message is required"),
    ):
        if not call.maybe(name):
            raise WireError(text)
    if call.maybe("clientid"):
        if call.office.world.records.get("client", call.text("clientid")) is None:
            raise WireError("Client ID Not Found")
    elif not (call.maybe("name") and call.maybe("email")):
        raise WireError("Name and email address are required if not a client")
    tickets = call.office.tickets
    tickets.append({"client": call.maybe("clientid"), "subject": call.text("subject")})
    number = len(tickets)
    return {"id": number, "tid": f"{100_000 + number}", "c": f"made-up-{number:04d}"}


def _groups(call: Call) -> dict[str, int]:
    """A number for each group of products, in the order they came to be."""
    names = dict.fromkeys(row["groupname"] for row in call.office.world.records.find("billing_product"))
    return {name: number for number, name in enumerate(names, start=1)}


def _product(call: Call, row: Row, group: int) -> Members:
    fee = "monthly" if row["paytype"] == "recurring" else "onetime"
    prices: dict[str, Any] = {"prefix": "¥", "suffix": " JPY"}
    for cycle in _CYCLES:
        prices[f"{cycle[0]}setupfee"] = "0.00"
        prices[cycle] = money(row[fee]) if cycle == "monthly" else "-1.00"
    field = {
        "id": call.office.fields.crm_order_of(row),
        "name": shown(call.office.fields.crm_order_name),
        "description": shown("The CRM's order & nothing else"),
        "required": "on" if row["needs_crm_order"] else "",
    }
    return {
        "pid": row["pid"] if not row["pid"].isdigit() else int(row["pid"]),
        "gid": group,
        "type": "other",
        "name": shown(row["name"]),
        "slug": f"product-{row['id']}",
        "product-url": f"{call.office.url}index.php?rp=/store/product-{row['id']}",
        "description": shown(f"{row['name']} <br />\nby <b>SonixNet</b>"),
        "module": row["module"] or "",
        "paytype": row["paytype"],
        "pricing": {"JPY": prices},
        "customfields": listed("customfield", [field]),
        "configoptions": listed("configoption", []),
    }

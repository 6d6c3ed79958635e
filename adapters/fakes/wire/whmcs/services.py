"""Actions about services."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from adapters.fakes.tables import Row
from adapters.fakes.wire.whmcs.calls import Call, Members, WireError, acting, offered
from adapters.fakes.wire.whmcs.forms import unserialised
from adapters.fakes.wire.whmcs.hook_points import Happened
from adapters.fakes.wire.whmcs.modules import run_module
from adapters.fakes.wire.whmcs.office import CancelRequest
from adapters.fakes.wire.whmcs.told import day, day_of, instant, listed, money, shown, yen_of
from core.domain.japan import tokyo_date

_DAYS: Final = ("regdate", "nextduedate", "terminationdate")
_AMOUNTS: Final = ("firstpaymentamount", "recurringamount")
_CYCLES: Final = {"free": "Free Account", "freeaccount": "Free Account", "onetime": "One-Time", "monthly": "Monthly"}
_BESIDE: Final = ("notes", "subscriptionid", "serviceusername", "servicepassword")
_FILTERS: Final = ("clientid", "serviceid", "pid", "domain")


@offered("GetClientsProducts")
def get_clients_products(call: Call) -> Members:
    """Services that fit, a page of them; one of another client is found as well when no client is named."""
    start, most = call.page
    filters, username = {name: call.maybe(name) for name in _FILTERS}, call.maybe("username2")
    found = acting(call).get_clients_products(**filters, limitstart=0, limitnum=1_000_000).rows
    rows = [row for row in found if username in (None, _username(call, row))]
    page = rows[start : start + most]
    return {
        **filters,
        "username2": username,
        "totalresults": len(rows),
        "startnumber": start,
        "numreturned": len(page),
        "products": listed("product", [dict(_service(call, row)) for row in page]),
    }


@offered("UpdateClientProduct", writes=True)
def update_client_product(call: Call) -> Members:
    """Change a service's record; nothing is switched on or off by it."""
    service = call.text("serviceid")
    row = call.office.world.records.get("service", service)
    if row is None:
        raise WireError("Service ID Not Found")
    fields = dict(_changes(call, row))
    fields |= {name: None for name in call.array("unset").values() if name in ("domain", *_DAYS)}
    acting(call).update_client_product(service, fields)
    call.office.keep("service", service, {name: call.text(name) for name in _BESIDE if name in call.form})
    return {"serviceid": service}


@offered("ModuleCreate", writes=True)
def module_create(call: Call) -> Members:
    """Have the module set the service up."""
    run_module(call, _service_id(call), "Create", {"status": "Active"})
    return {}


@offered("ModuleSuspend", writes=True)
def module_suspend(call: Call) -> Members:
    """Have the module suspend the service."""
    reason = call.text("suspendreason")
    run_module(call, _service_id(call), "Suspend", {"status": "Suspended", "suspensionreason": reason})
    return {}


@offered("ModuleUnsuspend", writes=True)
def module_unsuspend(call: Call) -> Members:
    """Have the module let the service run again."""
    run_module(call, _service_id(call), "Unsuspend", {"status": "Active", "suspensionreason": None})
    return {}


@offered("ModuleTerminate", writes=True)
def module_terminate(call: Call) -> Members:
    """Have the module end the service."""
    today = tokyo_date(call.office.world.clock.now())
    run_module(call, _service_id(call), "Terminate", {"status": "Terminated", "terminationdate": today})
    return {}


@offered("ModuleChangePackage", writes=True)
def module_change_package(call: Call) -> Members:
    """Have the module follow what the service's record says."""
    run_module(call, _service_id(call), "ChangePackage", {})
    return {}


@offered("AddCancelRequest", writes=True)
def add_cancel_request(call: Call) -> Members:
    """Ask for the service's end, at the next daily run or with the period it is paid for."""
    row = call.office.world.records.get("service", call.text("serviceid"))
    if row is None:
        raise WireError("Service ID Not Found")
    requests = call.office.cancel_requests
    if any(request.service == row["id"] for request in requests):
        raise WireError("Existing Cancellation Request Exists")
    kind = call.text("type") or "End of Billing Period"
    if kind not in ("Immediate", "End of Billing Period"):
        kind = "End of Billing Period"
    at = call.office.world.clock.now()
    requests.append(
        CancelRequest(id=len(requests) + 1, service=row["id"], reason=call.text("reason"), type=kind, at=at)
    )
    call.office.run_hook(Happened(event="CancellationRequest", client=row["client"], service=row["id"]))
    return {"serviceid": call.text("serviceid"), "userid": row["client"]}


@offered("GetCancelledPackages")
def get_cancelled_packages(call: Call) -> Members:
    """The requests for an end, a page of them."""
    start, most = call.page
    requests = call.office.cancel_requests
    page = requests[start : start + most]
    rows = [
        {
            "id": one.id,
            "date": instant(one.at),
            "relid": int(one.service),
            "reason": shown(one.reason),
            "type": one.type,
        }
        for one in page
    ]
    return {
        "totalresults": len(requests),
        "startnumber": start,
        "numreturned": len(page),
        "packages": listed("package", rows),
    }


def _username(call: Call, row: Row) -> str:
    return str(call.office.more("service", row["id"]).get("serviceusername", ""))


def _service_id(call: Call) -> str:
    return call.text("serviceid") or call.text("accountid")


def _changes(call: Call, row: Row) -> Iterator[tuple[str, Any]]:
    """The columns that are posted; a word that is no status, cycle, day or amount changes nothing."""
    records = call.office.world.records
    if call.maybe("status"):
        yield "status", call.text("status")
    if "domain" in call.form:
        yield "domain", call.text("domain")
    yield from _read(call, _DAYS, _day_of)
    yield from _read(call, _AMOUNTS, yen_of)
    cycle = _CYCLES.get("".join(filter(str.isalpha, call.text("billingcycle").lower())))
    if cycle is not None:
        yield "billingcycle", cycle
    product = records.one("billing_product", pid=call.maybe("pid") or row["pid"])
    if product is not None and call.maybe("pid"):
        yield from ((name, product[name]) for name in ("pid", "name", "groupname"))
    fields = unserialised(call.form.get("customfields"))
    value = fields.get(call.office.fields.crm_order_of(product))
    if value is not None:
        yield "crm_order", str(value)


def _day_of(text: str) -> date | None:
    return None if text.strip() == "0000-00-00" else day_of(text.strip())


def _read(call: Call, names: Iterable[str], read: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    for name in names:
        with suppress(ValueError):
            if call.maybe(name):
                yield name, read(call.text(name))


def _service(call: Call, row: Row) -> Iterator[tuple[str, Any]]:
    records, more = call.office.world.records, call.office.more("service", row["id"])
    order = records.get("billing_order", row["order"])
    yield "id", int(row["id"])
    yield "qty", 1
    yield "clientid", int(row["client"])
    yield "orderid", int(row["order"] or 0)
    if order is not None:
        yield "ordernumber", int(order["ordernum"])
    yield "pid", row["pid"]
    yield "regdate", day(row["regdate"])
    for name in ("name", "groupname"):
        yield name, shown(row[name])
        yield f"translated_{name}", shown(row[name])
    yield "domain", row["domain"] or ""
    yield "dedicatedip", ""
    yield "serverid", 0
    yield "suspensionreason", shown(row["suspensionreason"])
    for name in _AMOUNTS:
        yield name, money(row[name])
    yield "paymentmethod", row["paymentmethod"] or ""
    yield "paymentmethodname", (row["paymentmethod"] or "").capitalize()
    yield "billingcycle", row["billingcycle"]
    yield "nextduedate", day(row["nextduedate"])
    if call.office.quirks.more_dates:
        yield "terminationdate", day(row["terminationdate"])
    yield "status", row["status"]
    yield "username", _username(call, row)
    if call.office.quirks.passwords:
        yield "password", more.get("servicepassword", f'pw&<{row["id"]}>"made-up"')
    yield "subscriptionid", more.get("subscriptionid", "")
    yield "notes", shown(more.get("notes", ""))
    yield from _custom(call, records.one("billing_product", pid=row["pid"]), row)


def _custom(call: Call, product: Row | None, row: Row) -> Iterator[tuple[str, Any]]:
    field = {
        "id": call.office.fields.crm_order_of(product),
        "name": shown(call.office.fields.crm_order_name),
        "translated_name": shown(call.office.fields.crm_order_name),
        "value": shown(row["crm_order"]),
    }
    yield "customfields", listed("customfield", [field] if product is not None else [])
    yield "configoptions", listed("configoption", [])


def heed_requests(call: Call) -> None:
    """What the daily run does about requests for an end that are due."""
    records = call.office.world.records
    today = tokyo_date(call.office.world.clock.now())
    for request in call.office.cancel_requests:
        row = records.get("service", request.service)
        if row is not None and row["status"] in ("Active", "Suspended") and _is_due(request, row, today):
            end: Mapping[str, Any] = {"status": "Cancelled", "terminationdate": today}
            records.update("service", row["id"], end, by="cron")


def _is_due(request: CancelRequest, row: Row, today: date) -> bool:
    if tokyo_date(request.at) >= today:
        return False
    return request.type == "Immediate" or row["nextduedate"] is None or row["nextduedate"] <= today

"""Whether a WHMCS has what the portal needs, and what breaks otherwise.

Nothing is written: actions that write are tried on ids that nothing has.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from adapters.calling.lacking import Finding
from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Row, amount, id_of, raw, rows, word
from adapters.whmcs.marking import field_of
from adapters.whmcs.sayings import Class
from ports.errors import Rejected

_OLDEST: Final = 8
_MAJOR: Final = re.compile(r"[0-9]{1,3}(?![^.])")
_NOBODY: Final = "0"

NEEDED: Final[Mapping[str, tuple[Mapping[str, Any], str]]] = MappingProxyType(
    {
        "WhmcsDetails": ({}, ""),
        "GetCurrencies": ({}, ""),
        "GetPaymentMethods": ({}, ""),
        "GetProducts": ({"pid": _NOBODY}, "orders are marked by their domain alone (FUL-3)"),
        "GetClients": ({"limitnum": 1}, "drift and orphans are not found (OPS-5), nor some clients with one address"),
        "GetClientsDetails": ({"clientid": _NOBODY}, "nobody is found, so nobody signs up (ACC-1, ACC-4)"),
        "AddClient": ({}, "nobody signs up (ACC-1)"),
        "UpdateClient": ({"clientid": _NOBODY}, "addresses and phones are not kept (ACC-10)"),
        "GetPayMethods": ({"clientid": _NOBODY}, "nothing is ordered, as no payment method is seen (ORD-1, ORD-9)"),
        "CreateSsoToken": ({"client_id": _NOBODY}, "no customer gets to WHMCS's pages (SRV-3, ORD-9)"),
        "AddOrder": ({"clientid": _NOBODY}, "nothing is provisioned (FUL-2)"),
        "AcceptOrder": ({"orderid": _NOBODY}, "nothing is provisioned (FUL-2)"),
        "GetOrders": ({"id": _NOBODY}, "an order whose answer was lost can't be found (FUL-3)"),
        "CancelOrder": ({"orderid": _NOBODY}, "a cancelled order stays in billing (FUL-4)"),
        "DeleteOrder": ({"orderid": _NOBODY}, "a cancelled order stays in billing (FUL-4)"),
        "GetClientsProducts": ({"clientid": _NOBODY}, "no service is seen (SRV-1), and nothing is provisioned (FUL-3)"),
        "UpdateClientProduct": ({"serviceid": _NOBODY}, "what is paid once is not completed (FUL-2)"),
        "ModuleCreate": ({"serviceid": _NOBODY}, "a service that was not set up at once waits for a person (FUL-2)"),
        "ModuleTerminate": ({"serviceid": _NOBODY}, "services are not ended (CAN-4)"),
        "GetInvoices": ({"userid": _NOBODY}, "no invoice is seen (SRV-2, SRV-6)"),
        "GetInvoice": ({"invoiceid": _NOBODY}, "no invoice is opened or paid (SRV-2, SRV-3)"),
        "UpdateInvoice": ({"invoiceid": _NOBODY}, "invoices of a withdrawn order stay unpaid (FUL-4)"),
    }
)
"""Each action that the portal's API role must allow, how it is tried without an effect, and what breaks without it."""


class Lack(StrEnum):
    """What is wrong with a WHMCS."""

    OLD = "version too old"
    NOT_ALLOWED = "action not in the API role"
    NO_CURRENCY = "currency missing"
    MORE_CURRENCIES = "other currencies too"
    NO_GATEWAY = "payment method missing"
    NO_PRODUCT = "product missing"
    NO_CYCLE = "product not sold so"
    NO_FIELD = "custom field missing, or not shown on the order form"
    NO_NUMBER = "custom field of clients missing"
    NOT_SEEN = "can't be seen yet"


async def check(client: Client, sold: Mapping[str, str]) -> tuple[Finding, ...]:
    """All that WHMCS lacks, what stops the portal first.

    `sold` is the billing cycle, "monthly" or "onetime", of each product that the catalog sells, by the product's id.
    Raises Unavailable where it does not answer, or lets the portal not in.
    """
    found = [each async for each in _not_allowed(client)]
    barred = {each.place for each in found}
    if "WhmcsDetails" not in barred:
        found += await _version(client)
    if "GetCurrencies" not in barred:
        found += await _currency(client)
    if "GetPaymentMethods" not in barred:
        found += await _gateway(client)
    if "GetProducts" not in barred and sold:
        found += await _products(client, sold)
    if not barred & {"GetClients", "GetClientsDetails"}:
        found += await _number_field(client)
    return tuple(sorted(found, key=lambda finding: finding.weakens))


async def _not_allowed(client: Client) -> Any:
    way = client.settings.termination.value
    for action, (params, breaks) in {**NEEDED, **_OF_TERMINATION.get(way, {})}.items():
        try:
            await client.read(action, **params)
        except Rejected as refused:
            if refused.code == Class.PERMISSION:
                yield Finding(
                    place=action, trouble=Lack.NOT_ALLOWED, breaks=breaks or "this check sees less", weakens=not breaks
                )


_OF_TERMINATION: Final = {"request": {"AddCancelRequest": ({"serviceid": _NOBODY}, "services are not ended (CAN-4)")}}


async def _version(client: Client) -> list[Finding]:
    body = await client.read("WhmcsDetails")
    with reading("WhmcsDetails"):
        details = body.get("whmcs")
        version = raw(details, "version") if isinstance(details, Mapping) else ""
    major = _MAJOR.match(version)
    if major is not None and int(major[0]) >= _OLDEST:
        return []
    breaks = "clients and their log-ins are one there, so the portal's clients can't be told apart (ACC-4)"
    return [Finding(place="WHMCS", trouble=Lack.OLD, detail=version, breaks=breaks)]


async def _currency(client: Client) -> list[Finding]:
    body, code = await client.read("GetCurrencies"), client.settings.currency
    with reading("GetCurrencies"):
        codes = [raw(row, "code") for row in rows(body, "currencies", "currency")]
    if code not in codes:
        breaks = "amounts are read as whole yen, and none would be right (SRV-2)"
        return [Finding(place="currencies", trouble=Lack.NO_CURRENCY, detail=code, breaks=breaks)]
    others = ", ".join(other for other in codes if other != code)
    if not others:
        return []
    # services don't say in which currency they are charged, and invoices of another one are not read
    breaks = "a client billed in another sees prices of services as yen, and no invoice (SRV-1, SRV-2)"
    return [Finding(place="currencies", trouble=Lack.MORE_CURRENCIES, detail=others, breaks=breaks, weakens=True)]


async def _gateway(client: Client) -> list[Finding]:
    body, gateway = await client.read("GetPaymentMethods"), client.settings.gateway
    with reading("GetPaymentMethods"):
        modules = [raw(row, "module") for row in rows(body, "paymentmethods", "paymentmethod")]
    if gateway in modules:
        return []
    detail = f"{gateway}; there are {', '.join(modules) or 'none'}"
    breaks = "every order is refused (FUL-2)"
    return [Finding(place="payment methods", trouble=Lack.NO_GATEWAY, detail=detail, breaks=breaks)]


async def _products(client: Client, sold: Mapping[str, str]) -> list[Finding]:
    body = await client.read("GetProducts", pid=",".join(sold))
    with reading("GetProducts"):
        there = {raw(row, "pid"): row for row in rows(body, "products", "product")}
        return [found for pid, cycle in sold.items() for found in _product(client, pid, cycle, there.get(pid))]


def _product(client: Client, pid: str, cycle: str, row: Row | None) -> Iterator[Finding]:
    settings, place = client.settings, f"product {pid}"
    refused = "orders with it are refused (FUL-2)"
    if row is None:
        yield Finding(place=place, trouble=Lack.NO_PRODUCT, breaks=refused)
        return
    if not _is_sold(row, cycle, settings.currency):
        yield Finding(place=place, trouble=Lack.NO_CYCLE, detail=cycle, breaks=refused)
    if settings.order_field and pid not in settings.order_fields and field_of(row, settings.order_field) is None:
        yield Finding(
            place=place,
            trouble=Lack.NO_FIELD,
            detail=settings.order_field,
            breaks="its services are marked by their domain alone (FUL-3)"
            if settings.marks_domain
            else "its services bear no mark, so that a lost answer may add them twice (FUL-3)",
            weakens=settings.marks_domain,
        )


def _is_sold(row: Row, cycle: str, currency: str) -> bool:
    if cycle == "onetime":
        return word(raw(row, "paytype")) in ("onetime", "free")
    pricing = row.get("pricing")
    prices = pricing.get(currency) if isinstance(pricing, Mapping) else None
    return isinstance(prices, Mapping) and word(raw(row, "paytype")) == "recurring" and amount(prices, cycle) >= 0


async def _number_field(client: Client) -> list[Finding]:
    field = client.settings.number_field
    place, breaks = f"clients' custom field {field}", "no client is known as the portal's own (ACC-1, ACC-4)"
    listed, _ = await client.page("GetClients", "clients", "client", 0, 1)
    if not listed:
        detail = "there is no client to look at"
        return [Finding(place=place, trouble=Lack.NOT_SEEN, detail=detail, breaks=breaks, weakens=True)]
    body = await client.read("GetClientsDetails", clientid=id_of(listed[0], "id"))
    with reading("GetClientsDetails"):
        held = body.get("client")
        ids = [int(id_of(row, "id")) for row in rows(held if isinstance(held, Mapping) else body, "customfields")]
    if field in ids:
        return []
    detail = f"there are {', '.join(map(str, ids)) or 'none'}"
    return [Finding(place=place, trouble=Lack.NO_NUMBER, detail=detail, breaks=breaks)]

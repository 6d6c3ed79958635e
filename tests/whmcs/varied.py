"""One answer in every way that WHMCS may tell it, and with members that can't be meant."""

import copy
import html
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

NUMBERS: Final = frozenset({
    "id", "clientid", "client_id", "userid", "owner_user_id", "contact_id", "orderid", "ordernumber", "ordernum",
    "invoiceid", "relid", "pid", "gid", "qty", "serverid", "taxed", "currency", "phonecc", "format", "totalresults",
    "startnumber", "numreturned",
})  # fmt: skip
AMOUNTS: Final = frozenset({
    "total", "subtotal", "balance", "credit", "amount", "tax", "tax2", "firstpaymentamount", "recurringamount",
    "msetupfee", "monthly", "quarterly",
})  # fmt: skip
DAYS: Final = frozenset({"date", "duedate", "datepaid", "regdate", "nextduedate", "terminationdate", "datecreated"})
FLAGS: Final = frozenset({"marketing_emails_opt_in", "isOptedInToMarketingEmails", "required", "is_owner", "ccgateway"})
TEXTS: Final = frozenset({
    "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "name",
    "groupname", "invoicenum", "description", "card_type", "bank_name", "displayname", "option", "notes",
})  # fmt: skip
LISTS: Final = {
    "clients": "client", "products": "product", "orders": "order", "lineitems": "lineitem", "invoices": "invoice",
    "items": "item", "customfields": "customfield", "configoptions": "configoption", "currencies": "currency",
    "paymentmethods": "paymentmethod", "users": "user",
}  # fmt: skip
BARE: Final = frozenset({"paymethods", "customfields", "transactions"})
WORDS: Final = frozenset(
    {"status", "billingcycle", "type", "module", "code", "domain", "card_last_four", "expiry_date"}
)
_GONE: Final = object()

_ODD: Final = [True, [], ["x"], {"a": 1}]
JUNK: Final[tuple[tuple[frozenset[str], list[Any]], ...]] = (
    (NUMBERS - {"pid", "phonecc", "currency"}, [*_ODD, "x", "1.5", "-5", -5, 1.5, "9" * 5_000, "１", "1 2"]),
    (AMOUNTS, [*_ODD, "", None, "15.95", 15.95, "¥5,500", "$-8.67 USD", "1e3", "５５００", "5.500,00", "9" * 5_000]),
    (DAYS, [*_ODD, "20/01/2026", "2026-02-30", "2026-1-5", 20260120, "tomorrow", "2026-01-20 25:00:00"]),
    (FLAGS, ["maybe", 2, [], {"a": 1}]),
    (TEXTS | WORDS | {"pid", "phonecc", "value"}, _ODD),
    (frozenset(LISTS) | BARE, ["none", 7, True, ["x"], [[]]]),
    (frozenset({"currencycode"}), [*_ODD, "USD", "¥"]),
    (frozenset({"expiry_date"}), ["13/27", "03/2027", "0327", 327]),
)
"""What a member can't mean."""


def told(draw: st.DrawFn, body: dict[str, Any], *, named: bool) -> bytes:
    """The answer as WHMCS may send it; `named` says that its outcome may be called a status."""
    varied = _object(draw, body)
    if isinstance(client := varied.get("client"), dict):
        # the older members beside the newer one, or alone
        way = draw(st.sampled_from(["new", "both", "old"]))
        varied = varied if way == "new" else {**client, **({"client": client} if way == "both" else {})}
        named = named and way == "new"
    outcome = draw(st.sampled_from(["result", "status"] if named else ["result"]))
    text = json.dumps({outcome: "success", **varied}, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()):
        text = text.replace("/", r"\/")
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def odd_ones(body: dict[str, Any]) -> Iterator[tuple[str, Any, bytes]]:
    """The answer with one member that can't be meant, for each of them and each such thing."""
    for path, name in _members(body):
        for names, junk in JUNK:
            for odd in junk if name in names else ():
                changed = copy.deepcopy(body)
                place: Any = changed
                for step in path:
                    place = place[step]
                place[name] = odd
                yield name, odd, json.dumps({"result": "success", **changed}).encode()


def _members(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, dict):
        for name, held in value.items():
            yield path, name
            yield from _members(held, (*path, name))
    elif isinstance(value, list):
        for index, held in enumerate(value):
            yield from _members(held, (*path, index))


def _object(draw: st.DrawFn, body: dict[str, Any]) -> dict[str, Any]:
    varied = {name: _member(draw, name, value) for name, value in body.items()}
    kept = {name: value for name, value in varied.items() if value is not _GONE}
    return {**kept, **draw(st.sampled_from([{}, {"new_member": {"a": ["b"]}}, {"warning": "Old parameter"}]))}


def _member(draw: st.DrawFn, name: str, value: Any) -> Any:
    if name in BARE and isinstance(value, list):
        return _list(draw, "", [_object(draw, row) for row in value])
    if name in LISTS and isinstance(value, dict):
        return _list(draw, LISTS[name], [_object(draw, row) for row in value[LISTS[name]]])
    if isinstance(value, dict):
        return _object(draw, value)
    ways = _ways(name, value)
    return draw(st.sampled_from(ways)) if ways else value


def _ways(name: str, value: Any) -> list[Any]:
    if name in NUMBERS:
        return [value, str(value), f"0{value}"] if name != "pid" else [value, str(value)]
    if name in AMOUNTS:
        whole = int(Decimal(value))
        return [value, str(whole), f"{whole}.0", whole, *([float(whole)] if abs(whole) < 2**53 else [])]
    if name in DAYS and value is None:
        return ["0000-00-00", "0000-00-00 00:00:00", "", None, _GONE]
    if name in DAYS:
        return [value, f"{value} 00:00:00", f"{value} 23:59:59"]
    if name in FLAGS:
        return [True, 1, "1", "true", "on"] if value else [False, 0, "0", "", "false", None, _GONE]
    if name in TEXTS:
        escaped = html.escape(value).replace("&#x27;", "&#039;")
        return [escaped, "".join(f"&#{ord(one)};" for one in value), *([] if value else [None, _GONE])]
    if name in ("billingcycle", "status", "paytype"):
        return [value, value.lower(), value.upper()]
    if name == "card_last_four":
        return [value, int(value)]
    return []


def _list(draw: st.DrawFn, singular: str, rows: list[dict[str, Any]]) -> Any:
    ways: list[Any] = [rows]
    if rows:
        ways.append({str(index * 2): row for index, row in enumerate(rows)})
    if len(rows) == 1:
        ways.append(rows[0])
    if not rows:
        ways += ["", None]
    within = [{singular: way} for way in ways] if singular else ways
    missing = ["", [], None, _GONE] if not rows else []
    return draw(st.sampled_from([*within, *missing]))

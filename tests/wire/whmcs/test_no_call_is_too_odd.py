"""Whatever is posted, each action answers: done or refused, never broken."""

from base64 import b64encode
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fakes.wire.whmcs import api
from adapters.fakes.wire.whmcs.calls import OFFERED, Call
from adapters.fakes.wire.whmcs.forms import FORM, form_of, unserialised
from adapters.fakes.wire.whmcs.people import STAFF
from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.world import World
from tests.wire.whmcs.conftest import FEE, MINA, PLAN, serialised
from tests.worlds import a_world

LIKELY = {
    **dict.fromkeys(("clientid", "userid", "client_id", "id", "orderid", "serviceid", "invoiceid"), "1"),
    **{"pid[0]": PLAN, "billingcycle[0]": "monthly", "type": "product", "newproductid": "102"},
    **{"paymentmethod": "stripe", "gateway": "stripe", "transid": "t-1", "itemdescription1": "x"},
}
"""Forms that come further than their first field."""
KEN = MINA | {"email": "ken@example.com"}
ARRAYS = ("pid", "billingcycle", "priceoverride", "domain", "customfields", "unset", "email_preferences")
ODD = ["", "1", "2", "-1", "1.50", "1e9", "9" * 40, "1" * 5_000, "²", "\x00", "Paid", "onetime", "2026-02-30", "Active"]
ODD += ["2026-01-05", "0000-00-00", "total", "datepaid", "sso:custom_redirect", "xml", PLAN, FEE, "\ud800", "x" * 300]
ODD += [serialised({1: {"a": [1]}, 101: ["x"]}), serialised({1: None, 101: None}), serialised({1: "x" * 300})]

DAYS = ["0001-01-01", "0999-12-31", "1000-01-01", "9999-12-31", "20260105", "2026-W01-1", "２０26-01-05", "5/1/2026"]
ODD_DAYS = [*DAYS, *(f"{day} 00:00:00" for day in DAYS), "9999-12-31 23:59:59"]
ODD_AMOUNTS = ["nan", "inf", "-inf", "1e999", "1_0", "１０", "+5", "-5", "0x10", "word", "0.005", "9" * 15, "9" * 4_300]
_KEYS = [b"i:1;", b"i:101;", b's:3:"101";', b"a:0:{}", b"N;", b"d:1.0;", b"i:" + b"9" * 5_000 + b";"]
_VALUES = [
    b's:3:"\xff\xfe\xfd";', b's:3:"\xed\xa0\x80";', b's:1:"\x00";', b's:99999999999999999999:"a";', b's:-1:"a";',
    b"a:1:{a:0:{}i:1;}", b"a:99999999999999999999:{}", b"d:nan;", b"d:1e999;", b"i:" + b"9" * 4_000 + b";", b"b:1;",
    b'O:8:"stdClass":0:{}', b"R:1;", b"N;",
]  # fmt: skip
ODD_ARRAYS = [b64encode(b"a:1:{" + key + value + b"}").decode() for key, value in product(_KEYS, _VALUES)]
READ_BACK: dict[str, dict[str, str]] = {
    **{name: {} for name in ("GetClients", "GetClientsProducts", "GetOrders", "GetInvoices", "GetCancelledPackages")},
    **{name: {"clientid": "1"} for name in ("GetClientsDetails", "GetPayMethods")},
    "GetInvoice": {"invoiceid": "1"},
}
"""What has to be answered whatever was written before."""


def odd_under(name: str) -> list[str]:
    """What is odd under that name and nowhere else."""
    if name.startswith(("customfields", "configoptions")):
        return ODD_ARRAYS
    if "date" in name or name == "since":
        return ODD_DAYS
    if "amount" in name or name.startswith(("price", "qty")):
        return ODD_AMOUNTS
    return []


def odd_fields(names: list[str]) -> st.SearchStrategy[dict[str, str]]:
    """A few odd fields: with many, nothing would come further than the first of them."""
    anything = st.sampled_from(ODD) | st.text(max_size=20)
    own = [st.tuples(st.just(name), st.sampled_from(odd_under(name))) for name in names if odd_under(name)]
    pairs = st.one_of(st.tuples(st.sampled_from(names), anything), *own)
    return st.lists(pairs, min_size=1, max_size=3).map(dict)


class Noticed(dict[Any, Any]):
    """A form that notices what is read of it."""

    def __init__(self, form: dict[Any, Any]) -> None:
        super().__init__(form)
        self.names: set[str] = set()

    def get(self, name: Any, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)


@cache
def read_by(action: str) -> list[str]:
    """The fields that an action reads, arrays with their first place."""
    names = {"responsetype"}
    for form in ({}, LIKELY, MINA, {"clientid": "1"}):
        noticed = Noticed(form_of(urlencode(form)))
        call = Call(action=action, form=noticed, caller=STAFF, office=Served(a_world_with_an_order()).office)
        with suppress(Exception):
            OFFERED[action].does(call)
        names |= noticed.names
    return sorted({*names, *(f"{name}[0]" for name in names & {*ARRAYS})})


def a_world_with_an_order() -> World:
    world = a_world()
    order = {"clientid": "1", "paymentmethod": "stripe", "pid[0]": PLAN, "billingcycle[0]": "monthly"}
    whmcs = Served(world)
    assert called(whmcs, "AddClient", MINA).status == called(whmcs, "AddOrder", order).status == 200
    assert world.records.find("service")
    return world


def called(whmcs: Served, action: str, fields: dict[str, str]) -> api.Answer:
    form = {"identifier": STAFF.identifier, "secret": STAFF.secret, "responsetype": "json", **fields, "action": action}
    body = urlencode(form, errors="surrogatepass").encode()
    request = api.Request(method="POST", query="", kind=FORM, body=body, address="127.0.0.1")
    return api.answered(whmcs.office, request, api.form_of_request(request), {})


@pytest.mark.parametrize("action", sorted(OFFERED))
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_each_action_answers_whatever_is_posted(action: str, data: st.DataObject) -> None:
    fields = data.draw(odd_fields(read_by(action)))
    whmcs = Served(a_world_with_an_order())
    likely = KEN | LIKELY if data.draw(st.integers(0, 3)) else {}
    assert called(whmcs, action, {**likely, **fields}).status == 200
    for reading, asked in READ_BACK.items():
        assert called(whmcs, reading, asked).status == 200


@pytest.mark.parametrize("action", ["AddClient", "UpdateClient", "AddOrder", "UpdateClientProduct"])
def test_no_array_breaks_a_call_or_those_after_it(action: str) -> None:
    whmcs = Served(a_world_with_an_order())
    name = "customfields[0]" if action == "AddOrder" else "customfields"
    for place, array in enumerate(ODD_ARRAYS):
        form = KEN | {"email": f"ken{place}@example.com"} if action == "AddClient" else LIKELY
        assert called(whmcs, action, {**form, name: array}).status == 200, array
        clients = [{"clientid": row["id"]} for row in whmcs.office.world.records.find("client")[-1:]]
        for reading, asked in [*READ_BACK.items(), *(("GetClientsDetails", client) for client in clients)]:
            assert called(whmcs, reading, asked).status == 200, array


@given(st.binary(max_size=60))
def test_no_serialised_array_is_too_odd(content: bytes) -> None:
    for wrapped in (content, b"a:1:{" + content + b"}", b"a:1:{i:0;" + content + b";}"):
        assert isinstance(unserialised(b64encode(wrapped).decode()), dict)

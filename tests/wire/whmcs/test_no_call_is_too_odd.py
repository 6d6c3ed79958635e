"""Whatever is posted, each action answers: done or refused, never broken."""

from base64 import b64encode
from contextlib import suppress
from functools import cache
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
ARRAYS = ("pid", "billingcycle", "priceoverride", "domain", "customfields", "unset", "email_preferences")
ODD = ["", "1", "2", "-1", "1.50", "1e9", "9" * 40, "1" * 5_000, "²", "\x00", "Paid", "onetime", "2026-02-30", "Active"]
ODD += ["2026-01-05", "0000-00-00", "total", "datepaid", "sso:custom_redirect", "xml", PLAN, FEE, "\ud800", "x" * 300]
ODD += [serialised({1: {"a": [1]}, 101: ["x"]}), serialised({1: None, 101: None}), serialised({1: "x" * 300})]


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
    values = st.sampled_from(ODD) | st.text(max_size=20)
    fields = data.draw(st.dictionaries(st.sampled_from(read_by(action)), values))
    whmcs = Served(a_world_with_an_order())
    likely = LIKELY if data.draw(st.booleans()) else {}
    assert called(whmcs, action, {**likely, **fields}).status == 200
    assert called(whmcs, "GetClientsProducts", {}).status == called(whmcs, "GetInvoices", {}).status == 200


@given(st.binary(max_size=60))
def test_no_serialised_array_is_too_odd(content: bytes) -> None:
    for wrapped in (content, b"a:1:{" + content + b"}", b"a:1:{i:0;" + content + b";}"):
        assert isinstance(unserialised(b64encode(wrapped).decode()), dict)

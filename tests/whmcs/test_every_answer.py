"""Every answer that the portal reads means the same in every way that WHMCS may tell it, or is told to mean nothing."""

import asyncio
import copy
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fakes.clock import WorldClock
from adapters.fakes.sendings import FakeSendings
from adapters.whmcs.bindings import whmcs_ports
from adapters.whmcs.checking import NEEDED
from core.domain.billing import PaymentMethods
from core.domain.catalog import ProductType
from ports.errors import Unavailable
from tests.whmcs.house import House, client_of
from tests.whmcs.samples import CHECKS, SAMPLES, Sample
from tests.whmcs.varied import odd_ones, told

CHECKED = pytest.mark.parametrize("sample", CHECKS, ids=lambda sample: sample.action)
EACH = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.action)


async def _mapped(_: object) -> dict[str, ProductType]:
    return {"101": ProductType.INTERNET}


async def _read(sample: Sample, said: bytes) -> Any:
    answers = {**dict.fromkeys(NEEDED), **sample.others}
    house = House(**{action: answer or {} for action, answer in answers.items()})
    house.said[sample.action] = httpx.Response(200, content=said)
    async with client_of(house) as client:
        found = await sample.reads(
            client, whmcs_ports(client, _mapped, WorldClock(None), lambda: "random", FakeSendings())
        )
    return found.methods if isinstance(found, PaymentMethods) else found


def read(sample: Sample, said: bytes) -> Any:
    return asyncio.run(_read(sample, said))


def plain(body: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"result": "success", **body})


@pytest.mark.parametrize("sample", SAMPLES + CHECKS, ids=lambda sample: sample.action)
def test_a_plain_answer_is_read_as_it_is_meant(sample: Sample) -> None:
    assert read(sample, plain(sample.body)) == sample.means


@EACH
@given(st.data())
def test_an_answer_means_the_same_however_it_is_told(sample: Sample, data: st.DataObject) -> None:
    body = copy.deepcopy(sample.body)
    if sample.rows is not None:
        # none of them, one, or many
        plural, singular = sample.rows
        rows = body[plural][singular] if singular else body[plural]
        rows[:] = data.draw(st.lists(st.sampled_from(rows), unique_by=lambda row: row["id"]))
        body |= {name: len(rows) for name in ("totalresults", "numreturned") if name in body}
    said = data.draw(st.composite(told)(body, named="status" not in body))
    assert read(sample, said) == read(sample, plain(body))


@CHECKED
@settings(max_examples=10)
@given(st.data())
def test_the_check_finds_the_same_however_it_is_told(sample: Sample, data: st.DataObject) -> None:
    assert read(sample, data.draw(st.composite(told)(sample.body, named=True))) == sample.means


@EACH
def test_what_an_answer_cant_mean_is_never_read_as_something_else(sample: Sample) -> None:
    for name, odd, said in odd_ones(sample.body):
        try:
            found = read(sample, said)
        except Unavailable:
            continue
        assert found == sample.means, (name, odd)

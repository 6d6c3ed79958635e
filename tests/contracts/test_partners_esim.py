"""The eSIM issuer: one profile per key, replaced, topped up and ended once (FUL-2, FUL-4, SRV-4)."""

import asyncio
import re

import pytest
from msgspec.structs import replace

from adapters.fakes.bindings import WorldBindings
from adapters.fakes.world import World
from core.domain.ids import EsimId, OrderId, RequestKey, request_key
from core.domain.provisioning import EsimOrder, EsimProfile
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import MARK

EID = "89049032000000000000000000000012"
KEY = request_key(MARK, "esim")


def an_order(key: RequestKey = KEY, eid: str | None = EID) -> EsimOrder:
    return EsimOrder(key=key, order=MARK, plan="SIM-DATA-5GB", eid=eid, porting_reservation="1234567890")


async def issued(bound: WorldBindings) -> EsimProfile:
    return await bound.esim_issuer.ensure_profile(an_order())


async def test_a_profile_is_a_code_that_a_phone_can_scan(bound: WorldBindings) -> None:
    profile = await issued(bound)
    assert re.fullmatch(r"LPA:1\$[a-z0-9.-]+\$[0-9A-F]{32}", profile.qr)
    assert abs((bound.clock.now() - profile.issued_at).total_seconds()) < 60


async def test_the_same_key_is_the_same_profile(bound: WorldBindings, world: World) -> None:
    made = await asyncio.gather(*(issued(bound) for _ in range(10)))
    assert len(set(made)) == 1
    other = await bound.esim_issuer.ensure_profile(an_order(request_key("another")))
    assert (other.id, other.qr) != (made[0].id, made[0].qr)
    assert len(world.records.find("esim")) == 2


async def test_a_lost_answer_is_no_second_profile(bound: WorldBindings, world: World) -> None:
    world.faults.switch("esim", "ensure_profile", "timeout_after", times=1)
    with pytest.raises(Unavailable):
        await issued(bound)
    profile = await issued(bound)
    assert [row["id"] for row in world.records.find("esim")] == [profile.id]


async def test_a_phone_without_an_eid_scans_the_code(bound: WorldBindings) -> None:
    assert (await bound.esim_issuer.ensure_profile(an_order(eid=None))).qr


@pytest.mark.parametrize(
    "eid", ["8904903200000000000000000000001", EID + "1", "8904903200000000000000000000001A", EID[:-2] + "00"]
)
async def test_a_device_the_issuer_does_not_know_is_refused(bound: WorldBindings, world: World, eid: str) -> None:
    with pytest.raises(Rejected) as refused:
        await bound.esim_issuer.ensure_profile(an_order(eid=eid))
    assert (refused.value.code, refused.value.fields) == ("eid_unknown", ("eid",))
    assert world.records.find("esim") == []


async def test_a_reissued_profile_replaces_the_old_one_once(bound: WorldBindings, world: World) -> None:
    old = await issued(bound)
    again = request_key("wish", 1)
    new = await bound.esim_issuer.ensure_reissued(again, old.id)
    assert new == await bound.esim_issuer.ensure_reissued(again, old.id)
    assert new.id != old.id and new.qr != old.qr
    assert [(row["status"], row["replaces"]) for row in world.records.find("esim")] == [
        ("replaced", None),
        ("active", old.id),
    ]


async def test_data_is_added_once_and_moves_along(bound: WorldBindings, world: World) -> None:
    profile = await issued(bound)
    for key in ("a", "a", "b"):
        await bound.esim_issuer.ensure_topped_up(request_key(key), profile.id, 1_000)
    new = await bound.esim_issuer.ensure_reissued(request_key("wish"), profile.id)
    row = world.records.get("esim", new.id)
    assert row is not None and row["megabytes"] == 2_000


async def test_an_esim_that_has_ended_is_neither_reissued_nor_topped_up(bound: WorldBindings, world: World) -> None:
    profile = await issued(bound)
    for _ in range(2):
        await bound.esim_issuer.ensure_deactivated(profile.id)
    with pytest.raises(Rejected) as refused:
        await bound.esim_issuer.ensure_reissued(request_key("wish"), profile.id)
    assert refused.value.code == "wrong_state"
    with pytest.raises(Rejected) as refused:
        await bound.esim_issuer.ensure_topped_up(request_key("wish"), profile.id, 1_000)
    assert refused.value.code == "wrong_state"
    assert [row["status"] for row in world.records.find("esim")] == ["ended"]
    assert world.records.find("top_up") == []


async def test_an_esim_of_nobody_is_not_found(bound: WorldBindings) -> None:
    for call in (
        bound.esim_issuer.ensure_reissued(request_key("k"), EsimId("9")),
        bound.esim_issuer.ensure_topped_up(request_key("k"), EsimId("9"), 1_000),
        bound.esim_issuer.ensure_deactivated(EsimId("9")),
    ):
        with pytest.raises(Rejected) as refused:
            await call
        assert refused.value.code == "not_found"


async def test_no_data_at_all_is_no_top_up(bound: WorldBindings) -> None:
    profile = await issued(bound)
    with pytest.raises(Rejected) as refused:
        await bound.esim_issuer.ensure_topped_up(request_key("k"), profile.id, 0)
    assert refused.value.code == "validation"


async def test_a_key_stands_for_one_wish(bound: WorldBindings, world: World) -> None:
    profile = await issued(bound)
    await bound.esim_issuer.ensure_topped_up(request_key("data"), profile.id, 1_000)
    other = await bound.esim_issuer.ensure_profile(replace(an_order(request_key("other")), order=OrderId("another")))
    for call in (
        bound.esim_issuer.ensure_profile(an_order(eid=EID[:-2] + "34")),
        bound.esim_issuer.ensure_reissued(KEY, other.id),
        bound.esim_issuer.ensure_topped_up(request_key("data"), profile.id, 2_000),
        bound.esim_issuer.ensure_topped_up(request_key("data"), other.id, 1_000),
        bound.esim_issuer.ensure_profile(an_order(request_key("data"))),
        bound.esim_issuer.ensure_reissued(KEY, profile.id),
        bound.esim_issuer.ensure_reissued(request_key("data"), profile.id),
        bound.esim_issuer.ensure_topped_up(KEY, profile.id, 1_000),
    ):
        with pytest.raises(Rejected) as refused:
            await call
        assert refused.value.code == "key_reused"
    assert len(world.records.find("esim")) == 2
    assert len(world.records.find("top_up")) == 1


async def test_a_wish_is_the_same_for_the_profile_that_came_in_place_of_the_old_one(
    bound: WorldBindings, world: World
) -> None:
    old = await issued(bound)
    await bound.esim_issuer.ensure_topped_up(request_key("data"), old.id, 1_000)
    new = await bound.esim_issuer.ensure_reissued(request_key("wish"), old.id)
    await bound.esim_issuer.ensure_topped_up(request_key("data"), new.id, 1_000)
    assert len(world.records.find("top_up")) == 1


async def test_a_refusal_takes_no_key(bound: WorldBindings) -> None:
    with pytest.raises(Rejected):
        await bound.esim_issuer.ensure_profile(an_order(eid="1"))
    assert (await issued(bound)).qr

"""The made-up partners keep to their contracts, and fail as they are switched to (docs/partners.md)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from adapters.fakes.wire.partners.operations import ANY, OPERATIONS
from adapters.fakes.wire.partners.server import KEYS, PartnerServer, served
from adapters.fakes.wire.partners.switches import WireFault
from adapters.fakes.world import World
from adapters.partners.settings import Patience
from core.domain.ids import OrderId, request_key
from core.domain.provisioning import EsimOrder
from ports.errors import Rejected, Unavailable
from tests.contracts.partnered import wired
from tests.worlds import a_world

EID = "89049032000000000000000000000012"
ACTIVATION = {"order": "801", "plan": "SIM-DATA-5GB", "eid": EID}
ORDER = EsimOrder(key=request_key("o", "esim"), order=OrderId("801"), plan="SIM-DATA-5GB", eid=EID)
HOME = {"postcode": "1500001", "town": "神宮前1-2-3", "building": "コーポ青山"}
DOCS = Path(__file__).parents[3] / "docs" / "partners"


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def partners(world: World) -> AsyncIterator[PartnerServer]:
    async with served(world) as partners:
        yield partners


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as http:
        yield http


def headers(key: str | None = "k-1", partner: str = "esim", **more: str) -> dict[str, str]:
    keyed = {"Idempotency-Key": key} if key is not None else {}
    return {"Authorization": f"Bearer {KEYS[partner]}", "Content-Type": "application/json", **keyed, **more}


async def activated(http: httpx.AsyncClient, partners: PartnerServer, **changes: Any) -> httpx.Response:
    url, key = f"{partners.esim_url}/profiles", changes.pop("key", "k-1")
    return await http.post(url, json=ACTIVATION | changes, headers=headers(key))


async def test_what_is_made_is_told_apart_from_what_was_there(http: httpx.AsyncClient, partners: PartnerServer) -> None:
    first, again = await activated(http, partners), await activated(http, partners)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert set(first.json()) == {"id", "activationCode", "issuedAt", "status"}
    place = f"{partners.esim_url}/profiles/{first.json()['id']}"
    added = [await http.post(f"{place}/top-ups", json={"megabytes": 5}, headers=headers("k-2")) for _ in range(2)]
    assert [answer.status_code for answer in added] == [201, 200]
    new = await http.post(f"{place}/reissue", json={}, headers=headers("k-3"))
    assert new.status_code == 201
    ended = await http.post(f"{place}/deactivate", json={}, headers=headers("k-4"))
    assert (ended.status_code, ended.json()) == (200, {"status": "replaced"})
    assert partners.calls == {"esim activate": 2, "esim top_up": 2, "esim reissue": 1, "esim deactivate": 1}


WISHES = {
    "activate": ("", ACTIVATION),
    "reissue": ("/{id}/reissue", {}),
    "top up": ("/{id}/top-ups", {"megabytes": 1_000}),
    "deactivate": ("/{id}/deactivate", {}),
}


@pytest.mark.parametrize("first", WISHES)
@pytest.mark.parametrize("second", WISHES)
async def test_a_key_of_one_operation_is_refused_to_every_other(
    http: httpx.AsyncClient, partners: PartnerServer, world: World, first: str, second: str
) -> None:
    id = (await activated(http, partners, key="before")).json()["id"]

    async def wish(what: str) -> httpx.Response:
        path, body = WISHES[what]
        url = f"{partners.esim_url}/profiles{path.format(id=id)}"
        return await http.post(url, json=body, headers=headers("shared"))

    def stands() -> list[dict[str, Any]]:
        return [dict(row) for table in ("esim", "top_up", "esim_end") for row in world.records.find(table)]

    done, before = await wish(first), stands()
    again = await wish(second)
    if first == second:
        assert (done.status_code, again.status_code) == (200 if first == "deactivate" else 201, 200)
        assert again.json() == done.json()
    else:
        assert (again.status_code, again.json()["code"]) == (422, "key_reused")
    assert stands() == before


async def test_a_profile_tells_how_it_stands(http: httpx.AsyncClient, partners: PartnerServer) -> None:
    first = (await activated(http, partners)).json()
    place = f"{partners.esim_url}/profiles"
    new = (await http.post(f"{place}/{first['id']}/reissue", json={}, headers=headers("k-2"))).json()
    assert (await activated(http, partners)).json() == first | {"status": "replaced"}
    await http.post(f"{place}/{new['id']}/deactivate", json={}, headers=headers("k-3"))
    again = await http.post(f"{place}/{new['id']}/reissue", json={}, headers=headers("k-2"))
    assert (again.status_code, again.json()) == (200, new | {"status": "ended"})


async def test_an_end_under_a_key_is_not_another_order_s(
    http: httpx.AsyncClient, partners: PartnerServer, world: World
) -> None:
    ids = [(await activated(http, partners, key=key, order=key)).json()["id"] for key in ("a", "b")]
    ends = [f"{partners.esim_url}/profiles/{id}/deactivate" for id in ids]
    assert (await http.post(ends[0], json={}, headers=headers("end"))).json() == {"status": "ended"}
    answer = await http.post(ends[1], json={}, headers=headers("end"))
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert [row["status"] for row in world.records.find("esim")] == ["ended", "active"]


@pytest.mark.parametrize(
    ("changes", "status", "code", "fields"),
    [
        ({"eid": "1"}, 422, "eid_unknown", ["eid"]),
        ({"plan": ""}, 422, "validation", ["plan"]),
        ({"plan": None}, 422, "validation", ["plan"]),
        ({"colour": "red"}, 422, "validation", []),
        ({"key": None}, 400, "key_missing", []),
        ({"key": "k" * 256}, 400, "key_missing", []),
    ],
)
async def test_what_the_contract_does_not_know_is_refused(
    http: httpx.AsyncClient,
    partners: PartnerServer,
    world: World,
    changes: dict[str, Any],
    status: int,
    code: str,
    fields: list[str],
) -> None:
    answer = await activated(http, partners, **changes)
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]) == (status, code, fields)
    assert world.records.find("esim") == []


@pytest.mark.parametrize(
    ("method", "path", "changed", "status", "code"),
    [
        ("POST", "/profiles", {"Authorization": "Bearer other"}, 401, "unauthorised"),
        ("POST", "/profiles", {"Authorization": f"Bearer {KEYS['line']}"}, 401, "unauthorised"),
        ("POST", "/profiles", {"Content-Type": "text/plain"}, 415, "not_json"),
        ("GET", "/profiles", {}, 405, "method_not_allowed"),
        ("POST", "/profiles/1", {}, 404, "not_found"),
        ("POST", "/profiles/1/burn", {}, 404, "not_found"),
        ("POST", "/checks", {}, 404, "not_found"),
        ("POST", "/profiles/99/reissue", {}, 404, "not_found"),
        ("POST", "/profiles/%2E%2E/deactivate", {}, 404, "not_found"),
    ],
)
async def test_a_call_that_is_none_of_the_contracts_is_told_so(
    http: httpx.AsyncClient,
    partners: PartnerServer,
    method: str,
    path: str,
    changed: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = await http.request(method, partners.esim_url + path, content=b"{}", headers=headers() | changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"\xff", b"[]", b'{"megabytes": "5"}', b'{"megabytes": 0}'),
        *(b'{"megabytes": 9223372036854775808}', b'{"megabytes": 1%s}' % (b"0" * 5_000)),
    ],
)
async def test_a_body_that_is_no_wish_is_refused(http: httpx.AsyncClient, partners: PartnerServer, body: bytes) -> None:
    id = (await activated(http, partners)).json()["id"]
    answer = await http.post(f"{partners.esim_url}/profiles/{id}/top-ups", content=body, headers=headers("k-2"))
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("malformed_request", "validation")


@pytest.mark.parametrize("changed", [{"postcode": "150-0001"}, {"town": ""}, {"room": "101"}])
async def test_the_checker_takes_buildings_alone(
    http: httpx.AsyncClient, partners: PartnerServer, changed: dict[str, str]
) -> None:
    url, said = f"{partners.line_url}/checks", headers(None, "line")
    assert (await http.post(url, json=HOME, headers=said)).json() == {
        "status": "available",
        "value": "Home 1G",
        "confidence": 0.97,
        "source": "ntt-coverage",
    }
    assert (await http.post(url, json=HOME | {"postcode": "9813133"}, headers=said)).json() == {"status": "unknown"}
    assert (await http.post(url, json=HOME | changed, headers=said)).status_code == 422


# --- faults, as the adapter meets them -----------------------------------------------------------------------------
QUICK = Patience(answer=0.4, deadline=10, first_wait=0.001, longest_wait=1.5, rest=0.001, failures=1_000)
EFFECTS = {WireFault.SILENT_AFTER, WireFault.BROKEN_AFTER, WireFault.MALFORMED}


@pytest.mark.parametrize("fault", [*WireFault])
async def test_a_fault_that_passes_leaves_one_profile(world: World, fault: WireFault) -> None:
    async with wired(world, QUICK) as (ports, partners):
        partners.switches.switch(fault, "esim activate", times=1, milliseconds=100)
        if fault in (WireFault.REFUSED, WireFault.UNAUTHORISED):
            with pytest.raises((Rejected, Unavailable), match=fault.value):
                await ports.esim_issuer.ensure_profile(ORDER)
            assert partners.calls["esim activate"] == 1
        made = await ports.esim_issuer.ensure_profile(ORDER)
        assert partners.calls["esim activate"] == (1 if fault is WireFault.SLOW else 2)
    assert [row["id"] for row in world.records.find("esim")] == [made.id]


@pytest.mark.parametrize("fault", [*WireFault])
async def test_a_fault_that_stays_says_what_is_known(world: World, fault: WireFault) -> None:
    patience = msgspec.structs.replace(QUICK, attempts=2, answer=0.3)
    async with wired(world, patience) as (ports, partners):
        partners.switches.switch(fault, milliseconds=5_000)
        with pytest.raises((Rejected, Unavailable)) as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
        sure = {WireFault.BUSY, WireFault.IN_PROGRESS, WireFault.UNAUTHORISED}
        if fault is WireFault.REFUSED:
            assert isinstance(raised.value, Rejected)
        else:
            assert isinstance(raised.value, Unavailable)
            assert raised.value.outcome_unknown is (fault not in sure)
        assert bool(world.records.find("esim")) is (fault in EFFECTS)


async def test_a_hundred_wishes_through_bad_weather_are_each_done_once(world: World) -> None:
    async with wired(world, QUICK) as (ports, partners):
        for fault in (WireFault.BROKEN_AFTER, WireFault.MALFORMED, WireFault.UNAVAILABLE, WireFault.IN_PROGRESS):
            partners.switches.switch(fault, "esim *", times=20)

        async def wish(number: int) -> str:
            key, order = request_key("wish", number), OrderId(str(number))
            made: str | None = None
            while made is None:
                try:
                    made = (
                        await ports.esim_issuer.ensure_profile(msgspec.structs.replace(ORDER, key=key, order=order))
                    ).id
                except Unavailable:
                    continue
            return made

        made = await asyncio.gather(*(wish(number) for number in range(100)))
    assert sorted(made) == sorted(row["id"] for row in world.records.find("esim"))
    assert len(set(made)) == 100


# --- the contracts as they are written down ------------------------------------------------------------------------
@pytest.mark.parametrize(("file", "partner"), [("esim-issuer.yaml", "esim"), ("line-checker.yaml", "line")])
def test_what_is_written_down_is_what_is_spoken(file: str, partner: str) -> None:
    document = yaml.safe_load((DOCS / file).read_text("utf-8"))
    spoken = {"/" + "/".join(path).replace(ANY, "{id}") for asked, *path in OPERATIONS if asked == partner}
    assert set(document["paths"]) == spoken
    assert all(set(said) - {"parameters"} == {"post"} for said in document["paths"].values())

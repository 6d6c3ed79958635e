"""How WHMCS is called: by forms, as often as is safe, for so long, and never once it lets nobody in."""

import asyncio
import logging
from typing import Any

import httpx
import msgspec
import pytest
import structlog

from adapters.whmcs.faults import ShutOut
from adapters.whmcs.settings import WhmcsSettings
from ports.errors import Rejected, Unavailable
from tests.whmcs.house import ACCESS_KEY, IDENTIFIER, QUICK, SECRET, House, client_of, error, listed, page

LOST = httpx.ReadTimeout("silent")
REFUSED = httpx.ConnectError("refused")
BUSY = httpx.PoolTimeout("all in use")
TRANSIENT = [page(502), page(403), page(429), httpx.Response(200), httpx.Response(200, text="Notice {}"), LOST]


async def test_a_call_is_a_form_posted_to_the_api() -> None:
    house = House(GetClientsDetails={"client": {}})
    async with client_of(house) as client:
        await client.read("GetClientsDetails", clientid="7", stats=False, email=None)
    (request,) = house.requests
    assert (request.method, str(request.url)) == ("POST", "https://billing.example/whmcs/includes/api.php")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert house.asked == [
        {
            "action": "GetClientsDetails", "responsetype": "json", "identifier": IDENTIFIER, "secret": SECRET,
            "accesskey": ACCESS_KEY, "clientid": "7",
        }
    ]  # fmt: skip


async def test_no_session_is_carried_on() -> None:
    house = House(WhmcsDetails=httpx.Response(200, json={"result": "success"}, headers={"set-cookie": "WHMCS=abc"}))
    async with client_of(house) as client:
        for _ in range(2):
            await client.read("WhmcsDetails")
    assert ["cookie" in request.headers for request in house.requests] == [False, False]


@pytest.mark.parametrize("lost", TRANSIENT)
async def test_a_reading_is_asked_for_again(lost: Any) -> None:
    house = House(GetOrders=[lost, REFUSED, {"x": 1}])
    async with client_of(house) as client:
        assert (await client.read("GetOrders"))["x"] == 1


@pytest.mark.parametrize("lost", TRANSIENT)
async def test_a_write_whose_answer_is_lost_is_not_sent_again(lost: Any) -> None:
    house = House(AddOrder=[lost, {}])
    async with client_of(house) as client:
        with pytest.raises(Unavailable) as unavailable:
            await client.write("AddOrder", {})
    assert unavailable.value.outcome_unknown
    assert house.actions == ["AddOrder"]


@pytest.mark.parametrize("lost", [REFUSED, BUSY, httpx.ConnectTimeout("slow")])
async def test_a_write_that_never_left_is_sent_again(lost: Exception) -> None:
    house = House(AddOrder=[lost, lost, {"orderid": 1}])
    async with client_of(house) as client:
        assert (await client.write("AddOrder", {}))["orderid"] == 1
    house = House(AddOrder=lost)
    async with client_of(house) as client:
        with pytest.raises(Unavailable) as unavailable:
            await client.write("AddOrder", {})
    assert not unavailable.value.outcome_unknown
    assert len(house.asked) == QUICK.attempts


async def test_a_write_that_may_be_repeated_is() -> None:
    house = House(UpdateClient=[LOST, page(), {}])
    async with client_of(house) as client:
        await client.write("UpdateClient", {}, repeatable=True)
    assert len(house.asked) == 3


async def test_doubt_stays_when_a_later_try_never_left() -> None:
    house = House(UpdateClient=[LOST, *[REFUSED] * 9])
    async with client_of(house) as client:
        with pytest.raises(Unavailable) as unavailable:
            await client.write("UpdateClient", {}, repeatable=True)
    assert unavailable.value.outcome_unknown


async def test_a_refusal_is_final() -> None:
    house = House(AddOrder=error("Unable to add order when client status is Closed"))
    async with client_of(house) as client:
        with pytest.raises(Rejected) as refused:
            await client.write("AddOrder", {}, repeatable=True)
    assert (refused.value.code, refused.value.what) == ("wrong_state", "whmcs.AddOrder")
    assert len(house.asked) == 1


@pytest.mark.parametrize(
    "refusal", [error("Authentication Failed"), error("Authentication Failed", 403), error("Invalid IP 1.2.3.4", 403)]
)
async def test_whom_whmcs_does_not_let_in_calls_no_more(refusal: httpx.Response) -> None:
    house = House(GetOrders=refusal, AddOrder={}, AcceptOrder={})
    async with client_of(house) as client:
        for _ in range(5):
            for call in (client.read("GetOrders"), client.write("AddOrder", {}), client.write("AcceptOrder", {})):
                with pytest.raises(ShutOut) as shut:
                    await call
                assert not shut.value.outcome_unknown
                assert "1.2.3.4" not in str(shut.value)
    assert house.actions == ["GetOrders"]


async def test_after_a_while_one_looks_whether_it_lets_people_in_again() -> None:
    patience = msgspec.structs.replace(QUICK, shut_out=0.05)
    house = House(GetOrders=[error("Authentication Failed"), {"x": 1}])
    async with client_of(house, patience=patience) as client:
        with pytest.raises(ShutOut):
            await client.read("GetOrders")
        await asyncio.sleep(0.06)
        assert (await client.read("GetOrders"))["x"] == 1


async def test_a_missing_role_shuts_nobody_out() -> None:
    house = House(GetOrders=error('Invalid Permissions: API action "getorders" is not allowed', 403), GetInvoices={})
    async with client_of(house) as client:
        with pytest.raises(Rejected, match="permission"):
            await client.read("GetOrders")
        await client.read("GetInvoices")


async def test_what_keeps_failing_rests_by_its_kind() -> None:
    patience = msgspec.structs.replace(QUICK, failures=3, attempts=1)
    house = House(GetOrders=page(), AddOrder={})
    async with client_of(house, patience=patience) as client:
        for _ in range(5):
            with pytest.raises(Unavailable):
                await client.read("GetOrders")
        await client.write("AddOrder", {})
    assert house.actions == ["GetOrders"] * 3 + ["AddOrder"]


async def test_a_refusal_is_no_failure_to_rest_from() -> None:
    patience = msgspec.structs.replace(QUICK, failures=2)
    house = House(GetInvoice=error("Invoice ID Not Found"))
    async with client_of(house, patience=patience) as client:
        for _ in range(5):
            with pytest.raises(Rejected):
                await client.read("GetInvoice")
    assert len(house.asked) == 5


@pytest.mark.parametrize(("action", "waited"), [("GetOrders", 0.05), ("AddOrder", 0.1), ("AcceptOrder", 0.2)])
async def test_each_kind_has_its_own_deadline(action: str, waited: float) -> None:
    class Slow(House):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(5)
            raise AssertionError

    patience = msgspec.structs.replace(QUICK, deadline=0.05, write_deadline=0.1, slow_deadline=0.2)
    began = asyncio.get_running_loop().time()
    async with client_of(Slow(), patience=patience) as client:
        with pytest.raises(Unavailable, match="took too long") as late:
            await (client.read(action) if action.startswith("Get") else client.write(action, {}))
    # the loop tells its time in whole milliseconds, at the beginning and at the end
    assert waited - 0.002 <= asyncio.get_running_loop().time() - began < waited + 2
    assert late.value.outcome_unknown is not action.startswith("Get")


async def test_a_list_is_read_to_its_end_page_by_page() -> None:
    def pages(form: Any) -> dict[str, Any]:
        start, most = int(form["limitstart"]), int(form["limitnum"])
        rows = [{"id": str(n)} for n in range(start, min(start + most, 7))]
        return {**listed("orders", "order", rows, total=7), "totalresults": "7"}

    house = House(GetOrders=pages)
    async with client_of(house, page_size=3) as client:
        assert [row["id"] for row in await client.every("GetOrders", "orders", "order")] == [str(n) for n in range(7)]
    assert len(house.asked) == 3


async def test_a_list_without_a_number_of_all_is_read_until_it_ends() -> None:
    def pages(form: Any) -> dict[str, Any]:
        rows = [{"id": n} for n in range(int(form["limitstart"]), min(int(form["limitstart"]) + 2, 4))]
        return {"orders": {"order": rows}} if rows else {"orders": ""}

    async with client_of(House(GetOrders=pages), page_size=2) as client:
        assert len(await client.every("GetOrders", "orders", "order")) == 4


async def test_all_pages_of_a_list_have_one_deadline_but_in_the_background() -> None:
    def pages(form: Any) -> dict[str, Any]:
        return listed("invoices", "invoice", [{"id": form["limitstart"]}], total=6)

    patience = msgspec.structs.replace(QUICK, deadline=0.4)
    async with client_of(House(delay=0.1, GetInvoices=pages), patience=patience, page_size=1) as client:
        assert [row["id"] async for row in client.each("GetInvoices", "invoices", "invoice")] == list("012345")
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable, match=r"whmcs\.GetInvoices took too long") as late:
            await client.every("GetInvoices", "invoices", "invoice")
    # the loop tells its time in whole milliseconds, at the beginning and at the end
    assert asyncio.get_running_loop().time() - began >= 0.4 - 0.002
    assert not late.value.outcome_unknown


CANARIES = (
    IDENTIFIER,
    SECRET,
    ACCESS_KEY,
    "canary-sso-token",
    "4242424242424242",
    "canary-password",
    "canary@x.example",
)


@pytest.mark.parametrize("said", [
    {"redirect_url": "https://billing.example/whmcs/oauth/singlesignon.php?access_token=canary-sso-token"},
    error("canary@x.example canary-password 4242424242424242"), error("Authentication Failed canary-secret"),
    page(), LOST, REFUSED, httpx.Response(200, text=f"Warning: {SECRET}"), httpx.Response(500, text=SECRET),
])  # fmt: skip
async def test_nothing_secret_or_personal_stands_in_logs_errors_or_urls(
    said: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    structlog.reset_defaults()
    # what other tests left there writes to streams that are closed, and complains with lines of this very file
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    house, told = House(CreateSsoToken=said), []
    client = client_of(house)
    try:
        await client.write("CreateSsoToken", {"client_id": "1", "email": "canary@x.example", "p": "canary-password"})
    except (Rejected, Unavailable) as failed:
        chain: BaseException | None = failed
        while chain is not None:
            told += [str(chain), repr(chain), repr(chain.__dict__)]
            chain = chain.__cause__ or chain.__context__
    await client.close()
    told += [caplog.text, *capsys.readouterr(), repr(client.settings), *(str(r.url) for r in house.requests)]
    for text in told:
        assert not [canary for canary in CANARIES if canary in text], text


def test_settings_say_what_is_wrong_with_them() -> None:
    assert WhmcsSettings().faults() == [
        f"whmcs.{name} is not set" for name in ("url", "identifier", "secret", "number_field", "gateway")
    ]
    good = {"url": "https://b.example/", "identifier": "i", "secret": "s", "number_field": 1, "gateway": "stripe"}
    assert WhmcsSettings(**good).faults() == []  # type: ignore[arg-type]
    wrong: dict[str, dict[str, Any]] = {
        "https": {"url": "http://b.example/"}, "no address": {"url": "b.example"},
        "behind its path": {"url": "https://b.example/?action=x"}, "access_key": {"access_key": "a b"},
        "time_zone": {"time_zone": "Tokyo"}, "marked somewhere": {"order_field": "", "marks_domain": False},
        "connections": {"connections": 99}, "payment_methods_path": {"payment_methods_path": "https://x y"},
    }  # fmt: skip
    for words, changed in wrong.items():
        (fault,) = WhmcsSettings(**{**good, **changed}).faults()
        assert words in fault

"""What goes wrong on the wire: what is tried again, what is known afterwards, and what rests."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import httpx
import msgspec
import pytest
import structlog

from adapters.salesforce.client import Client
from adapters.salesforce.faults import AuthError, fault_of
from adapters.salesforce.gauge import Gauge
from adapters.salesforce.requests import Get, Post, SubRequest
from genkan.logging import set_up
from ports.errors import Rejected, Unavailable
from tests.salesforce.org import (
    EXPIRED,
    HASTE,
    HTML,
    SECRET,
    TOKEN,
    Asked,
    Org,
    Told,
    by_secret,
    client_of,
    error,
    rows,
)

ID = "001000000000001AAA"
MADE = Told(201, {"id": ID, "success": True, "errors": []})
LOCKED = error("UNABLE_TO_LOCK_ROW", message="unable to obtain exclusive access to this record")
DAILY = error("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded.")
CONCURRENT = error("REQUEST_LIMIT_EXCEEDED", 403, "ConcurrentPerOrgLongTxn Limit exceeded.")
GACK = error("UNKNOWN_EXCEPTION", 500, "An unexpected error occurred. ErrorId: 1234567890-12345 (-987654321)")
RESET = Told(exception=httpx.ReadError("reset"))
SLOW = Told(exception=httpx.ReadTimeout("slow"))
CUT = Told(exception=httpx.RemoteProtocolError("server disconnected"))
UNAVAILABLE = error("SERVER_UNAVAILABLE", 503)
PASSING = [
    HTML,
    UNAVAILABLE,
    GACK,
    RESET,
    SLOW,
    CUT,
    LOCKED,
    CONCURRENT,
    Told(502),
    Told(504, "gateway"),
    Told(420, "<p>"),
]
AMBIGUOUS = [HTML, GACK, RESET, SLOW, CUT, Told(500), Told(504, "gateway"), Told(200, "<html>"), Told(201, {"id": 3})]
NOTHING_WRITTEN = [LOCKED, CONCURRENT, UNAVAILABLE]


async def create(client: Client, *, keyed: bool) -> str:
    return await client.create("Account", {"Name": "A"}, keyed=keyed)


@pytest.mark.parametrize("passing", PASSING)
async def test_a_read_is_tried_again(passing: Told) -> None:
    org = Org().says(passing, passing, rows({"Id": "1"}))
    async with client_of(org) as client:
        assert await client.query("SELECT Id FROM Account") == [{"Id": "1"}]


@pytest.mark.parametrize("passing", PASSING)
async def test_a_read_that_keeps_failing_ends(passing: Told) -> None:
    org = Org(rest=lambda _: passing)
    async with client_of(org) as client:
        with pytest.raises(Unavailable) as raised:
            await client.query("SELECT Id FROM Account")
    assert not raised.value.outcome_unknown
    assert len(org.asked) == HASTE.attempts


WRITES: dict[str, Callable[[Client], Awaitable[object]]] = {
    "create": lambda client: create(client, keyed=False),
    "upload": lambda client: client.upload({}, b"data", file_name="a.png"),
    "composite": lambda client: client.composite(Post("Account", {}, "a"), all_or_none=True, keyed=False),
    "update": lambda client: client.update("Account", ID, {}),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("ambiguous", AMBIGUOUS)
async def test_a_write_that_may_have_arrived_is_not_sent_again(ambiguous: Told, write: str) -> None:
    if write == "update" and ambiguous.status == 201:
        return  # nothing is expected in the answer to an update
    org = Org(rest=lambda _: ambiguous)
    async with client_of(org) as client:
        with pytest.raises(Unavailable) as raised:
            await WRITES[write](client)
    assert raised.value.outcome_unknown
    assert len(org.asked) == 1


@pytest.mark.parametrize("ambiguous", AMBIGUOUS)
async def test_a_keyed_write_is_sent_again(ambiguous: Told) -> None:
    org = Org().says(ambiguous, MADE)
    async with client_of(org) as client:
        assert await create(client, keyed=True) == ID
    assert org.asked[0].body == org.asked[1].body


async def test_a_keyed_write_that_arrived_finds_its_key_taken() -> None:
    async with client_of(Org().says(SLOW, error("DUPLICATE_VALUE"))) as client:
        with pytest.raises(Rejected, match="DUPLICATE_VALUE Account"):
            await create(client, keyed=True)


@pytest.mark.parametrize("refused", NOTHING_WRITTEN)
@pytest.mark.parametrize("keyed", [True, False])
async def test_a_write_that_was_turned_away_is_sent_again(refused: Told, keyed: bool) -> None:
    async with client_of(Org().says(refused, refused, MADE)) as client:
        assert await create(client, keyed=keyed) == ID
    async with client_of(Org(rest=lambda _: refused)) as client:
        with pytest.raises(Unavailable) as raised:
            await create(client, keyed=keyed)
    assert not raised.value.outcome_unknown


async def test_a_row_that_is_locked_under_a_composite_is_waited_for() -> None:
    locked = Told(200, {"compositeResponse": [{"referenceId": "a", "httpStatusCode": 400, "body": LOCKED.body}]})
    made = Told(200, {"compositeResponse": [{"referenceId": "a", "httpStatusCode": 201, "body": MADE.body}]})
    org = Org().says(locked, made)
    async with client_of(org) as client:
        (part,) = await client.composite(Post("Account", {}, "a"), all_or_none=True, keyed=False)
        assert part.id == ID
        # what is written in part is not written again
        org.says(locked)
        (part,) = await client.composite(Post("Account", {}, "a"), all_or_none=False, keyed=True)
        assert part.fault is not None
        assert part.fault.is_transient
        org.says(locked, Told(200, {"compositeResponse": [{"referenceId": "a", "httpStatusCode": 200, "body": {}}]}))
        (part,) = await client.composite(Get.row("Account", ID, ["Id"], "a"), all_or_none=False, keyed=False)
        assert part.fault is None


@pytest.mark.parametrize("failure", [httpx.ConnectError(""), httpx.ConnectTimeout(""), httpx.PoolTimeout("")])
async def test_a_connection_that_was_never_made_wrote_nothing(failure: Exception) -> None:
    org = Org(lost_before=[failure, failure]).says(MADE)
    async with client_of(org) as client:
        assert await create(client, keyed=False) == ID
        org.lost_before = [failure] * HASTE.attempts
        with pytest.raises(Unavailable) as raised:
            await create(client, keyed=False)
    assert not raised.value.outcome_unknown


async def test_doubt_stays_when_later_tries_prove_nothing() -> None:
    org = Org().says(SLOW, *[LOCKED] * HASTE.attempts)
    async with client_of(org) as client:
        with pytest.raises(Unavailable) as raised:
            await create(client, keyed=True)
    assert raised.value.outcome_unknown
    org = Org(rest=lambda _: SLOW if len(org.asked) == 1 else EXPIRED)
    async with client_of(org) as client:
        with pytest.raises(Unavailable) as raised:
            await create(client, keyed=True)
    assert raised.value.outcome_unknown


async def test_the_day_s_limit_is_not_tried_again() -> None:
    org = Org(rest=lambda _: DAILY)
    async with client_of(org) as client:
        for call in (client.query("SELECT Id FROM Account"), create(client, keyed=True)):
            with pytest.raises(Unavailable, match="REQUEST_LIMIT_EXCEEDED") as raised:
                await call
            assert not raised.value.outcome_unknown
    assert len(org.asked) == 2


@pytest.mark.parametrize(
    ("keyed", "is_write", "unknown"), [(False, True, True), (True, True, True), (False, False, False)]
)
async def test_the_deadline_holds_for_all_tries_together(keyed: bool, is_write: bool, unknown: bool) -> None:
    patience = msgspec.structs.replace(HASTE, deadline=0.06, first_wait=0.01, attempts=100)
    org = Org(rest=lambda _: Told(500, None, delay=0.02) if len(org.asked) < 3 else Told(delay=5))
    async with client_of(org, by_secret(patience=patience)) as client:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable) as raised:
            await (create(client, keyed=keyed) if is_write else client.query("SELECT Id FROM Account"))
        assert asyncio.get_running_loop().time() - began < 2
    assert raised.value.outcome_unknown is unknown


@pytest.mark.parametrize("is_write", [True, False])
async def test_a_write_that_is_under_way_at_the_deadline_is_unknown(is_write: bool) -> None:
    patience = msgspec.structs.replace(HASTE, deadline=0.05)
    async with client_of(Org(rest=lambda _: Told(delay=5)), by_secret(patience=patience)) as client:
        await client.sign_in.token()
        with pytest.raises(Unavailable) as raised:
            await (create(client, keyed=False) if is_write else client.limits())
    assert raised.value.outcome_unknown is is_write


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, [{"errorCode": "MALFORMED_QUERY"}], "MALFORMED_QUERY"),
        (400, [{"statusCode": "STRING_TOO_LONG"}], "STRING_TOO_LONG"),
        (404, [{"errorCode": "NOT_FOUND"}], "NOT_FOUND"),
        (403, [{"errorCode": "INSUFFICIENT_ACCESS"}], "INSUFFICIENT_ACCESS"),
        (400, {"hasErrors": True, "errors": [{"statusCode": "INVALID_FIELD"}]}, "INVALID_FIELD"),
        (400, None, "HTTP_400"),
        (404, "<html>", "HTTP_404"),
        (400, [], "HTTP_400"),
        (400, [None, 3], "HTTP_400"),
        (400, [{"errorCode": {"a": 1}, "message": 5, "fields": "x"}], "HTTP_400"),
        (400, [{"errorCode": "<script>Mina"}], "HTTP_400"),
    ],
)
async def test_a_refusal_is_read_by_its_code_first(status: int, body: Any, code: str) -> None:
    org = Org().says(Told(status, body))
    async with client_of(org) as client:
        with pytest.raises(Rejected) as raised:
            await create(client, keyed=True)
    assert raised.value.code == code


def test_a_code_weighs_more_than_its_status() -> None:
    locked = fault_of(500, [{"errorCode": "UNABLE_TO_LOCK_ROW"}])
    assert locked.is_transient
    assert locked.proves_nothing_written
    assert fault_of(403, [{"errorCode": "API_CURRENTLY_DISABLED"}]).error("x").args
    assert isinstance(fault_of(403, [{"errorCode": "API_DISABLED_FOR_ORG"}]).error("x"), Unavailable)
    assert fault_of(500, GACK.body).error_id == "1234567890-12345 (-987654321)"


# rest


async def test_a_kind_of_operation_that_fails_rests_and_is_tried_alone() -> None:
    patience = msgspec.structs.replace(HASTE, failures=4, attempts=1, rest=0.4)
    org, going_on = Org(rest=lambda _: HTML), asyncio.Event()
    async with client_of(org, by_secret(patience=patience)) as client:
        for _ in range(4):
            with pytest.raises(Unavailable, match="HTTP 503"):
                await client.query("SELECT Id FROM Account")
        with pytest.raises(Unavailable, match="read rests") as raised:
            await client.query("SELECT Id FROM Account")
        assert not raised.value.outcome_unknown
        assert raised.value.retry_after == pytest.approx(0.4)
        assert len(org.asked) == 4
        # other kinds go on
        org.rest = lambda _: MADE
        assert await create(client, keyed=False) == ID

        async def slowly(asked: Asked) -> Told:
            await going_on.wait()
            return rows()

        org.rest = slowly
        await asyncio.sleep(0.42)
        calls = [asyncio.create_task(client.query("SELECT Id FROM Account")) for _ in range(10)]
        await asyncio.sleep(0.02)
        assert len(org.asked) == 6
        going_on.set()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert [answer for answer in answers if not isinstance(answer, Unavailable)] == [[]]
        assert await asyncio.gather(*(client.query("SELECT Id FROM Account") for _ in range(10))) == [[]] * 10


async def test_a_probe_that_is_given_up_leaves_room_for_the_next() -> None:
    patience = msgspec.structs.replace(HASTE, failures=1, attempts=1, rest=0.3)
    org = Org(rest=lambda _: HTML)
    async with client_of(org, by_secret(patience=patience)) as client:
        with pytest.raises(Unavailable, match="503"):
            await client.query("SELECT Id FROM Account")
        await asyncio.sleep(0.32)
        org.rest = lambda _: Told(delay=5)
        probe = asyncio.create_task(client.query("SELECT Id FROM Account"))
        await asyncio.sleep(0.01)
        probe.cancel()
        await asyncio.wait([probe])
        org.rest = lambda _: rows()
        with pytest.raises(Unavailable, match="rests"):
            await client.query("SELECT Id FROM Account")
        await asyncio.sleep(0.32)
        assert await client.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize("harmless", [LOCKED, CONCURRENT, error("INVALID_FIELD"), error("X", 401), Told(404, "<p>")])
async def test_refusals_and_locks_are_no_outage(harmless: Told) -> None:
    patience = msgspec.structs.replace(HASTE, failures=2, attempts=1)
    org = Org(rest=lambda _: harmless)
    async with client_of(org, by_secret(patience=patience)) as client:
        for _ in range(5):
            with pytest.raises((Unavailable, Rejected)):
                await client.query("SELECT Id FROM Account")
    assert len(org.asked) == 5


async def test_silence_until_the_deadline_is_an_outage() -> None:
    patience = msgspec.structs.replace(HASTE, failures=2, deadline=0.05)
    org = Org(rest=lambda _: Told(delay=5))
    async with client_of(org, by_secret(patience=patience)) as client:
        await client.sign_in.token()
        for call in (client.limits(), client.query("SELECT Id FROM Account")):
            with pytest.raises(Unavailable, match="too long"):
                await call
        with pytest.raises(Unavailable, match="rests"):
            await client.limits()


@pytest.mark.parametrize("background", [True, False])
async def test_all_pages_together_have_one_deadline_but_in_the_background(background: bool) -> None:
    patience = msgspec.structs.replace(HASTE, deadline=0.3)
    more = "/services/data/v62.0/query/01g0000-1"
    pages = [rows({"Id": str(n)}, more=more if n < 4 else "", total=5) for n in range(5)]
    org = Org(script=[Told(page.status, page.body, delay=0.1) for page in pages])
    async with client_of(org, by_secret(patience=patience)) as client:
        await client.sign_in.token()
        if background:
            assert len(await client.query("SELECT Id FROM Account", background=True)) == 5
        else:
            with pytest.raises(Unavailable, match="too long") as raised:
                await client.query("SELECT Id FROM Account")
            assert not raised.value.outcome_unknown


def paged(asked: Asked) -> Told:
    """Two rows of a composite with three more pages each, and three of children; a fifth of the deadline for each."""
    if asked.path.endswith("/composite"):
        parts = [
            {"referenceId": part["referenceId"], "httpStatusCode": 200, "httpHeaders": {}, "body": page_of(0, part)}
            for part in asked.json["compositeRequest"]
        ]
        return Told(200, {"compositeResponse": parts}, delay=0.1)
    return Told(200, page_of(int(asked.path[-1])), delay=0.1)


def page_of(number: int, part: dict[str, Any] | None = None) -> Any:
    if part is not None and part["method"] == "POST":
        return {"id": ID, "success": True, "errors": []}
    more = f"/services/data/v62.0/query/01g0000-{number + 1}" if number < 3 else ""
    page = rows({"Id": str(number)}, more=more, total=4).body
    is_of_children = part is not None and "OrderItems" in part["url"]
    return rows({"Id": ID, "OrderItems": page}).body if is_of_children else page


@pytest.mark.parametrize("background", [True, False])
@pytest.mark.parametrize("what", ["rows", "children", "after a write"])
async def test_a_composite_and_all_its_pages_have_one_deadline_too(what: str, background: bool) -> None:
    patience = msgspec.structs.replace(HASTE, deadline=0.5)
    inner = "(SELECT Id FROM OrderItems)" if what == "children" else "Id"
    parts: list[SubRequest] = [Get.query(f"SELECT {inner} FROM Order WHERE Name = '{n}'", f"q{n}") for n in range(2)]
    if what == "after a write":
        parts.append(Post("Account", {}, "made"))
    async with client_of(Org(rest=paged), by_secret(patience=patience)) as client:
        await client.sign_in.token()
        began = asyncio.get_running_loop().time()
        asking = client.composite(*parts, all_or_none=False, keyed=True, background=background)
        if background:
            for answer in (await asking)[:2]:
                found = answer.records[0]["OrderItems"] if what == "children" else answer.records
                assert [row["Id"] for row in found] == ["0", "1", "2", "3"]
            return
        with pytest.raises(Unavailable) as raised:
            await asking
    # the loop tells its time in whole milliseconds, at the beginning and at the end
    assert asyncio.get_running_loop().time() - began >= 0.5 - 0.002
    assert raised.value.outcome_unknown is (what == "after a write")


# the day's calls


def test_the_gauge_asks_again_now_and_then() -> None:
    gauge = Gauge(0.8, believed=0)
    assert not gauge.sheds(background=True)
    gauge.read({"Sforce-Limit-Info": "api-usage=900/1000"})
    assert not gauge.sheds(background=True)
    gauge = Gauge(0.8, believed=60)
    gauge.read({"Sforce-Limit-Info": "api-usage=900/1000"})
    assert gauge.sheds(background=True)
    assert not gauge.sheds(background=False)
    gauge.read({"Sforce-Limit-Info": "per-app-api-usage=17/250(appName=x)"})
    gauge.read({})
    assert gauge.sheds(background=True)
    gauge.read({"Sforce-Limit-Info": "api-usage=18/1000"})
    assert not gauge.sheds(background=True)


# logs


async def test_no_secret_and_nothing_personal_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    out = BytesIO()
    try:
        set_up("debug", "json", out)
        logging.getLogger().addHandler(handler)
        await _everything_goes_wrong()
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.configure(**before)
    lines = out.getvalue().decode() + "".join(heard) + "".join(capfd.readouterr())
    for event in ("salesforce.login", "salesforce.called", "salesforce.failed", "salesforce.login_refused"):
        assert event in lines
    assert "UNABLE_TO_LOCK_ROW" in lines
    for canary in (TOKEN, SECRET, "Mina", "美奈", "mina@example", "SELECT", "Bearer"):
        assert canary not in lines


async def _everything_goes_wrong() -> None:
    personal = "Mina 美奈 mina@example.com"
    org = Org()
    answers = [
        error("UNABLE_TO_LOCK_ROW", message=personal), error("FIELD_CUSTOM_VALIDATION_EXCEPTION", message=personal),
        EXPIRED, HTML, error("UNKNOWN_EXCEPTION", 500, personal), SLOW, Told(200, personal),
    ]  # fmt: skip
    org.rest = lambda _: answers[len(org.asked) % len(answers)]
    async with client_of(org) as client:
        for _ in range(16):
            for call in (
                client.create("Contact", {"LastName": personal}, keyed=True),
                client.find("Contact", "Email", personal, ["Id"]),
                client.composite(Post("Contact", {"LastName": personal}, "a"), all_or_none=True, keyed=True),
                client.upload({"Title": personal}, personal.encode(), file_name=personal),
            ):
                try:
                    await call
                except (Rejected, Unavailable) as told:
                    structlog.get_logger().info("asked", error=repr(told), advice=repr(told.__cause__))
        org.rest = lambda _: rows({"Id": ID, "Email": personal})
        assert await client.find("Contact", "Email", personal, ["Id"])
    org = Org(login=lambda _: Told(400, {"error": "invalid_grant", "error_description": personal}))
    async with client_of(org) as client:
        with pytest.raises(AuthError) as refused:
            await client.limits()
        structlog.get_logger().info("asked", error=repr(refused.value))

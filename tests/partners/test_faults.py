"""What goes wrong between the portal and a partner: what is asked again, what is known afterwards, and what rests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import pytest
import structlog

from adapters.partners.bindings import PartnerPorts, partner_ports
from adapters.partners.settings import PartnerSettings, Patience
from core.domain.account import Address
from core.domain.eligibility import EligibilityStatus
from core.domain.ids import EsimId, OrderId, request_key
from core.domain.provisioning import EsimOrder
from ports.errors import Rejected, Unavailable

HASTE = Patience(deadline=5, first_wait=0.001, longest_wait=0.002, rest=0.3, failures=100)
KEYS = ("canary-esim-key-81ab", "canary-line-key-93cd")
QR = "LPA:1$smdp.example$CANARY0123456789ABCDEF0123456789"
PROFILE = {"id": "p-1", "activationCode": QR, "issuedAt": "2026-01-05T09:30:00+09:00"}
ORDER = EsimOrder(
    key=request_key("order", "esim"), order=OrderId("801"), plan="SIM", eid="89049032000000000000000000000012"
)
HOME = Address("150-0001", "東京都", "渋谷区", "神宮前1-2-3", "コーポ青山 101")
PAGE = "<html><body>down for maintenance</body></html>"


@dataclass
class Partner:
    """Answers each call in turn by `says`, and then by `rest`."""

    says: list[httpx.Response | Exception] = field(default_factory=list)
    rest: Callable[[], Any] = lambda: told(201, PROFILE)
    asked: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        said = self.says.pop(0) if self.says else self.rest()
        said = await said if asyncio.iscoroutine(said) else said
        if isinstance(said, Exception):
            raise said
        assert isinstance(said, httpx.Response)
        return said


def told(status: int, body: Any = None, **headers: str) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else msgspec.json.encode(body)
    return httpx.Response(status, content=content, headers={name.replace("_", "-"): v for name, v in headers.items()})


def refused(status: int, code: str, *fields: str, **headers: str) -> httpx.Response:
    return told(status, {"code": code, "message": "Mina's …", "fields": list(fields)}, **headers)


@asynccontextmanager
async def asking(partner: Partner, patience: Patience = HASTE) -> AsyncIterator[PartnerPorts]:
    settings = PartnerSettings(
        esim_url="https://esim.example/v1/",
        esim_key=KEYS[0],
        line_url="https://line.example/v1",
        line_key=KEYS[1],
        esim_patience=patience,
        line_patience=patience,
    )
    ports = partner_ports(settings, httpx.MockTransport(partner))
    yield ports
    await ports.close()


def lost(kind: type[httpx.RequestError]) -> httpx.RequestError:
    return kind("lost")


PASSING: dict[str, Callable[[], httpx.Response | Exception]] = {
    "a page": lambda: told(503, PAGE),
    "broken": lambda: told(500, ""),
    "a gateway": lambda: told(504, "gateway"),
    "broken with a code": lambda: refused(500, "internal"),
    "reset": lambda: lost(httpx.ReadError),
    "silence": lambda: lost(httpx.ReadTimeout),
    "cut": lambda: lost(httpx.RemoteProtocolError),
    "half": lambda: told(201, '{"id": "p-1", "activa'),
    "another shape": lambda: told(200, {"id": "p-1"}),
    "no json": lambda: told(200, PAGE),
}
"""What may be gone in a moment, and leaves doubt."""
NOTHING_DONE: dict[str, Callable[[], httpx.Response | Exception]] = {
    "busy": lambda: refused(429, "busy"),
    "busy without a word": lambda: told(429, PAGE),
    "in progress": lambda: refused(409, "in_progress"),
    "busy by its code": lambda: refused(503, "busy"),
    "no connection": lambda: lost(httpx.ConnectError),
    "no connection in time": lambda: lost(httpx.ConnectTimeout),
    "no room": lambda: lost(httpx.PoolTimeout),
}
"""What may be gone in a moment, and proves that nothing was done."""


@pytest.mark.parametrize("what", [*PASSING, *NOTHING_DONE])
async def test_a_write_is_sent_again_under_its_key(what: str) -> None:
    fail = (PASSING | NOTHING_DONE)[what]
    partner = Partner([fail(), fail()])
    async with asking(partner) as ports:
        made = await ports.esim_issuer.ensure_profile(ORDER)
    assert (made.id, made.qr) == ("p-1", QR)
    assert [request.headers["Idempotency-Key"] for request in partner.asked] == [ORDER.key] * 3
    assert len({request.content for request in partner.asked}) == 1


@pytest.mark.parametrize("what", [*PASSING, *NOTHING_DONE])
async def test_what_keeps_failing_ends_and_says_what_is_known(what: str) -> None:
    partner = Partner(rest=(PASSING | NOTHING_DONE)[what])
    async with asking(partner) as ports:
        with pytest.raises(Unavailable) as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
        assert raised.value.outcome_unknown is (what in PASSING)
        assert len(partner.asked) == HASTE.attempts
        assert await ports.line_checker.check(HOME) is None


async def test_doubt_stays_when_later_tries_prove_nothing() -> None:
    partner = Partner([PASSING["silence"]()], rest=NOTHING_DONE["busy"])
    async with asking(partner) as ports:
        with pytest.raises(Unavailable, match="busy") as raised:
            await ports.esim_issuer.ensure_topped_up(request_key("k"), EsimId("p-1"), 1_000)
    assert raised.value.outcome_unknown


@pytest.mark.parametrize(
    ("status", "code", "fields"),
    [(422, "eid_unknown", ("eid",)), (409, "wrong_state", ()), (404, "not_found", ()), (422, "key_reused", ())],
)
async def test_a_refusal_is_read_by_its_code_and_not_repeated(status: int, code: str, fields: tuple[str, ...]) -> None:
    partner = Partner(rest=lambda: refused(status, code, *fields))
    async with asking(partner) as ports:
        with pytest.raises(Rejected) as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
    assert (raised.value.code, raised.value.fields, len(partner.asked)) == (code, fields, 1)


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, PAGE), (400, None), (403, PAGE), (422, {"code": "<b>Mina</b>"}), (422, {"code": 5}), (400, []), (301, "")],
)
async def test_a_refusal_that_is_not_the_partners_leaves_doubt(status: int, body: Any) -> None:
    partner = Partner(rest=lambda: told(status, body))
    async with asking(partner) as ports:
        with pytest.raises(Unavailable, match=f"HTTP {status}") as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
    assert raised.value.outcome_unknown
    assert len(partner.asked) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_not_known_is_no_refusal_of_an_order(status: int) -> None:
    partner = Partner(rest=lambda: refused(status, "unauthorised"))
    async with asking(partner) as ports:
        with pytest.raises(Unavailable, match="unauthorised") as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
    assert not raised.value.outcome_unknown
    assert len(partner.asked) == 1


async def test_who_is_told_to_come_back_later_does() -> None:
    patience = msgspec.structs.replace(HASTE, longest_wait=1.5)
    partner = Partner([refused(429, "busy", Retry_After="1")])
    async with asking(partner, patience) as ports:
        began = asyncio.get_running_loop().time()
        await ports.esim_issuer.ensure_profile(ORDER)
        assert asyncio.get_running_loop().time() - began >= 1
        partner.says = [refused(429, "busy", Retry_After="30")]
        with pytest.raises(Unavailable) as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
    assert (raised.value.retry_after, raised.value.outcome_unknown) == (30.0, False)


@pytest.mark.parametrize("later", ["tomorrow", "-1", "1e9", "٣", ""])
async def test_a_pause_that_is_no_number_is_none(later: str) -> None:
    partner = Partner([httpx.Response(429, headers=[("Retry-After", later.encode())])])
    async with asking(partner) as ports:
        assert (await ports.esim_issuer.ensure_profile(ORDER)).id == "p-1"


async def test_one_deadline_holds_for_all_tries_together() -> None:
    patience = msgspec.structs.replace(HASTE, deadline=0.2, attempts=100)
    partner = Partner([told(500, "")] * 3, rest=lambda: asyncio.sleep(5))
    async with asking(partner, patience) as ports:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable, match="too long") as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
        assert await ports.line_checker.check(HOME) is None
        assert asyncio.get_running_loop().time() - began < 3
    assert raised.value.outcome_unknown


async def test_a_partner_that_is_down_rests_and_is_tried_alone() -> None:
    patience = msgspec.structs.replace(HASTE, failures=3, attempts=1, rest=0.4)
    partner, going_on = Partner(rest=PASSING["a page"]), asyncio.Event()
    async with asking(partner, patience) as ports:
        for _ in range(3):
            with pytest.raises(Unavailable, match="HTTP 503"):
                await ports.esim_issuer.ensure_profile(ORDER)
        with pytest.raises(Unavailable, match="rests") as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
        assert not raised.value.outcome_unknown
        assert len(partner.asked) == 3
        # the other partner goes on
        partner.rest = lambda: told(200, {"status": "available", "value": "Home 1G", "confidence": 1, "source": "x"})
        assert await ports.line_checker.check(HOME) is not None

        async def slowly() -> httpx.Response:
            await going_on.wait()
            return told(201, PROFILE)

        partner.rest = slowly
        await asyncio.sleep(0.45)
        calls = [asyncio.create_task(ports.esim_issuer.ensure_profile(ORDER)) for _ in range(5)]
        await asyncio.sleep(0.05)
        assert len(partner.asked) == 5
        going_on.set()
        answers = await asyncio.gather(*calls, return_exceptions=True)
    assert len([answer for answer in answers if not isinstance(answer, Unavailable)]) == 1


async def test_a_partner_that_has_much_to_do_is_not_down() -> None:
    patience = msgspec.structs.replace(HASTE, failures=1, attempts=1)
    partner = Partner(rest=NOTHING_DONE["busy"])
    async with asking(partner, patience) as ports:
        for _ in range(3):
            with pytest.raises(Unavailable, match="busy"):
                await ports.esim_issuer.ensure_profile(ORDER)


# --- what an answer may be -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "id"),
    [({}, "p-1"), ({"id": 7}, "7"), ({"status": "active", "colour": "red"}, "p-1"), ({"id": "A.b_c~9"}, "A.b_c~9")],
)
async def test_an_answer_may_hold_more(changed: dict[str, Any], id: str) -> None:
    async with asking(Partner(rest=lambda: told(200, PROFILE | changed))) as ports:
        made = await ports.esim_issuer.ensure_profile(ORDER)
    assert (made.id, made.issued_at.isoformat()) == (id, PROFILE["issuedAt"])


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ""}, {"id": None}, {"id": "../admin"}, {"id": 1.5}, {"activationCode": "LPA:2$a$b"},
        {"activationCode": "https://evil.example"}, {"activationCode": "LPA:1$$X"}, {"activationCode": f"{QR}\n"},
        {"activationCode": "LPA:1$smdp.example$A B"}, {"activationCode": None},
        {"activationCode": f"LPA:1$s${'A' * 300}"},
        {"issuedAt": "2026-01-05T09:30:00"}, {"issuedAt": "yesterday"}, {"issuedAt": None},
    ],
)  # fmt: skip
async def test_a_wrong_value_is_no_profile(changed: dict[str, Any]) -> None:
    async with asking(Partner(rest=lambda: told(200, PROFILE | changed))) as ports:
        with pytest.raises(Unavailable, match="malformed") as raised:
            await ports.esim_issuer.ensure_profile(ORDER)
    assert raised.value.outcome_unknown


@pytest.mark.parametrize(
    "code", ["LPA:1$smdp.example$", "LPA:1$SMDP.Example:443$A-1", f"{QR}$1.3.6.1.4.1", f"{QR}$$1", f"{QR}$1.2$1"]
)
async def test_every_code_that_phones_scan_is_one(code: str) -> None:
    async with asking(Partner(rest=lambda: told(200, PROFILE | {"activationCode": code}))) as ports:
        assert (await ports.esim_issuer.ensure_profile(ORDER)).qr == code


KNOWN = {"status": "available", "value": "Home 1G", "confidence": 0.9, "source": "ntt-coverage"}


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "perhaps"}, {"status": None}, {"confidence": 1.1}, {"confidence": -0.1}, {"confidence": "high"},
        {"value": ""}, {"value": "x" * 81}, {"value": 5}, {"source": "<script>"}, {"source": "a\nb"}, {"source": ""},
    ],
)  # fmt: skip
async def test_an_answer_that_nobody_can_read_is_for_staff(changed: dict[str, Any]) -> None:
    partner = Partner(rest=lambda: told(200, KNOWN | changed))
    async with asking(partner) as ports:
        assert await ports.line_checker.check(HOME) is None
    assert len(partner.asked) == HASTE.attempts


async def test_a_bare_answer_is_not_trusted() -> None:
    async with asking(Partner(rest=lambda: told(200, {"status": "available", "value": "Home 1G"}))) as ports:
        answer = await ports.line_checker.check(HOME)
    assert answer is not None
    assert (answer.status, answer.confidence) == (EligibilityStatus.ELIGIBLE, 0.0)


# --- what is told, and to whom -------------------------------------------------------------------------------------
async def test_the_checker_is_told_of_the_building_alone() -> None:
    partner = Partner(rest=lambda: told(200, KNOWN))
    async with asking(partner) as ports:
        await ports.line_checker.check(HOME)
    (asked,) = partner.asked
    assert msgspec.json.decode(asked.content) == {
        "postcode": "1500001",
        "town": "神宮前1-2-3",
        "building": "コーポ青山",
    }
    assert (str(asked.url), asked.headers["Authorization"]) == ("https://line.example/v1/checks", f"Bearer {KEYS[1]}")
    assert "Idempotency-Key" not in asked.headers


async def test_an_id_stays_in_its_place_of_the_path() -> None:
    partner = Partner(rest=lambda: told(200, {"status": "ended"}))
    async with asking(partner) as ports:
        await ports.esim_issuer.ensure_deactivated(EsimId("../../admin?x=1#y"))
    (asked,) = partner.asked
    assert asked.url.raw_path == b"/v1/profiles/..%2F..%2Fadmin%3Fx%3D1%23y/deactivate"
    assert asked.headers["Authorization"] == f"Bearer {KEYS[0]}"


@pytest.mark.parametrize("what", [*PASSING, *NOTHING_DONE, "refused", "wrong value", "well"])
async def test_no_line_and_no_error_tells_a_secret(what: str) -> None:
    others = {
        "refused": lambda: refused(422, "eid_unknown", "eid"),
        "wrong value": lambda: told(200, PROFILE | {"issuedAt": "canary 神宮前"}),
        "well": lambda: told(200, PROFILE | KNOWN),
    }
    partner, told_of = Partner(rest=(PASSING | NOTHING_DONE | others)[what]), []
    async with asking(partner) as ports:
        with structlog.testing.capture_logs() as lines:
            try:
                told_of.append(repr(await ports.esim_issuer.ensure_deactivated(EsimId("p-1"))))
                await ports.esim_issuer.ensure_profile(ORDER)
            except (Unavailable, Rejected) as error:
                link: BaseException | None = error
                while link is not None:
                    told_of += [repr(link), *map(repr, link.args)]
                    link = link.__cause__ or link.__context__
            await ports.line_checker.check(HOME)
    assert lines
    for secret in ("canary", "CANARY", "神宮前", "89049032", "Mina", "1500001"):
        assert secret not in repr([*told_of, *lines])

"""No input over HTTP gives a 5xx, shows internals, or puts personal data or a secret in a log (T-6).

A thousand generated requests and a share of the corpus; `make fuzz` sends more of both. Asked of a portal as it is
served, over sockets: what a server in between makes of a request belongs to the answer.
"""

import json
from collections.abc import Iterator

import pytest

from tests.fuzz.corpus import Corpus
from tests.fuzz.customers import Customer
from tests.fuzz.house import furnished
from tests.fuzz.run import Fuzz
from tests.fuzz.served import Served
from tests.fuzz.tally import Tally, what_the_log_gives_away
from tests.fuzz.wire import Wire, request

CASES = 1_000
SHARE = 0.012
SEED = 1
JSON = (b"Content-Type", b"application/json")
SIGN_UP = b"/api/auth/signup"

House = tuple[Served, Customer, Customer]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with furnished(tmp_path_factory.mktemp("fuzz")) as found:
        yield found


def check(tally: Tally, house: House) -> None:
    served, *customers = house
    assert not tally.findings, "\n".join(str(finding) for finding in tally.findings.values())
    assert what_the_log_gives_away(served.log, *customers) == []


@pytest.mark.slow
def test_a_thousand_generated_requests_are_answered_well(house: House) -> None:
    tally = Fuzz(*house, SEED, probes=0.75).run(CASES)
    assert tally.cases >= CASES
    check(tally, house)


@pytest.mark.slow
def test_naughty_things_in_every_field_are_answered_well(house: House) -> None:
    tally = Corpus(*house, SEED, SHARE).run()
    assert tally.cases >= CASES
    check(tally, house)


def form(**headers: bytes) -> bytes:
    """A sign-up that would be refused for its body alone, with further headers."""
    said = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return request(b"POST", SIGN_UP, [JSON, *said], b'{"no such field": 1}')


BEFORE_IT_IS_A_REQUEST = {
    "a request of old": b"GET /api/health/live\r\n\r\n",
    "noise": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
    "an address that is none": request(b"GET", b"%2fapi%2fhealth%2flive"),
    "bytes that are no address": request(b"GET", b"/api/health/live?\xff"),
    "a blank in the address": request(b"GET", b"/api/health live"),
    "a header without a colon": b"GET /api/health/live HTTP/1.1\r\nHost: portal\r\nno colon\r\n\r\n",
    "a header in two lines": b"GET /api/health/live HTTP/1.1\r\nHost: portal\r\nX-A: b\r\n c\r\n\r\n",
    "a NUL in a header": b"GET /api/health/live HTTP/1.1\r\nHost: portal\r\nX-A: b\x00c\r\n\r\n",
    "two lengths": form(Content_Length=b"1", content_length=b"20"),
    "a length that is none": form(Content_Length=b"many"),
    "less than no length": form(Content_Length=b"-1"),
    "a length without end": form(Content_Length=b"9" * 40),
    "an unknown coding": form(Transfer_Encoding=b"gzip"),
    "coded twice": form(Transfer_Encoding=b"chunked, identity"),
    "a large head": request(b"GET", b"/api/health/live", [(b"X-%d" % n, b"a" * 900) for n in range(1_000)]),
    "many heads": request(b"GET", b"/api/health/live", [(b"X-%d" % n, b"y") for n in range(5_000)]),
}
"""What the server turns away by itself, before there is a request that the portal could answer."""


@pytest.mark.parametrize("sent", BEFORE_IT_IS_A_REQUEST.values(), ids=BEFORE_IT_IS_A_REQUEST)
def test_what_is_no_request_is_turned_away(house: House, sent: bytes) -> None:
    served = house[0]
    with Wire(served.address) as wire:
        (answer,) = wire.alone(sent)
        assert answer.status in (0, *range(400, 500))
        assert answer.body == b"" or answer.problem
        assert wire.ask(request(b"GET", b"/api/health/live")).status == 200


def test_a_body_hidden_behind_a_length_is_not_a_second_request(house: House) -> None:
    """Who reads the length and who reads the chunks must not disagree on where a request ends."""
    hidden = request(b"POST", SIGN_UP, [JSON], b'{"hidden": 1}')
    chunked = b"0\r\n\r\n" + hidden
    sent = form(Content_Length=str(len(chunked)).encode(), Transfer_Encoding=b"chunked").partition(b"\r\n\r\n")[0]
    with Wire(house[0].address) as wire:
        answers = wire.alone(sent + b"\r\n\r\n" + chunked, answers=2)
    refused = [answer for answer in answers if answer.status]
    assert all(400 <= answer.status < 500 for answer in refused)
    assert not any("hidden" in json.dumps(answer.problem.get("errors", "")) for answer in refused)


def test_requests_in_one_breath_are_answered_in_their_order(house: House) -> None:
    paths = (b"/api/health/live", b"/api/nowhere", b"/api/catalog/vpn", b"/api/me")
    with Wire(house[0].address) as wire:
        answers = wire.alone(b"".join(request(b"GET", path) for path in paths), answers=len(paths))
    assert [answer.status for answer in answers] == [200, 404, 200, 401]
    assert [answer.problem.get("instance", "") for answer in answers] == ["", "/api/nowhere", "", "/api/me"]


@pytest.mark.parametrize(("path", "limit"), [(SIGN_UP, 1), (b"/api/verification/id", 22)])
def test_chunks_beyond_the_limit_are_refused_while_they_come(house: House, path: bytes, limit: int) -> None:
    served, customer, _ = house
    kind = b"application/json" if limit == 1 else b"multipart/form-data; boundary=b"
    who = [(name.encode(), value.encode()) for name, value in customer.headers.items()]
    head = request(b"POST", path, [*who, (b"Content-Type", kind), (b"Transfer-Encoding", b"chunked")])
    opening = b"" if limit == 1 else b'--b\r\nContent-Disposition: form-data; name="front"; filename="a"\r\n\r\n'
    chunk = b"80000\r\n" + (b" " * 0x80000) + b"\r\n"
    first = b"%x\r\n%s\r\n" % (len(opening), opening) if opening else b""
    with Wire(served.address) as wire:
        (answer,) = wire.alone(head, first, *[chunk] * (2 * limit + 2))
    assert answer.status == 413
    assert answer.problem["code"] == "body_too_large"


@pytest.mark.parametrize("method", [b"HEAD", b"OPTIONS", b"TRACE", b"PROPFIND", b"get"])
def test_any_method_is_answered(house: House, method: bytes) -> None:
    with Wire(house[0].address) as wire:
        answer = wire.ask(request(method, b"/api/catalog/vpn"), head=method == b"HEAD")
    if method == b"HEAD":
        assert (answer.status, answer.body) == (200, b"")
    elif method == b"OPTIONS":
        assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    else:
        assert (answer.status, answer.problem["code"]) == (405, "method_not_allowed")

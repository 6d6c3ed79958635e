"""Past a limit the answer is 429 with how long to wait; the window slides on the portal's own clock."""

from datetime import timedelta

import pytest
from litestar.testing import TestClient

from adapters.http.surroundings import HttpSettings
from adapters.http.throttle import Throttle
from adapters.system.limits import CountedInMemory
from core.domain.limits import EVERYBODY, Limit, Limited
from core.domain.refusals import TooMany
from tests.http.foundation.demo import Demo, HandClock

LAMP = {"name": "hall"}


def statuses(http: TestClient, times: int, **headers: str) -> list[int]:
    return [http.post("/api/open", json=LAMP, headers=headers).status_code for _ in range(times)]


def test_the_sixth_within_a_minute_waits(http: TestClient, demo: Demo) -> None:
    assert statuses(http, 5) == [201] * 5
    demo.clock.move(seconds=20)
    answer = http.post("/api/open", json=LAMP)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (429, "too_many", "40")
    demo.clock.move(seconds=39)
    assert statuses(http, 1) == [429]
    demo.clock.move(seconds=1)
    assert statuses(http, 6) == [201] * 5 + [429]


def test_an_address_is_the_socket_s_whatever_a_header_says(http: TestClient) -> None:
    assert statuses(http, 5, **{"X-Forwarded-For": "198.51.100.1"}) == [201] * 5
    assert statuses(http, 1, **{"X-Forwarded-For": "198.51.100.2"}) == [429]


def test_a_trusted_proxy_speaks_for_the_caller_behind_it() -> None:
    demo = Demo(settings=HttpSettings(trusted_proxies=("10.0.0.0/8", "192.0.2.7/32")))
    app = demo.app()
    door = app.asgi_handler

    async def from_the_proxy(scope, receive, send):
        await door(scope | {"client": ("10.1.2.3", 4711)}, receive, send)

    app.asgi_handler = from_the_proxy
    with TestClient(app) as http:
        assert statuses(http, 5, **{"X-Forwarded-For": "198.51.100.1"}) == [201] * 5
        # the hops nearest to us count, what the caller wrote in front of them does not
        assert statuses(http, 1, **{"X-Forwarded-For": "203.0.113.9, 198.51.100.1, 192.0.2.7"}) == [429]
        assert statuses(http, 1, **{"X-Forwarded-For": "198.51.100.1, 198.51.100.2"}) == [201]
        # one household has a whole /64
        assert statuses(http, 5, **{"X-Forwarded-For": "2001:db8::1"}) == [201] * 5
        assert statuses(http, 1, **{"X-Forwarded-For": "2001:db8::ffff:2"}) == [429]
        assert statuses(http, 1, **{"X-Forwarded-For": "2001:db8:0:1::1"}) == [201]
        assert statuses(http, 1, **{"X-Forwarded-For": "garbage, ,"}) == [201]


async def test_what_one_limit_refuses_no_other_counts() -> None:
    rules = {Limited.SIGN_UP: Limit(2, timedelta(minutes=1)), Limited.SIGN_UP_OVERALL: Limit(1, timedelta(minutes=1))}
    throttle = Throttle(CountedInMemory(rules), HandClock())
    both = [(Limited.SIGN_UP, "198.51.100.1"), (Limited.SIGN_UP_OVERALL, EVERYBODY)]
    await throttle.take_all(both)
    with pytest.raises(TooMany) as refused:
        await throttle.take_all(both)
    assert refused.value.data["limit"] == Limited.SIGN_UP_OVERALL
    await throttle.take(Limited.SIGN_UP, "198.51.100.1")

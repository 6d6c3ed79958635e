"""Two portals on one PostgreSQL, asked over HTTP: a page at one hears of what came by the other (NTF-4, ACC-9)."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from adapters.system.sessions import REMEMBERED
from core.domain.notice import NewNotice, NoticeType
from tests.databases import POSTGRESQL, SECRET, copied, url_of
from tests.http.account_portal import Portal
from tests.portal import portal_in, warm_cleaner
from tests.streaming import as_over_a_wire
from tests.worlds import a_world


@pytest.fixture
def portals(tmp_path: Path, migrated_file: Path, migrated_on: Callable[[str], Path]) -> Iterator[tuple[Portal, Portal]]:
    """Two of them; each has a twin of the one world, since they run in threads of their own."""
    url = url_of(copied(migrated_on(POSTGRESQL), tmp_path / "shared.db", POSTGRESQL))
    world = a_world()
    with ExitStack() as stack:
        opened = []
        for name, each in (("one", world), ("two", world.twin(world.clock.now()))):
            given: dict[str, Any] = {"database": url, "secret": SECRET}
            client, running = stack.enter_context(
                portal_in(tmp_path / name, migrated_file, each, warm_cleaner(), **given)
            )
            opened.append(Portal(client, running, each))
        yield opened[0], opened[1]


def test_a_notice_made_in_one_reaches_the_page_at_the_other(portals: tuple[Portal, Portal]) -> None:
    one, two = portals
    customer = one.customer()

    async def tell() -> None:
        it = one.running.container
        async with it.store().reading() as shelves:
            [user] = await shelves.users.everyone(None, 10)
        notice = NewNotice(
            user=user.id, type=NoticeType.ORDER_APPROVED, source_id="1", version="1",
            values={"number": "1", "order": "1"}, created_at=it.clock().now(),
        )  # fmt: skip
        await it.give_notice()(notice)

    path = "/api/events"
    with as_over_a_wire(two.http) as wire, wire.stream("GET", path, headers=customer.headers) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: status"
        started = time.monotonic()
        assert one.http.blocking_portal is not None
        one.http.blocking_portal.call(tell)
        assert next(line for line in lines if line.startswith("event:")) == "event: notice"
        assert time.monotonic() - started < 5, "well before the page would have looked by itself"


def test_a_session_ended_in_one_is_refused_in_the_other(portals: tuple[Portal, Portal]) -> None:
    one, two = portals
    customer = one.customer()
    assert two.http.get("/api/me/status", headers=customer.headers).status_code == 200
    assert customer.post("/auth/logout").status_code in (200, 204)
    ended = time.monotonic()
    while two.http.get("/api/notifications", headers=customer.headers).status_code != 401:
        assert time.monotonic() - ended < REMEMBERED.total_seconds() + 1
        time.sleep(0.02)

"""Two portals on one PostgreSQL, asked over HTTP: a page at one hears of what came by the other (NTF-4, ACC-9)."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from adapters.system.sessions import REMEMBERED
from core.domain.notice import NewNotice, NoticeType
from genkan.settings import Durable
from tests.databases import POSTGRESQL, SECRET, copied, url_of
from tests.http.account_portal import Portal
from tests.journeys.served import Served
from tests.portal import portal_in, warm_cleaner
from tests.world_served import served_world
from tests.worlds import a_world


@pytest.fixture(scope="module")
def portals(
    tmp_path_factory: pytest.TempPathFactory, migrated_file: Path, migrated_on: Callable[[str], Path]
) -> Iterator[tuple[Portal, Served]]:
    """One in this process and one of its own, over one world."""
    root = tmp_path_factory.mktemp("portals")
    url = url_of(copied(migrated_on(POSTGRESQL), root / "shared.db", POSTGRESQL))
    given: dict[str, Any] = {"database": url, "secret": SECRET, "durable": Durable.DBOS, "executor": "one"}
    world = a_world()
    with ExitStack() as stack:
        client, running = stack.enter_context(portal_in(root / "one", migrated_file, world, warm_cleaner(), **given))
        assert client.blocking_portal is not None
        address = stack.enter_context(served_world(world, client.blocking_portal.call))
        shared = {"database": url, "secret": SECRET, "world": address, "executor": "two", "works": "false"}
        two = Served(root / "two", shared)
        stack.callback(two.stop)
        two.start()
        yield Portal(client, running, world), two


def test_a_notice_made_in_one_reaches_the_page_at_the_other(portals: tuple[Portal, Served]) -> None:
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

    with two.http.stream("GET", "/api/events", headers=customer.headers) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: status"
        started = time.monotonic()
        one.now(tell)
        assert next(line for line in lines if line.startswith("event:")) == "event: notice"
        assert time.monotonic() - started < 5, "well before the page would have looked by itself"


def test_a_session_ended_in_one_is_refused_in_the_other(portals: tuple[Portal, Served]) -> None:
    one, two = portals
    customer = one.customer(email="noor@example.com")
    assert two.http.get("/api/me/status", headers=customer.headers).status_code == 200
    assert customer.post("/auth/logout").status_code in (200, 204)
    ended = time.monotonic()
    while two.http.get("/api/notifications", headers=customer.headers).status_code != 401:
        assert time.monotonic() - ended < REMEMBERED.total_seconds() + 1
        time.sleep(0.02)

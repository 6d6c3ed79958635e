"""Notices, the audit trail, numbers, flags, facts and small things are kept as the store promises."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from core.domain.ids import AccountId, ClientId, EsimId, NoticeId, OrderId, ServiceId, UserId
from core.domain.notice import NewNotice, Notice, NoticeType
from ports.store import AuditEntry, CardMonth, EsimRecord, Flag, Shelves, Store
from tests.contracts.people import HOUR, NOW, user

MINA, KEN = UserId("user-mina"), UserId("user-ken")


@pytest.fixture
async def shelves(store: Store) -> AsyncIterator[Shelves]:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.users.add(user("ken"))
        yield shelves


def news(version: str = "1", whose: UserId = MINA) -> NewNotice:
    return NewNotice(
        user=whose,
        type=NoticeType.ORDER_APPROVED,
        source_id="o1",
        version=version,
        values={"number": "00000101"},
        created_at=NOW,
    )


async def give(shelves: Shelves, count: int, whose: UserId = MINA) -> list[Notice]:
    given = [await shelves.notices.add(news(str(n), whose), NoticeId(f"{whose}-{n}")) for n in range(count)]
    return [notice for notice in given if notice is not None]


async def test_a_fact_is_told_once(shelves: Shelves) -> None:
    first = await shelves.notices.add(news(), NoticeId("n1"))
    assert first is not None
    assert first == Notice(
        id=NoticeId("n1"),
        position=first.position,
        user=MINA,
        type=NoticeType.ORDER_APPROVED,
        source_id="o1",
        values={"number": "00000101"},
        created_at=NOW,
    )
    assert await shelves.notices.add(news(), NoticeId("n2")) is None
    later = await shelves.notices.add(news("2"), NoticeId("n3"))
    assert later is not None
    assert later.position > first.position
    assert await shelves.notices.add(news(whose=KEN), NoticeId("n4")) is not None
    assert await shelves.notices.page(MINA, None, 10) == (later, first)


async def test_notices_are_paged_both_ways(shelves: Shelves) -> None:
    given = await give(shelves, 5)
    await give(shelves, 2, KEN)
    first = await shelves.notices.page(MINA, None, 2)
    assert first == (given[4], given[3])
    assert await shelves.notices.page(MINA, first[-1].position, 10) == (given[2], given[1], given[0])
    assert await shelves.notices.after(MINA, given[1].position, 2) == (given[2], given[3])
    assert await shelves.notices.after(MINA, given[4].position, 2) == ()


async def test_only_the_customers_own_notices_are_read_or_dismissed(shelves: Shelves) -> None:
    one, two, three = await give(shelves, 3)
    (kens,) = await give(shelves, 1, KEN)
    assert not await shelves.notices.read(MINA, kens.id, NOW)
    assert not await shelves.notices.dismiss(MINA, kens.id, NOW)
    assert not await shelves.notices.read(MINA, NoticeId("none"), NOW)
    assert await shelves.notices.unread(MINA) == 3
    assert await shelves.notices.read(MINA, one.id, NOW)
    assert await shelves.notices.read(MINA, one.id, NOW + HOUR)
    assert await shelves.notices.dismiss(MINA, two.id, NOW)
    assert await shelves.notices.unread(MINA) == 1
    assert [(n.id, n.read_at) for n in await shelves.notices.page(MINA, None, 9)] == [(three.id, None), (one.id, NOW)]
    assert two.id not in [n.id for n in await shelves.notices.after(MINA, 0, 9)]
    assert await shelves.notices.read_all(MINA, NOW) == 1
    assert await shelves.notices.unread(MINA) == 0
    assert await shelves.notices.unread(KEN) == 1


async def test_an_expired_notice_is_gone_and_its_fact_still_told_once(shelves: Shelves) -> None:
    (notice,) = await give(shelves, 1)
    assert await shelves.notices.expire(NOW) == 0
    assert await shelves.notices.expire(NOW + HOUR) == 1
    assert await shelves.notices.expire(NOW + HOUR) == 0
    assert await shelves.notices.page(MINA, None, 9) == ()
    assert await shelves.notices.after(MINA, 0, 9) == ()
    assert await shelves.notices.unread(MINA) == 0
    assert not await shelves.notices.read(MINA, notice.id, NOW)
    assert await shelves.notices.add(news("0"), NoticeId("again")) is None


async def test_the_audit_trail_is_read_newest_first(shelves: Shelves) -> None:
    lines = [
        AuditEntry(at=NOW, actor="user-mina", deed=f"deed_{n}", subject="order:o1", details={"n": str(n)})
        for n in range(3)
    ]
    for line in lines:
        await shelves.audit.write(line)
    await shelves.audit.write(AuditEntry(at=NOW, actor="system", deed="x", subject="order:o2", correlation="c"))
    assert await shelves.audit.of_subject("order:o1", 2) == (lines[2], lines[1])


async def test_customer_numbers_begin_once_and_never_repeat(store: Store) -> None:
    async with store.begin() as shelves:
        assert not await shelves.numbers.has_begun()
        with pytest.raises(LookupError):
            await shelves.numbers.next()
        await shelves.numbers.begin_above(1_000_041)
        await shelves.numbers.begin_above(2_000_000)
        assert await shelves.numbers.has_begun()

    async def next_number() -> int:
        async with store.begin() as shelves:
            return await shelves.numbers.next()

    numbers = await asyncio.gather(*(next_number() for _ in range(20)))
    assert sorted(numbers) == list(range(1_000_042, 1_000_062))


async def test_flags_are_set_and_set_again(shelves: Shelves) -> None:
    await shelves.flags.set(Flag("registration", 0))
    await shelves.flags.set(Flag("catalog", 10, ("a1", "a2")))
    await shelves.flags.set(Flag("registration", 50, ("a3",)))
    assert await shelves.flags.all() == (Flag("catalog", 10, ("a1", "a2")), Flag("registration", 50, ("a3",)))


async def test_places_in_streams_are_kept(shelves: Shelves) -> None:
    assert await shelves.facts.position("salesforce") is None
    await shelves.facts.set_position("salesforce", "7")
    await shelves.facts.set_position("whmcs", "1")
    await shelves.facts.set_position("salesforce", "8")
    assert await shelves.facts.position("salesforce") == "8"


async def test_what_was_learned_is_kept_until_the_next_version(shelves: Shelves) -> None:
    assert await shelves.facts.learned([]) == {}
    await shelves.facts.learn("order:o1", "Approved@1")
    await shelves.facts.learn("order:o2", "Approved@2")
    await shelves.facts.learn("order:o1", "Cancelled@3")
    assert await shelves.facts.learned(["order:o1", "order:o3"]) == {"order:o1": "Cancelled@3"}
    assert await shelves.facts.learned(["order:o2"]) == {"order:o2": "Approved@2"}


async def test_what_the_portal_wrote_is_no_later_than_what_was_learned_later(shelves: Shelves) -> None:
    asked, answered, again = "Pending@2026-01-20T01:00:00+00:00", "Eligible@2026-01-20T02:00:00+00:00", "Pending@-"
    await shelves.facts.learn_written("eligibility:a1", asked)
    assert await shelves.facts.learned(["eligibility:a1"]) == {"eligibility:a1": asked}
    await shelves.facts.learn_written("eligibility:a1", answered)
    await shelves.facts.learn_written("eligibility:a1", asked)
    assert await shelves.facts.learned(["eligibility:a1"]) == {"eligibility:a1": answered}
    await shelves.facts.learn_written("eligibility:a1", again)
    assert await shelves.facts.learned(["eligibility:a1"]) == {"eligibility:a1": again}


async def test_an_orders_esim_is_kept_and_replaced(shelves: Shelves) -> None:
    order, account, service = OrderId("o1"), AccountId("a1"), ServiceId("7")
    first = EsimRecord(order=order, account=account, esim=EsimId("e1"), qr="LPA:1$one")
    await shelves.things.keep_esim(first)
    assert await shelves.things.esim_of_order(order) == first
    assert await shelves.things.esim_of_service(account, service) is None
    second = EsimRecord(order=order, account=account, esim=EsimId("e2"), qr="LPA:1$two", service=service)
    await shelves.things.keep_esim(second)
    assert await shelves.things.esim_of_order(order) == second
    assert await shelves.things.esim_of_service(account, service) == second
    assert await shelves.things.esim_of_service(AccountId("a2"), service) is None


async def test_cards_are_found_by_when_they_were_read_and_when_they_end(shelves: Shelves) -> None:
    def card(client: str, whose: UserId, expires: str | None, day: int) -> CardMonth:
        return CardMonth(whose, ClientId(client), "4242" if expires else None, expires, date(2026, 1, day))

    mina, ken = card("1", MINA, "2026-02", 5), card("2", KEN, None, 3)
    clients = [each.client for each in await shelves.things.without_card(9)]
    assert len(clients) == 2
    assert [each.client for each in await shelves.things.without_card(1)] == clients[:1]
    await shelves.things.keep_card(CardMonth(MINA, clients[0], None, None, date(2026, 1, 9)))
    assert [each.client for each in await shelves.things.without_card(9)] == clients[1:]
    await shelves.things.keep_card(mina)
    await shelves.things.keep_card(ken)
    assert await shelves.things.cards_read_before(date(2026, 1, 6), 9) == (ken, mina)
    assert await shelves.things.cards_read_before(date(2026, 1, 6), 1) == (ken,)
    assert await shelves.things.cards_read_before(date(2026, 1, 5), 9) == (ken,)
    assert await shelves.things.cards_ending("2026-01") == ()
    assert await shelves.things.cards_ending("2026-02") == (mina,)
    ends = card("2", KEN, "2025-12", 7)
    await shelves.things.keep_card(ends)
    assert await shelves.things.cards_ending("2026-02") == (mina, ends)

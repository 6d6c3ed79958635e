"""Units of work that meet: on a server with many writers as on one with one, each sees what the one before left.

One goes first and stays open, a second begins meanwhile, and only then the first one ends. Each guard that makes the
second one wait, or keeps it from what is taken, has a test here that fails without it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.db.database import Database
from adapters.db.limits import SqlLimits
from adapters.db.unit_of_work import SqlStore
from core.domain.flags import Feature
from core.domain.ids import CustomerNumber, NoticeId, RequestId
from core.domain.limits import Limit, Limited
from core.domain.notice import NewNotice, NoticeType
from core.usecases.work.set_flag import SetFlag
from genkan.alarms import LoggedAlarms
from genkan.figures import AlarmCount
from ports.store import CHECKOUT, Flag, Intent, KeyState, RefreshTurn, Shelves
from tests.contracts.meeting import until_it_waits
from tests.contracts.people import DAY, HOUR, NOW, checkout, session, sign_up, user
from tests.worlds import a_world

Deed = Callable[[Shelves], Awaitable[Any]]
MINA = user().id


@pytest.fixture(autouse=True)
async def mina(store: SqlStore) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())


@pytest.fixture
async def other(database: Database) -> AsyncIterator[SqlStore]:
    """The store of another instance."""
    another = Database(database.url)
    yield SqlStore(another)
    await another.close()


async def one_in_the_other(store: SqlStore, first: Deed, second: Deed, *, undone: bool = False) -> tuple[Any, Any]:
    """What both answered: the second began when the first had done its deed, and was not over yet."""

    async def do() -> Any:
        async with store.begin() as shelves:
            return await second(shelves)

    waiting: asyncio.Task[Any] | None = None
    answered = None
    try:
        async with store.begin() as shelves:
            answered = await first(shelves)
            waiting = asyncio.create_task(do())
            await until_it_waits(store.database, waiting)
            if undone:
                raise LookupError
    except LookupError:
        pass
    assert waiting is not None
    return answered, await asyncio.wait_for(waiting, 5)


async def twenty_at_once(stores: tuple[SqlStore, ...], deed: Deed) -> list[Any]:
    async def do(number: int) -> Any:
        async with stores[number % len(stores)].begin() as shelves:
            return await deed(shelves)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(do(number)) for number in range(20)]
    return [task.result() for task in tasks]


def intent(request: str) -> Intent:
    return Intent(kind="order", subject="a", request=RequestId(request))


@pytest.mark.parametrize("undone", [False, True], ids=["kept", "undone"])
async def test_an_intent_is_held_by_whoever_came_first(store: SqlStore, undone: bool) -> None:
    answered = await one_in_the_other(
        store,
        lambda shelves: shelves.intents.take(intent("one"), NOW),
        lambda shelves: shelves.intents.take(intent("two"), NOW),
        undone=undone,
    )
    assert answered == ((None, None) if undone else (None, "one"))


async def test_who_is_told_that_an_intent_is_theirs_holds_it(store: SqlStore, other: SqlStore) -> None:
    async def instance(name: str, there: SqlStore) -> None:
        for _ in range(60):
            async with there.begin() as shelves:
                taken = await shelves.intents.take(intent(name), NOW) is None
            if taken:
                async with there.reading() as shelves:
                    assert await shelves.intents.holder("order", "a") == name
                async with there.begin() as shelves:
                    await shelves.intents.close("order", "a", RequestId(name))

    async with asyncio.TaskGroup() as group:
        for n in range(4):
            group.create_task(instance(str(n), (store, other)[n % 2]))


async def test_one_of_many_takes_a_key_and_the_others_wait_for_its_answer(store: SqlStore, other: SqlStore) -> None:
    taken = await twenty_at_once((store, other), lambda shelves: shelves.answers.take("mina", "k", "digest", NOW))
    assert Counter(each.state for each in taken) == {KeyState.FRESH: 1, KeyState.RUNNING: 19}


async def test_a_key_that_is_given_back_meanwhile_can_be_taken(store: SqlStore, other: SqlStore) -> None:
    async def instance(there: SqlStore) -> None:
        for _ in range(60):
            async with there.begin() as shelves:
                kept = await shelves.answers.take("mina", "k", "digest", NOW)
            assert kept.state in (KeyState.FRESH, KeyState.RUNNING)
            if kept.state is KeyState.FRESH:
                async with there.begin() as shelves:
                    await shelves.answers.give_back("mina", "k")

    async with asyncio.TaskGroup() as group:
        for n in range(4):
            group.create_task(instance((store, other)[n % 2]))


async def test_a_nonce_is_spent_once(store: SqlStore, other: SqlStore) -> None:
    spent = await twenty_at_once((store, other), lambda shelves: shelves.nonces.spend("key", "nonce", NOW))
    assert sum(spent) == 1


async def test_numbers_are_given_once_each_from_the_first_on(store: SqlStore, other: SqlStore) -> None:
    async def number(shelves: Shelves) -> int:
        await shelves.numbers.begin_above(1_000_000)
        return await shelves.numbers.next()

    assert sorted(await twenty_at_once((store, other), number)) == [*range(1_000_001, 1_000_021)]


async def test_a_refresh_that_is_sent_twice_at_once_goes_on_both_times(store: SqlStore) -> None:
    async with store.begin() as shelves:
        await shelves.sessions.add(session())

    def refreshed(turn: int) -> Deed:
        async def deed(shelves: Shelves) -> RefreshTurn:
            taken, *_ = await shelves.sessions.take_refresh("se1-refresh-1", NOW, "key", NOW - HOUR)
            if taken is RefreshTurn.GOOD:
                await shelves.sessions.renew(session(turn=turn))
            return taken

        return deed

    assert await one_in_the_other(store, refreshed(2), refreshed(3)) == (RefreshTurn.GOOD, RefreshTurn.GOOD)
    async with store.begin() as shelves:
        assert await shelves.sessions.is_open(session().id, NOW)
        replayed, *_ = await shelves.sessions.take_refresh("se1-refresh-2", NOW, None, NOW - HOUR)
        assert replayed is RefreshTurn.UNKNOWN, "what the first one was given is void"


async def test_a_refresh_token_without_a_key_is_taken_once(store: SqlStore) -> None:
    async with store.begin() as shelves:
        await shelves.sessions.add(session())

    def take(shelves: Shelves) -> Awaitable[Any]:
        return shelves.sessions.take_refresh("se1-refresh-1", NOW, None, NOW - HOUR)

    first, second = await one_in_the_other(store, take, take)
    assert (first[0], second[0]) == (RefreshTurn.GOOD, RefreshTurn.REPLAYED)


async def test_of_two_links_the_later_is_good_and_the_earlier_void(store: SqlStore) -> None:
    await one_in_the_other(
        store,
        lambda shelves: shelves.resets.add("one", MINA, NOW + HOUR),
        lambda shelves: shelves.resets.add("two", MINA, NOW + HOUR),
    )
    async with store.begin() as shelves:
        assert await shelves.resets.of_user(MINA) == ("two", NOW + HOUR)
        assert await shelves.resets.take("one", NOW) is None


async def test_a_page_that_saw_a_notice_saw_all_before_it(store: SqlStore) -> None:
    def notice(source: str) -> NewNotice:
        return NewNotice(user=MINA, type=NoticeType.SYSTEM_ANNOUNCEMENT, source_id=source, version="1", created_at=NOW)

    async def seen() -> list[str]:
        async with store.reading() as shelves:
            return [each.source_id for each in await shelves.notices.after(MINA, 0, 10)]

    async def second() -> None:
        async with store.begin() as shelves:
            await shelves.notices.add(notice("two"), NoticeId("two"))

    async with store.begin() as shelves:
        await shelves.notices.add(notice("one"), NoticeId("one"))
        waiting = asyncio.create_task(second())
        await until_it_waits(store.database, waiting)
        before = await seen()
    await asyncio.wait_for(waiting, 5)
    assert before == [], "a page would resume behind the second, and never hear of the first"
    assert await seen() == ["one", "two"]


async def test_the_same_fact_is_told_once(store: SqlStore, other: SqlStore) -> None:
    numbers = iter(range(20))
    notice = NewNotice(user=MINA, type=NoticeType.SYSTEM_ANNOUNCEMENT, source_id="one", version="1", created_at=NOW)
    told = await twenty_at_once(
        (store, other), lambda shelves: shelves.notices.add(notice, NoticeId(str(next(numbers))))
    )
    assert len([each for each in told if each is not None]) == 1


async def test_an_address_that_becomes_a_user_meanwhile_is_not_claimed(store: SqlStore) -> None:
    first, second = sign_up("s1", "new@example.com"), sign_up("s2", "new@example.com")
    async with store.begin() as shelves:
        await shelves.sign_ups.add(first)
        await shelves.sign_ups.add(second)
        assert await shelves.sign_ups.claim(first.id, first.canonical, NOW)

    async def settle(shelves: Shelves) -> None:
        await shelves.users.add(
            user("new", account="acc-new", canonical="new@example.com", number=CustomerNumber("P1"))
        )
        await shelves.sign_ups.settle(first.id, user("new").id)

    def claim(shelves: Shelves) -> Awaitable[bool]:
        return shelves.sign_ups.claim(second.id, second.canonical, NOW)

    assert (await one_in_the_other(store, settle, claim))[1] is False


async def test_every_try_of_a_code_counts(store: SqlStore, other: SqlStore) -> None:
    async with store.begin() as shelves:
        await shelves.sign_ups.add(sign_up())
    tries = await twenty_at_once((store, other), lambda shelves: shelves.sign_ups.take_attempt(sign_up().id))
    assert sorted(tries) == [*range(20)]


async def test_a_cart_that_is_claimed_takes_the_place_of_one_saved_at_the_same_time(store: SqlStore) -> None:
    async with store.begin() as shelves:
        await shelves.checkouts.save(checkout("anonymous", whose=None), "token")

    async def save(shelves: Shelves) -> bool:
        await shelves.alone(CHECKOUT, MINA)
        return await shelves.checkouts.save(checkout("saved"), None)

    saved, claimed = await one_in_the_other(store, save, lambda shelves: shelves.checkouts.claim("token", MINA, NOW))
    assert (saved, claimed.id) == (True, "anonymous")
    async with store.reading() as shelves:
        kept = await shelves.checkouts.of_user(MINA, NOW)
    assert kept is not None
    assert kept.id == "anonymous"


async def test_a_cart_that_two_claim_at_once_is_one_customers(store: SqlStore) -> None:
    ken = user("ken", number=CustomerNumber("P1000002"))
    async with store.begin() as shelves:
        await shelves.users.add(ken)
        await shelves.checkouts.save(checkout("anonymous", whose=None), "token")
    mine, theirs = await one_in_the_other(
        store,
        lambda shelves: shelves.checkouts.claim("token", MINA, NOW),
        lambda shelves: shelves.checkouts.claim("token", ken.id, NOW),
    )
    assert (mine.user, theirs) == (MINA, None)


async def test_a_checkout_is_submitted_once(store: SqlStore, other: SqlStore) -> None:
    async with store.begin() as shelves:
        await shelves.checkouts.save(checkout(), None)
    submitted = await twenty_at_once(
        (store, other), lambda shelves: shelves.checkouts.submit(checkout().id, MINA, RequestId("r"), NOW)
    )
    assert sum(submitted) == 1


async def test_who_is_alone_is_alone_until_the_end(store: SqlStore) -> None:
    order: list[str] = []

    def alone(name: str, *what: str) -> Deed:
        async def deed(shelves: Shelves) -> None:
            await shelves.alone(*what)
            order.append(name)
            await asyncio.sleep(0.01)
            order.append(name)

        return deed

    async def do(deed: Deed) -> None:
        async with store.begin() as shelves:
            await deed(shelves)
            await asyncio.sleep(0.02)

    await asyncio.gather(*(do(alone(name, "checkout", MINA)) for name in "abcd"))
    assert order == [each for name in order[::2] for each in (name, name)]


async def test_the_same_alarm_is_raised_once(store: SqlStore, other: SqlStore) -> None:
    clock, count = a_world().clock, AlarmCount()
    alarms = [LoggedAlarms(each, clock, count) for each in (store, other)]
    await asyncio.gather(*(alarms[n % 2].raise_alarm("orphans_weekly", "subject") for n in range(10)))
    async with store.reading() as shelves:
        assert len(await shelves.audit.of_subject("subject", 20)) == 1


async def test_instances_count_together(store: SqlStore, other: SqlStore) -> None:
    rules = {Limited.LOG_IN: Limit(5, timedelta(minutes=1))}
    both = [SqlLimits(each.database, lambda subject: f"#{subject}", rules) for each in (store, other)]
    taken = await asyncio.gather(*(both[n % 2].take(Limited.LOG_IN, "a", NOW) for n in range(20)))
    assert Counter(wait is None for wait in taken) == {True: 5, False: 15}
    assert await both[0].take(Limited.LOG_IN, "a", NOW + DAY) is None


async def test_two_who_switch_a_flag_at_once_both_have_their_way(store: SqlStore, other: SqlStore) -> None:
    name = Feature.REGISTRATION.value
    async with store.begin() as shelves:
        await shelves.alone("flag", name)
        await shelves.flags.set(Flag(name, 50))
        waiting = asyncio.create_task(SetFlag(other, a_world().clock)(Feature.REGISTRATION, None, ("a",)))
        await until_it_waits(store.database, waiting)
    assert await asyncio.wait_for(waiting, 5) == Flag(name, 50, ("a",))

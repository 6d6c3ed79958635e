"""Requests, intents, idempotency keys and nonces are kept as the store promises (T-2, T-3, T-4)."""

import asyncio

from adapters.db.database import Database
from adapters.db.unit_of_work import SqlStore
from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.work import ASKED_UNDER, Job, WorkKind
from ports.store import JOB, Intent, KeptAnswer, KeyState, Request, Store
from tests.contracts.people import HOUR, NOW

R1, R2 = RequestId("r1"), RequestId("r2")


def intent(request: RequestId, kind: str = "internet_check", subject: str = "a1") -> Intent:
    return Intent(kind=kind, subject=subject, request=request)


def request(id: str, owner: str | None = "mina") -> Request:
    whose = None if owner is None else UserId(f"user-{owner}")
    job = Job(key=RequestKey(f"job-{id}"), kind=WorkKind.PLACE_ORDERS, data={"cart": [1]}, owner=whose, lane="a1")
    return Request(id=RequestId(id), owner=whose, about="orders", job=job, created_at=NOW)


async def test_an_intent_is_held_by_one_request(store: Store) -> None:
    async with store.begin() as shelves:
        assert await shelves.intents.take(intent(R1), NOW) is None
        assert await shelves.intents.take(intent(R2), NOW) == R1
        assert await shelves.intents.take(intent(R1), NOW) == R1
        assert await shelves.intents.take(intent(R2, subject="a2"), NOW) is None
        assert await shelves.intents.take(intent(R2, kind="order"), NOW) is None
        assert await shelves.intents.holder("internet_check", "a1") == R1
        assert await shelves.intents.open("internet_check") == (intent(R1), intent(R2, subject="a2"))
        await shelves.intents.close("internet_check", "a1", R2)
        assert await shelves.intents.holder("internet_check", "a1") == R1
        await shelves.intents.close("internet_check", "a1", R1)
        assert await shelves.intents.holder("internet_check", "a1") is None
        await shelves.intents.close("internet_check", "a2")
        assert await shelves.intents.take(intent(R1, subject="a2"), NOW) is None


async def test_who_holds_several_intents_is_read_at_once(store: Store) -> None:
    async with store.begin() as shelves:
        job = RequestKey("job-r1")
        assert await shelves.intents.held({"internet_check": "a1", "order": "a1"}, job) == {}
        await shelves.requests.add(request("r1"))
        await shelves.intents.take(intent(R1), NOW)
        await shelves.intents.take(intent(R2, "order", "a2"), NOW)
        await shelves.intents.take(intent(R2, "profile"), NOW)
        await shelves.intents.worked(R2, {"order"}, NOW + HOUR)
        held = await shelves.intents.held({"internet_check": "a1", "order": "a2", "profile": "a1"}, job)
        assert held == {"internet_check": (R1, None), "order": (R2, NOW + HOUR), JOB: (R1, None)}
        assert [held["internet_check"].since(at) for at in (None, NOW + 2 * HOUR)] == [R1, R1]
        assert [held["order"].since(at) for at in (None, NOW + HOUR, NOW + 2 * HOUR)] == [R2, R2, None]


async def test_of_twenty_that_want_the_same_one_gets_it(store: Store) -> None:
    async def take(request: RequestId) -> RequestId | None:
        async with store.begin() as shelves:
            holder = await shelves.intents.take(intent(request), NOW)
            await asyncio.sleep(0)
            return holder

    wanting = [RequestId(f"r{n}") for n in range(20)]
    holders = await asyncio.gather(*map(take, wanting))
    assert holders.count(None) == 1
    winner = wanting[holders.index(None)]
    assert {holder for holder in holders if holder} == {winner}


async def test_what_a_request_held_is_given_back_but_for_what_lasts(store: Store) -> None:
    async with store.begin() as shelves:
        for kind in ("profile", "internet_check", "order"):
            await shelves.intents.take(intent(R1, kind), NOW)
            await shelves.intents.take(intent(R2, kind, "a2"), NOW)
        await shelves.intents.worked(R1, {"internet_check", "order"}, NOW + HOUR)
        assert await shelves.intents.holder("profile", "a1") is None
        assert await shelves.intents.holder("order", "a1") == R1
        assert await shelves.intents.holder("profile", "a2") == R2
        # the other's work goes on, so its intent is not closed however long ago it was taken
        await shelves.intents.close_before("order", NOW + HOUR)
        assert await shelves.intents.holder("order", "a1") == R1
        await shelves.intents.close_before("order", NOW + 2 * HOUR)
        assert await shelves.intents.holder("order", "a1") is None
        assert await shelves.intents.holder("order", "a2") == R2
        assert await shelves.intents.holder("internet_check", "a1") == R1
        await shelves.intents.worked(R1, frozenset(), NOW)
        assert await shelves.intents.holder("internet_check", "a1") is None


async def test_a_request_is_found_by_its_owner_only(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.requests.add(request("r1"))
        await shelves.requests.add(request("r2", owner=None))
        assert await shelves.requests.find(R1, UserId("user-mina")) == request("r1")
        assert await shelves.requests.find(R1, UserId("user-ken")) is None
        assert await shelves.requests.find(R1, None) is None
        assert await shelves.requests.find(R2, None) == request("r2", owner=None)
        assert await shelves.requests.find(R2, UserId("user-ken")) == request("r2", owner=None)
        assert await shelves.requests.by_job(RequestKey("job-r1")) == request("r1")
        assert await shelves.requests.by_job(RequestKey("job-r3")) is None


async def test_a_request_answers_its_own_job_before_what_was_asked_under_another_key(store: Store) -> None:
    own, other, nobodys = RequestKey("job-r1"), RequestKey("k2"), RequestKey("k3")
    async with store.begin() as shelves:
        await shelves.requests.add(request("r1"))
        await shelves.requests.add(request("r2"))
        await shelves.intents.take(Intent(kind=ASKED_UNDER, subject=other, request=R2), NOW)
        await shelves.intents.take(Intent(kind="order", subject=nobodys, request=R2), NOW)
        assert await shelves.requests.answering(own, other) == request("r1")
        assert await shelves.requests.answering(nobodys, other) == request("r2")
        assert await shelves.requests.answering(own, own) == request("r1")
        assert await shelves.requests.answering(nobodys, nobodys) is None


async def test_requests_whose_work_never_began_are_listed(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.requests.add(request("r1"))
        await shelves.requests.add(request("r2"))
        await shelves.requests.started(R1, NOW)
        assert await shelves.requests.unstarted(NOW) == ()
        assert await shelves.requests.unstarted(NOW + HOUR) == (request("r2"),)


async def test_a_key_is_taken_once_and_its_answer_repeated(store: Store) -> None:
    async with store.begin() as shelves:
        take = shelves.answers.take
        assert (await take("mina", "k", "digest", NOW)).state is KeyState.FRESH
        running = await take("mina", "k", "digest", NOW + HOUR)
        assert (running.state, running.taken_at) == (KeyState.RUNNING, NOW)
        assert (await take("mina", "k", "other", NOW)).state is KeyState.DIFFERENT
        assert (await take("ken", "k", "other", NOW)).state is KeyState.FRESH
        await shelves.answers.keep("mina", "k", 201, b'{"id":"\xff"}', {"location": "/x"})
        assert await take("mina", "k", "digest", NOW) == KeptAnswer(
            state=KeyState.ANSWERED, status=201, body=b'{"id":"\xff"}', headers={"location": "/x"}, taken_at=NOW
        )
        assert (await take("mina", "k", "other", NOW)).state is KeyState.DIFFERENT


async def test_a_key_left_behind_is_taken_as_long_running_and_stays_for_the_same_body(store: Store) -> None:
    async with store.begin() as shelves:
        take = shelves.answers.take
        for key in ("answered", "left"):
            await take("mina", key, "digest", NOW + HOUR)
        await shelves.answers.keep("mina", "answered", 200, b"", {})
        assert await shelves.answers.leave_running(NOW) == 1
        left = await take("mina", "left", "digest", NOW + HOUR)
        assert (left.state, left.taken_at) == (KeyState.RUNNING, NOW)
        assert (await take("mina", "left", "other", NOW)).state is KeyState.DIFFERENT
        assert (await take("mina", "answered", "digest", NOW)).taken_at == NOW + HOUR


async def test_a_key_left_behind_by_one_process_leaves_the_keys_of_others(database: Database) -> None:
    for name in ("one", "two"):
        async with SqlStore(database, holder=name).begin() as shelves:
            await shelves.answers.take("mina", name, "digest", NOW + HOUR)
    async with SqlStore(database).begin() as shelves:
        assert await shelves.answers.leave_running(NOW, "one") == 1
        taken = [(await shelves.answers.take("mina", name, "digest", NOW)).taken_at for name in ("one", "two")]
        assert taken == [NOW, NOW + HOUR]


async def test_a_key_of_a_refused_request_can_be_used_again(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.answers.take("mina", "k", "digest", NOW)
        await shelves.answers.give_back("mina", "k")
        assert (await shelves.answers.take("mina", "k", "other", NOW)).state is KeyState.FRESH
        await shelves.answers.keep("mina", "k", 200, b"", {})
        await shelves.answers.give_back("mina", "k")
        assert (await shelves.answers.take("mina", "k", "other", NOW)).state is KeyState.ANSWERED


async def test_a_key_whose_work_goes_on_stays_its_requests(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.answers.take("mina", "k", "digest", NOW)
        await shelves.answers.leave_open("mina", "k")
        left = await shelves.answers.take("mina", "k", "digest", NOW + HOUR)
        assert (left.state, left.taken_at) == (KeyState.OPEN, NOW)
        assert (await shelves.answers.take("mina", "k", "other", NOW)).state is KeyState.DIFFERENT
        await shelves.answers.keep("mina", "k", 201, b"{}", {})
        await shelves.answers.leave_open("mina", "k")
        assert (await shelves.answers.take("mina", "k", "digest", NOW)).state is KeyState.ANSWERED
        await shelves.answers.take("mina", "k2", "digest", NOW)
        await shelves.answers.leave_open("mina", "k2")
        await shelves.answers.give_back("mina", "k2")
        assert (await shelves.answers.take("mina", "k2", "other", NOW)).state is KeyState.FRESH


async def test_old_keys_and_nonces_are_forgotten(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.answers.take("mina", "old", "digest", NOW)
        await shelves.answers.take("mina", "new", "digest", NOW + HOUR)
        assert await shelves.answers.forget_before(NOW + HOUR) == 1
        assert (await shelves.answers.take("mina", "new", "digest", NOW)).state is KeyState.RUNNING
        assert await shelves.nonces.spend("key", "old", NOW)
        assert await shelves.nonces.spend("key", "new", NOW + HOUR)
        assert await shelves.nonces.forget_before(NOW + HOUR) == 1
        assert await shelves.nonces.spend("key", "old", NOW)
        assert not await shelves.nonces.spend("key", "new", NOW)


async def test_a_nonce_is_spent_once_for_each_key(store: Store) -> None:
    async with store.begin() as shelves:
        assert await shelves.nonces.spend("key", "n", NOW)
        assert not await shelves.nonces.spend("key", "n", NOW)
        assert await shelves.nonces.spend("other", "n", NOW)

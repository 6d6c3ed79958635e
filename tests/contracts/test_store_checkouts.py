"""Saved checkouts are kept as the store promises (ORD-5, ORD-7)."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from core.domain.checkout import CheckoutStep
from core.domain.ids import CheckoutId, RequestId, UserId
from core.domain.session import UserState
from ports.store import Shelves, Store
from tests.contracts.people import DAY, HOUR, NOW, checkout, user

MINA = UserId("user-mina")
C1 = CheckoutId("c1")


@pytest.fixture
async def shelves(store: Store) -> AsyncIterator[Shelves]:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.users.add(user("ken"))
        yield shelves


async def test_a_checkout_is_kept_whole(shelves: Shelves) -> None:
    assert await shelves.checkouts.save(checkout(), None)
    assert await shelves.checkouts.of_user(MINA, NOW) == checkout()
    assert await shelves.checkouts.of_user(UserId("user-ken"), NOW) is None
    assert await shelves.checkouts.of_user(MINA, NOW + 30 * DAY) is None


async def test_of_two_tabs_the_first_to_save_a_version_wins(shelves: Shelves) -> None:
    assert await shelves.checkouts.save(checkout(), None)
    second = checkout(version=2, step=CheckoutStep.PAYMENT, address=None, seen=None, changed_at=NOW + HOUR)
    assert await shelves.checkouts.save(second, None)
    assert not await shelves.checkouts.save(checkout(version=2, step=CheckoutStep.CHECK), None)
    assert not await shelves.checkouts.save(checkout(version=1), None)
    assert await shelves.checkouts.of_user(MINA, NOW) == second


async def test_a_new_checkout_stands_in_for_the_users_old_one(shelves: Shelves) -> None:
    await shelves.checkouts.save(checkout("c1"), None)
    assert await shelves.checkouts.save(checkout("c2"), None)
    assert await shelves.checkouts.of_user(MINA, NOW) == checkout("c2")


async def test_an_anonymous_checkout_is_found_by_its_token_until_it_is_claimed(shelves: Shelves) -> None:
    await shelves.checkouts.save(checkout("mine"), None)
    await shelves.checkouts.save(checkout("anon", None), "token")
    assert await shelves.checkouts.by_token("token", NOW) == checkout("anon", None)
    assert await shelves.checkouts.by_token("token", NOW + 30 * DAY) is None
    assert await shelves.checkouts.by_token("other", NOW) is None
    assert await shelves.checkouts.claim("token", MINA, NOW) == checkout("anon")
    assert await shelves.checkouts.of_user(MINA, NOW) == checkout("anon")
    assert await shelves.checkouts.by_token("token", NOW) is None
    assert await shelves.checkouts.claim("token", UserId("user-ken"), NOW) is None


async def test_claiming_nothing_leaves_what_the_user_has(shelves: Shelves) -> None:
    await shelves.checkouts.save(checkout("mine"), None)
    assert await shelves.checkouts.claim("none", MINA, NOW) is None
    assert await shelves.checkouts.of_user(MINA, NOW) == checkout("mine")


async def test_a_checkout_is_submitted_once_by_its_user(shelves: Shelves) -> None:
    await shelves.checkouts.save(checkout(), None)
    assert not await shelves.checkouts.submit(C1, UserId("user-ken"), RequestId("r0"), NOW)
    assert await shelves.checkouts.submit(C1, MINA, RequestId("r1"), NOW)
    assert not await shelves.checkouts.submit(C1, MINA, RequestId("r2"), NOW)
    submitted = msgspec.structs.replace(checkout(), submitted_at=NOW, request=RequestId("r1"))
    assert await shelves.checkouts.of_user(MINA, NOW) == submitted
    assert not await shelves.checkouts.save(checkout(version=2), None)
    await shelves.checkouts.reopen(C1)
    assert await shelves.checkouts.of_user(MINA, NOW) == checkout()
    assert await shelves.checkouts.submit(C1, MINA, RequestId("r2"), NOW)


async def test_a_checkout_is_removed_by_its_owner_or_its_token(shelves: Shelves) -> None:
    await shelves.checkouts.save(checkout("mine"), None)
    await shelves.checkouts.save(checkout("anon", None), "token")
    await shelves.checkouts.remove(None, "other")
    await shelves.checkouts.remove(UserId("user-ken"), None)
    assert await shelves.checkouts.by_token("token", NOW)
    assert await shelves.checkouts.of_user(MINA, NOW)
    await shelves.checkouts.remove(MINA, "token")
    assert await shelves.checkouts.by_token("token", NOW) is None
    assert await shelves.checkouts.of_user(MINA, NOW) is None


async def test_a_checkout_left_by_a_consenting_customer_is_reminded_once(shelves: Shelves) -> None:
    for name, changes in (("quiet", {"marketing_consent": False}), ("barred", {"state": UserState.BARRED})):
        await shelves.users.add(user(name, **changes))
        await shelves.checkouts.save(checkout(name, name), None)
    await shelves.checkouts.save(checkout("anon", None), "token")
    await shelves.checkouts.save(checkout("c1", changed_at=NOW - HOUR), None)
    await shelves.checkouts.save(checkout("c2", "ken"), None)
    left = await shelves.checkouts.abandoned(NOW + HOUR, 10)
    assert [c.id for c in left] == ["c1", "c2"]
    assert [c.id for c in await shelves.checkouts.abandoned(NOW + HOUR, 1)] == ["c1"]
    assert [c.id for c in await shelves.checkouts.abandoned(NOW, 10)] == ["c1"]
    assert await shelves.checkouts.reminded(C1, NOW)
    assert not await shelves.checkouts.reminded(C1, NOW)
    await shelves.checkouts.submit(CheckoutId("c2"), UserId("user-ken"), RequestId("r"), NOW)
    assert await shelves.checkouts.abandoned(NOW + HOUR, 10) == ()


async def test_checkouts_that_are_over_are_forgotten(shelves: Shelves) -> None:
    await shelves.checkouts.save(checkout("c1"), None)
    await shelves.checkouts.save(checkout("c2", "ken", expires_at=NOW + 40 * DAY), None)
    assert await shelves.checkouts.forget_before(NOW + 31 * DAY) == 1
    assert await shelves.checkouts.of_user(UserId("user-ken"), NOW)
    assert await shelves.checkouts.of_user(MINA, NOW) is None

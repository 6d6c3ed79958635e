"""What has served its time is forgotten, each by its own life (T-2, T-4, ORD-7)."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.domain.account import Person, Phone
from core.domain.ids import AccountId, SignUpId
from core.domain.japan import tokyo_date
from core.domain.words import Language
from core.usecases.work.forget_old import ForgetOld
from ports.store import KeyState, SignUp
from tests.usecases.service_house import ServiceHouse, a_house
from tests.usecases.shop import VPN


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path) as house:
        yield house


def a_sign_up(house: ServiceHouse) -> SignUp:
    now = house.clock.now()
    return SignUp(
        id=SignUpId("s"),
        email="ken@example.com",
        canonical="ken@example.com",
        password="-",
        person=Person(first_name="Ken", last_name="Ito"),
        phone=Phone("81", "9012345678"),
        marketing_consent=False,
        terms_version=house.policy.terms_version,
        terms_accepted_at=now,
        language=Language.EN,
        created_at=now,
        expires_at=now + house.policy.sign_up_code_life,
    )


async def test_each_thing_is_known_for_its_life_and_no_longer(house: ServiceHouse) -> None:
    policy, now = house.policy, house.clock.now()
    mina = await house.customer()
    await house.saved(mina, VPN)
    async with house.store.begin() as shelves:
        await shelves.answers.take("user:u", "key", "digest", now)
        await shelves.nonces.spend("first", "nonce-0123456789", now)
        await shelves.sign_ups.add(a_sign_up(house))
    forget = ForgetOld(house.store, house.clock, policy)

    async def known() -> dict[str, bool]:
        async with house.store.begin() as shelves:
            return {
                "key": (await shelves.answers.take("user:u", "key", "another", now)).state is KeyState.DIFFERENT,
                "nonce": not await shelves.nonces.spend("first", "nonce-0123456789", now),
                "sign-up": await shelves.sign_ups.find(SignUpId("s")) is not None,
                "checkout": await shelves.checkouts.of_user(mina.user, now) is not None,
            }

    assert await forget() == 0
    assert all((await known()).values())
    lives = {
        "nonce": policy.nonce_life,
        "sign-up": policy.sign_up_life + policy.sign_up_code_life,
        "key": policy.key_life,
        "checkout": policy.checkout_life,
    }
    for life in sorted(set(lives.values())):
        names = {name for name, its in lives.items() if its == life}
        house.clock.set(now + life - timedelta(minutes=1))
        await forget()
        still = await known()
        assert all(still[name] for name in names), names
        house.clock.set(now + life + timedelta(minutes=1))
        assert await forget() >= len(names), names
        still = await known()
        assert not any(still[name] for name in names), names


async def test_a_no_is_known_until_the_address_may_be_asked_again(house: ServiceHouse) -> None:
    account, given = AccountId("001000000000001AAA"), tokyo_date(house.clock.now())
    forget = ForgetOld(house.store, house.clock, house.policy)

    async def known(place: str) -> date | None:
        async with house.store.reading() as shelves:
            return await shelves.things.no_of(account, place)

    async with house.store.begin() as shelves:
        await shelves.things.keep_no(account, "here", given - timedelta(days=1))
        await shelves.things.keep_no(account, "here", given)
    assert await known("there") is None
    house.clock.advance(house.policy.ask_again_after)
    await forget()
    assert await known("here") == given
    house.clock.advance(timedelta(days=1))
    await forget()
    assert await known("here") is None

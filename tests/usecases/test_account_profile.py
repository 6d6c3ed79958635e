"""What customers see and change of themselves, and the door to billing (ACC-6, ACC-10, ACC-11, SRV-3)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.salesforce.eligibility_desk import FakeEligibilityDesk
from adapters.fakes.salesforce.identity_desk import FakeIdentityDesk
from core.domain.account import Address, Gender, Person, Phone
from core.domain.eligibility import EligibilityStatus
from core.domain.profile import ProfileChange
from core.domain.refusals import Invalid, SaveRefused, StillRunning
from core.domain.session import Session
from core.domain.words import Language
from core.domain.work import WorkKind, WorkState
from core.usecases.account.read_profile import ReadProfile
from ports.durable import DurableWork
from ports.errors import Rejected
from tests.usecases.account_house import ADDRESS, House, a_house, a_quiet_house
from tests.usecases.killing import kill_at_every_point

ELSEWHERE = Address("150-0001", "Tokyo", "Shibuya-ku", "Jingumae 4-12-10")
PHONE = Phone("81", "8011112222")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


def reading(house: House) -> ReadProfile:
    return ReadProfile(house.store, house.registry, FakeEligibilityDesk(house.world), FakeIdentityDesk(house.world))


async def held(
    house: House, session: Session
) -> tuple[tuple[Phone | None, str | None], tuple[Phone | None, str | None]]:
    """Phone and place, as the CRM and as billing hold them."""
    profile = await house.registry.profile(session.account)
    client = await house.clients.find(session.client)
    assert profile is not None
    assert client is not None
    return (
        (profile.phone, profile.address.town if profile.address else None),
        (client.phone, client.address.town if client.address else None),
    )


async def test_the_page_shows_what_was_signed_up_with(house: House) -> None:
    person = Person(
        first_name="Mina", last_name="Okafor", birth_date=date(1994, 5, 6), gender=Gender.FEMALE, nationality="Nigeria"
    )
    session = await house.customer(person=person, marketing_consent=True, language=Language.JA)
    page = await reading(house)(session)
    assert (page.profile.number, page.profile.email) == ("P1000001", "mina@example.com")
    assert (page.profile.person.birth_date, page.profile.person.gender) == (date(1994, 5, 6), Gender.FEMALE)
    assert page.profile.address == ADDRESS
    assert (page.language, page.marketing_consent) == (Language.JA, True)
    assert page.eligibility.status == "Not Requested"
    assert page.identity.status == "Not Submitted"
    assert page.saving is None


async def test_phone_and_address_are_held_by_both_systems(house: House) -> None:
    session = await house.customer()
    reply = await house.save_profile(
        session, ProfileChange(phone=Phone("81", "０８０-1111-2222"), address=ELSEWHERE), house.key()
    )
    assert reply is not None
    assert reply.work.state is WorkState.DONE
    crm, billing = await held(house, session)
    assert crm == billing == (PHONE, ELSEWHERE.town)
    assert set(house.caches.dropped) == {session.account, session.client}


async def test_an_answer_from_before_addresses_were_kept_does_not_move_along(house: House) -> None:
    session = await house.customer()
    await StaffDesk(house.world).answer_availability(session.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    await house.save_profile(session, ProfileChange(address=ELSEWHERE), house.key())
    standing = await FakeEligibilityDesk(house.world).standing(session.account)
    assert standing.opens_gate(ADDRESS)
    assert not standing.opens_gate(ELSEWHERE)


async def test_a_change_is_shown_as_being_saved_until_both_hold_it(house: House) -> None:
    session = await house.customer()
    house.world.faults.switch("salesforce", "save_details", "unavailable")
    house.use(house.runner, wait=0.05)
    reply = await house.save_profile(session, ProfileChange(phone=PHONE), house.key())
    assert reply is not None
    assert reply.work.state is WorkState.IN_PROGRESS
    page = await reading(house)(session)
    assert page.saving is not None
    assert (page.saving.request, page.saving.phone, page.saving.address) == (reply.request, PHONE, None)
    assert page.profile.phone != PHONE

    again = await house.save_profile(session, ProfileChange(phone=PHONE), house.key())
    assert again is not None
    assert again.request == reply.request, "the same change is the same request"
    with pytest.raises(StillRunning):
        await house.save_profile(session, ProfileChange(address=ELSEWHERE, language=Language.JA), house.key())
    assert (await reading(house)(session)).language is Language.EN

    house.world.faults.clear()
    await house.settled()
    page = await reading(house)(session)
    assert page.saving is None
    assert page.profile.phone == PHONE


@pytest.mark.parametrize("system", ["crm", "billing"])
async def test_a_refusal_by_one_restores_the_other_and_says_so(house: House, system: str) -> None:
    session = await house.customer()
    before = await held(house, session)

    if system == "crm":
        house.registry = Refusing(house.registry)  # type: ignore[assignment]
    else:
        house.clients = Refusing(house.clients)  # type: ignore[assignment]
    house.runner.bind(house.handlers(house.runner))
    change = ProfileChange(phone=PHONE, address=ELSEWHERE, language=Language.JA)
    reply = await house.save_profile(session, change, house.key())
    assert reply is not None
    assert (reply.work.state, reply.work.code) == (WorkState.REFUSED, SaveRefused.code)
    assert reply.work.result["system"] == system
    assert await held(house, session) == before
    page = await reading(house)(session)
    assert (page.saving, page.language) == (None, Language.EN)


@pytest.mark.parametrize("system", ["crm", "billing"])
async def test_a_refusal_leaves_nothing_where_nothing_was(house: House, system: str) -> None:
    session = await house.customer(address=None)
    if system == "crm":
        house.registry = Refusing(house.registry)  # type: ignore[assignment]
    else:
        house.clients = Refusing(house.clients)  # type: ignore[assignment]
    house.runner.bind(house.handlers(house.runner))
    reply = await house.save_profile(session, ProfileChange(phone=PHONE, address=ELSEWHERE), house.key())
    assert reply is not None
    assert reply.work.state is WorkState.REFUSED
    assert await held(house, session) == ((Phone("81", "9012345678"), None),) * 2


async def test_consent_is_the_same_in_billing(house: House) -> None:
    session = await house.customer(marketing_consent=True)
    for consent in (False, True):
        reply = await house.save_profile(session, ProfileChange(marketing_consent=consent), house.key())
        assert reply is not None
        assert reply.work.state is WorkState.DONE
        client, user = await house.clients.find(session.client), await house.user()
        assert client is not None
        assert user is not None
        assert client.marketing_consent is user.marketing_consent is consent


async def test_consent_that_billing_refuses_to_keep_is_put_back(house: House) -> None:
    session = await house.customer(marketing_consent=True)
    house.registry = Refusing(house.registry)  # type: ignore[assignment]
    house.runner.bind(house.handlers(house.runner))
    change = ProfileChange(phone=PHONE, marketing_consent=False)
    reply = await house.save_profile(session, change, house.key())
    assert reply is not None
    assert reply.work.state is WorkState.REFUSED
    client, user = await house.clients.find(session.client), await house.user()
    assert client is not None
    assert user is not None
    assert client.marketing_consent is user.marketing_consent is True


async def test_a_birth_date_is_added_once_and_stays(house: House) -> None:
    session = await house.customer()
    born = date(1994, 5, 6)
    for change in (ProfileChange(birth_date=born), ProfileChange(birth_date=born, language=Language.JA)):
        await house.save_profile(session, change, house.key())
        profile = await house.registry.profile(session.account)
        assert profile is not None
        assert profile.person.birth_date == born
    user = await house.user()
    assert user is not None
    assert user.language is Language.JA, "the same date again is no fault"
    with pytest.raises(Invalid) as refused:
        await house.save_profile(session, ProfileChange(birth_date=date(1995, 5, 6)), house.key())
    assert [(f.field, f.code) for f in refused.value.faults] == [("birthDate", "held_already")]


async def test_a_birth_date_that_staff_wrote_meanwhile_stays(house: House) -> None:
    session = await house.customer()
    house.world.faults.switch("salesforce", "save_details", "unavailable")
    house.use(house.runner, wait=0.05)
    change = ProfileChange(birth_date=date(1994, 5, 6), phone=PHONE)
    reply = await house.save_profile(session, change, house.key())
    page = await reading(house)(session)
    assert page.saving is not None
    assert page.saving.birth_date == date(1994, 5, 6)
    house.world.records.update("contact", session.contact, {"birth_date": date(1990, 1, 1)}, by="staff")
    house.world.faults.clear()
    await house.settled()
    assert reply is not None
    work = await house.runner.outcome(reply.work.key, 0)
    assert work is not None
    assert (work.state, work.code) == (WorkState.REFUSED, SaveRefused.code)
    profile, client = await house.registry.profile(session.account), await house.clients.find(session.client)
    assert profile is not None
    assert client is not None
    assert profile.person.birth_date == date(1990, 1, 1)
    assert profile.phone == client.phone == Phone("81", "9012345678")


async def test_what_the_portal_alone_keeps_is_changed_at_once(house: House) -> None:
    session = await house.customer()
    change = ProfileChange(language=Language.JA, terms_version=house.policy.terms_version)
    house.world.clock.advance(timedelta(days=1))
    before = dict(house.world.calls)
    assert await house.save_profile(session, change, house.key()) is None
    assert dict(house.world.calls) == before
    user = await house.user()
    assert user is not None
    assert user.language is Language.JA
    assert house.clock.now() - user.terms_accepted_at < timedelta(minutes=1)


async def test_a_wrong_field_leaves_nothing_behind(house: House) -> None:
    session = await house.customer()
    before = await held(house, session)
    change = ProfileChange(
        phone=PHONE, address=Address("1", "Nowhere", "", ""), language=Language.JA, terms_version="1999"
    )
    with pytest.raises(Invalid) as refused:
        await house.save_profile(session, change, house.key())
    assert {f.field for f in refused.value.faults} == {
        "address.postcode",
        "address.prefecture",
        "address.city",
        "address.town",
        "termsVersion",
    }
    assert await held(house, session) == before
    user = await house.user()
    assert user is not None
    assert user.language is Language.EN


async def test_twenty_changes_at_once_leave_both_systems_the_same(house: House) -> None:
    session = await house.customer()
    changes = [ProfileChange(phone=Phone("81", f"80111122{number:02d}")) for number in range(20)]
    await asyncio.gather(
        *(house.save_profile(session, change, house.key()) for change in changes), return_exceptions=True
    )
    await house.settled()
    crm, billing = await held(house, session)
    assert crm == billing


@pytest.mark.slow
@pytest.mark.parametrize("refused", [False, True])
async def test_both_systems_agree_wherever_the_portal_dies(tmp_path: Path, refused: bool) -> None:
    def moving() -> AbstractAsyncContextManager[tuple[House, Session]]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[tuple[House, Session]]:
            async with a_quiet_house(tmp_path) as house:
                await house.runner.open()
                session = await house.customer()
                await house.runner.stop(0)
                if refused:
                    house.registry = Refusing(house.registry)  # type: ignore[assignment]
                yield house, session

        return opened()

    async def act(moved: tuple[House, Session], durable: DurableWork) -> None:
        house, session = moved
        house.use(durable, wait=0.02)  # type: ignore[arg-type]
        await house.save_profile(session, ProfileChange(phone=PHONE, address=ELSEWHERE), house.key())

    async def check(moved: tuple[House, Session]) -> None:
        house, session = moved
        crm, billing = await held(house, session)
        assert crm == billing
        assert crm == ((PHONE, ELSEWHERE.town) if not refused else (Phone("81", "9012345678"), ADDRESS.town))
        async with house.store.reading() as shelves:
            assert await shelves.intents.holder("profile", session.account) is None

    points = await kill_at_every_point(
        moving,
        lambda moved, durable: moved[0].handlers(durable),
        act,
        check,
        clock=lambda moved: moved[0].clock,
        on_end=lambda moved: moved[0].closing,
        reaching={WorkKind.SAVE_PROFILE: {"before", "billing", "restore" if refused else "crm", "forget"}},
    )
    assert points > 20


class Refusing:
    """A CRM or billing that takes no change."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def save_details(self, *_: Any, **__: Any) -> None:
        raise Rejected("FIELD_CUSTOM_VALIDATION_EXCEPTION", "account", ("address",))

"""Letters, sign-ins and what staff change on an account, wherever the portal dies (ACC-1, ACC-3, ACC-8, ACC-9, T-1)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.fakes.mailbox import Mailbox, SentMail
from core.domain.adopting import Orphan
from core.domain.facts import AccountChanged, learning
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, SessionId, SignUpId, UserId, request_key
from core.domain.mail import Letter, account_letter_job
from core.domain.session import PortalUser, Session, UserState, sign_in_job
from core.domain.sign_up import OneSignUp
from core.domain.words import Language
from core.domain.work import Job, WorkKind
from ports.customer_registry import NewCustomer
from ports.durable import DurableWork
from ports.store import SignUp
from tests.usecases.account_house import House, a_form, a_quiet_house
from tests.usecases.killing import Reaching, kill_at_every_point

OLD = CustomerNumber("P0000042")
AT_HOME = "mina.at.home@example.com"
THIS = SignUpId("s1")


@dataclass
class Scene:
    """A house with somebody in it, at work or waiting for a mail."""

    house: House
    mina: Session | None


@dataclass(frozen=True)
class Sweep:
    """What was before, what is done, what must be true in the end, and which steps are swept."""

    before: Callable[[House], Awaitable[Session | None]]
    act: Callable[[Scene, DurableWork], Awaitable[Any]]
    check: Callable[[Scene], Awaitable[None]]
    reaching: Reaching


# --- somebody who signs up with the number on their letters ----------------------------------------------------------
async def signs_up_as_of_old(house: House) -> None:
    records = house.world.records
    account = records.create("account", {"name": "Mina Okafor", "number": OLD}, by="staff")
    contact = {"account": account, "first_name": "Mina", "last_name": "Okafor", "email": AT_HOME}
    records.create("contact", contact, by="staff")
    now, form = house.clock.now(), a_form(number=OLD)
    sign_up = SignUp(
        id=THIS, email=form.email, canonical=form.email, password="a hash", person=form.person, phone=form.phone,
        address=form.address, marketing_consent=True, terms_version=form.terms_version, terms_accepted_at=now,
        language=Language.EN, number=OLD, created_at=now, expires_at=now,
    )  # fmt: skip
    async with house.store.begin() as shelves:
        await shelves.sign_ups.add(sign_up)


async def is_mailed(it: Scene, work: DurableWork) -> None:
    await work.start(Job(key=request_key("m"), kind=WorkKind.START_SIGN_UP, data={"sign_up": THIS}))


async def the_last_code_is_at_home(it: Scene) -> None:
    typed = await mails(it, "mina@example.com")
    assert [mail.letter for mail in typed] == ["link_impossible"]
    code = (await mails(it, AT_HOME))[0].values["code"]
    async with it.house.store.reading() as shelves:
        sign_up = await shelves.sign_ups.find(THIS)
    assert sign_up is not None
    assert (sign_up.email, sign_up.code) == (AT_HOME, it.house.secrets.fingerprint(f"{THIS}:{code}"))


async def confirms_the_wrong_address(it: Scene, work: DurableWork) -> None:
    await work.start(Job(key=request_key("c"), kind=WorkKind.SIGN_UP, data=OneSignUp(THIS)))


async def the_address_is_free(it: Scene) -> None:
    async with it.house.store.begin() as shelves:
        sign_up = await shelves.sign_ups.find(THIS)
        assert sign_up is not None
        another = msgspec.structs.replace(sign_up, id=SignUpId("s2"), confirmed_at=None)
        await shelves.sign_ups.add(another)
        assert await shelves.sign_ups.claim(another.id, another.canonical, it.house.clock.now())
    assert it.house.made("account") == it.house.made("client") == 0


# --- a customer ------------------------------------------------------------------------------------------------------
async def is_a_customer(house: House) -> Session:
    # without the sign-up, whose hashing would be most of the sweep
    records, now, form = house.world.records, house.clock.now(), a_form()
    number = CustomerNumber("P1000001")
    account = records.create("account", {"name": "Mina Okafor", "number": number}, by="staff")
    contact = {"account": account, "first_name": "Mina", "last_name": "Okafor", "email": form.email}
    user = PortalUser(
        id=UserId("u1"), email=form.email, canonical=form.email, password="-", account=AccountId(account),
        contact=ContactId(records.create("contact", contact, by="staff")), client=ClientId("1"), number=number,
        language=Language.EN, marketing_consent=False, terms_version=form.terms_version, terms_accepted_at=now,
        created_at=now,
    )  # fmt: skip
    async with house.store.begin() as shelves:
        await shelves.users.add(user)
    return Session(
        session=SessionId("s"), user=user.id, account=user.account, contact=user.contact, client=user.client, csrf=""
    )


async def is_barred_unheard(house: House) -> Session:
    session = await is_a_customer(house)
    house.world.records.update("account", session.account, {"portal_status": "Inactive"}, by="staff")
    return session


async def asks_for_a_link(it: Scene, work: DurableWork) -> None:
    await work.start(account_letter_job(Letter.PASSWORD_RESET, mina(it).user, "asked"))


async def the_last_link_is_good(it: Scene) -> None:
    link = (await mails(it, "mina@example.com", "password_reset"))[0].values["link"]
    token = link.rpartition("=")[2]
    async with it.house.store.begin() as shelves:
        taken = await shelves.resets.take(it.house.secrets.fingerprint(token), it.house.clock.now())
    assert taken == mina(it).user


async def staff_have_barred(it: Scene, work: DurableWork) -> None:
    fact = AccountChanged(id="f1", at=it.house.clock.now(), account=mina(it).account)
    await work.start(learning(fact))


async def logs_in(it: Scene, work: DurableWork) -> None:
    await work.start(sign_in_job(SessionId("s"), mina(it).account, it.house.clock.now()))


async def is_barred_once(it: Scene) -> None:
    async with it.house.store.reading() as shelves:
        assert [entry.deed for entry in await shelves.audit.of_subject(mina(it).user, 10)] == ["barred"]
        user: PortalUser | None = await shelves.users.find(mina(it).user)
    assert user is not None
    assert user.state is UserState.BARRED


# --- an account that nobody came of --------------------------------------------------------------------------------
async def is_an_orphan(house: House) -> None:
    form = a_form()
    new = NewCustomer(
        number=CustomerNumber("P1000001"), email=form.email, person=form.person, phone=form.phone, address=form.address
    )
    await house.registry.ensure_customer(request_key("sign_up", "lost", "account"), new)


async def is_adopted(it: Scene, work: DurableWork) -> None:
    (account,) = it.house.world.records.find("account")
    await work.start(Orphan(AccountId(account["id"]), "once").job())


async def belongs_to_one_user(it: Scene) -> None:
    (account,), (client,) = it.house.world.records.find("account"), it.house.world.records.find("client")
    async with it.house.store.reading() as shelves:
        user = await shelves.users.by_account(AccountId(account["id"]))
        trail = await shelves.audit.of_subject(account["id"], 10)
    assert user is not None
    assert (user.client, account["client"], account["portal_status"]) == (client["id"], client["id"], "Active")
    assert (user.terms_version, [entry.deed for entry in trail]) == ("", ["adopt"])
    assert len(await mails(it, user.email, "password_reset")) == 1


def mina(it: Scene) -> Session:
    assert it.mina is not None
    return it.mina


async def mails(it: Scene, to: str, letter: str | None = None) -> tuple[SentMail, ...]:
    return await Mailbox(it.house.world).mails(to, letter)


SIGN_UP_MAIL = {"choose", "room", "mail", "readdress", "room at held", "code of mail held", "mail held"}
SWEEPS = {
    "a code goes to the address on file": Sweep(
        signs_up_as_of_old, is_mailed, the_last_code_is_at_home,
        {WorkKind.START_SIGN_UP: SIGN_UP_MAIL},
    ),
    "a link that is refused": Sweep(
        signs_up_as_of_old, confirms_the_wrong_address, the_address_is_free, {WorkKind.SIGN_UP: {"claim", "release"}}
    ),
    "a link for a new password": Sweep(
        is_a_customer, asks_for_a_link, the_last_link_is_good, {WorkKind.ACCOUNT_LETTER: {"room", "link", "mail"}}
    ),
    "an orphan is adopted": Sweep(
        is_an_orphan, is_adopted, belongs_to_one_user,
        {WorkKind.ADOPT_ORPHAN: {"look", "client", "link", "user", "letter"}},
    ),
    "staff bar": Sweep(
        is_barred_unheard, staff_have_barred, is_barred_once, {AccountChanged: {"forget", "status", "follow"}}
    ),
    "whoever was barred unheard logs in": Sweep(
        is_barred_unheard, logs_in, is_barred_once,
        {WorkKind.NOTE_SIGN_IN: {"note", "learn"}, AccountChanged: {"follow"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("sweep", SWEEPS.values(), ids=SWEEPS)
async def test_it_ends_the_same_wherever_the_portal_dies(tmp_path: Path, sweep: Sweep) -> None:
    @asynccontextmanager
    async def fresh() -> AsyncIterator[Scene]:
        async with a_quiet_house(tmp_path) as house:
            yield Scene(house, await sweep.before(house))

    points = await kill_at_every_point(
        fresh,
        lambda it, work: it.house.handlers(work),
        sweep.act,
        sweep.check,
        clock=lambda it: it.house.clock,
        on_end=lambda it: it.house.closing,
        reaching=sweep.reaching,
    )
    assert points >= 12

"""Signing up makes one customer in three systems, and tells strangers nothing (ACC-1 to ACC-6)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.account import Person, Phone
from core.domain.cart import Cart
from core.domain.checkout import Checkout, CheckoutStep, Choices
from core.domain.facts import AccountChanged, learning
from core.domain.ids import CheckoutId, CustomerNumber, SignUpId, request_key
from core.domain.refusals import AlreadyCustomer, Invalid, SwitchedOff, TokenSpent
from core.domain.session import LogInForm
from core.domain.sign_up import OneSignUp
from core.domain.words import Language
from core.domain.work import WorkKind, WorkState
from ports.billing import NewClient
from ports.store import Flag, Shelves, Store
from tests.databases import embedded_only
from tests.usecases.account_house import PASSWORD, SITE, House, a_form, a_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


async def test_a_code_makes_one_customer_in_three_systems(house: House) -> None:
    confirmed = await house.sign_up()
    assert confirmed.reply.work.state is WorkState.DONE
    assert confirmed.admitted is not None
    assert confirmed.admitted.number == "P1000001"
    user = await house.user()
    assert user is not None
    account = house.world.records.get("account", user.account)
    client = house.world.records.get("client", user.client)
    assert account is not None
    assert client is not None
    assert (account["number"], account["client"]) == ("P1000001", user.client)
    assert (account["portal_status"], account["registration_source"]) == ("Active", "Portal Signup")
    assert (client["customer_number"], client["phonenumber"]) == ("P1000001", "+81.9012345678")
    order = [e.deed for e in house.world.ledger.entries if e.by == "portal" and e.table != "mail"]
    assert order[:4] == ["create account", "create contact", "create client", "update account"]
    assert await house.sessions(confirmed.admitted.tokens.access) is not None


async def test_nothing_is_made_upstream_before_the_code(house: House) -> None:
    await house.start_sign_up(a_form())
    await house.settled()
    assert {e.table for e in house.world.ledger.entries if e.by == "portal"} <= {"mail"}
    assert house.world.calls["salesforce", "ensure_customer"] == 0


async def test_a_link_is_as_good_as_the_code(house: House) -> None:
    await house.start_sign_up(a_form())
    link = (await house.mails("mina@example.com"))[0].values["link"]
    assert link.startswith(f"{SITE}/sign-up/complete#token=")
    confirmed = await house.confirm_sign_up(None, None, link.partition("#token=")[2])
    assert confirmed.admitted is not None


async def test_a_welcome_goes_out_with_a_copy_to_support(house: House) -> None:
    await house.sign_up()
    [mail] = await house.mails("mina@example.com", "welcome")
    assert (mail.values["number"], mail.copy_to) == ("P1000001", house.policy.support_copy)


async def test_a_lost_answer_is_given_again(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")
    first, second = [await house.confirm_sign_up(sign_up, code, None) for _ in range(2)]
    assert first.admitted is not None
    assert second.admitted is not None
    assert first.admitted.user == second.admitted.user
    assert house.made("account") == house.made("contact") == house.made("client") == 1


@pytest.mark.parametrize("since", ["was logged in", "logged in by password", "reset the password"])
async def test_a_code_is_no_second_log_in(house: House, since: str) -> None:
    sign_up = await house.start_sign_up(a_form())
    mailed = (await house.mails("mina@example.com"))[0].values
    confirmed = await house.confirm_sign_up(sign_up, mailed["code"], None)
    assert confirmed.admitted is not None
    if since == "was logged in":
        assert await house.sessions(confirmed.admitted.tokens.access) is not None
    elif since == "logged in by password":
        assert await house.logs_in() is not None
    else:
        await house.request_reset("mina@example.com")
        link = (await house.mails("mina@example.com", "password_reset"))[0].values["link"]
        await house.reset_password(link.partition("#token=")[2], "another quiet evening there")
    for proof in ((sign_up, mailed["code"], None), (None, None, mailed["link"].partition("#token=")[2])):
        with pytest.raises(TokenSpent):
            await house.confirm_sign_up(*proof)


async def test_a_code_lets_nobody_in_after_staff_barred_and_admitted_again(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")
    await house.confirm_sign_up(sign_up, code, None)
    user = await house.user()
    assert user is not None
    for status in ("Inactive", "Active"):
        house.world.records.update("account", user.account, {"portal_status": status}, by="staff")
        fact = AccountChanged(id=status, at=house.clock.now(), account=user.account)
        await house.runner.start(learning(fact))
        await house.settled()
    with pytest.raises(TokenSpent):
        await house.confirm_sign_up(sign_up, code, None)


async def test_five_wrong_codes_void_the_right_one(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(TokenSpent):
            await house.confirm_sign_up(sign_up, wrong, None)
    with pytest.raises(TokenSpent):
        await house.confirm_sign_up(sign_up, code, None)
    await house.resend_sign_up(sign_up)
    assert (await house.confirm_sign_up(sign_up, await house.code("mina@example.com"), None)).admitted is not None


async def test_guesses_at_once_are_no_more_than_one_by_one(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = int(await house.code("mina@example.com"))
    guesses = [f"{(code + 1 + n) % 1_000_000:06d}" for n in range(10)]
    tries = [house.confirm_sign_up(sign_up, guess, None) for guess in guesses]
    assert all(isinstance(each, TokenSpent) for each in await asyncio.gather(*tries, return_exceptions=True))
    with pytest.raises(TokenSpent):
        await house.confirm_sign_up(sign_up, f"{code:06d}", None)


async def test_a_code_is_over_after_its_life(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    [mail] = await house.mails("mina@example.com")
    house.world.clock.advance(house.policy.sign_up_code_life + timedelta(seconds=1))
    with pytest.raises(TokenSpent):
        await house.confirm_sign_up(sign_up, mail.values["code"], None)
    with pytest.raises(TokenSpent):
        await house.confirm_sign_up(None, None, mail.values["link"].partition("#token=")[2])


async def test_a_code_of_another_sign_up_is_wrong(house: House) -> None:
    one = await house.start_sign_up(a_form("one@example.com"))
    await house.start_sign_up(a_form("two@example.com"))
    code = await house.code("two@example.com")
    if code == await house.code("one@example.com"):  # one time in a million
        return
    with pytest.raises(TokenSpent):
        await house.confirm_sign_up(one, code, None)
    with pytest.raises(TokenSpent):
        await house.confirm_sign_up(SignUpId("nobody"), code, None)


async def test_resending_voids_the_earlier_code(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    first = await house.code("mina@example.com")
    await house.resend_sign_up(sign_up)
    second = await house.code("mina@example.com")
    if first != second:
        with pytest.raises(TokenSpent):
            await house.confirm_sign_up(sign_up, first, None)
    assert (await house.confirm_sign_up(sign_up, second, None)).admitted is not None


def kept_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("*.db*"))


@embedded_only
async def test_no_token_or_password_is_kept_as_it_is(house: House, tmp_path: Path) -> None:
    await house.sign_up()
    mail = (await house.mails("mina@example.com", "sign_up_code"))[0]
    token = mail.values["link"].partition("#token=")[2]
    kept = kept_in(tmp_path)
    assert b"mina@example.com" in kept  # the look finds what is there
    assert token.encode() not in kept
    assert PASSWORD.encode() not in kept


async def test_a_known_address_gets_another_letter_and_the_same_answer(house: House) -> None:
    await house.sign_up()
    before = dict(house.world.calls)
    again = await house.start_sign_up(a_form(" ＭＩＮＡ@Example.com "))
    assert len(again) == len(await house.start_sign_up(a_form("stranger@example.com")))
    assert (await house.mails("MINA@Example.com"))[0].letter == "already_customer"
    assert [m.letter for m in await house.mails("stranger@example.com")] == ["sign_up_code"]
    assert house.world.calls["salesforce", "find_by_email"] == before.get(("salesforce", "find_by_email"), 0)


async def test_an_address_is_one_customer_in_every_spelling(house: House) -> None:
    spellings = ("mina@example.com", "MINA@example.com", "ｍｉｎａ@example.com")
    tries = []
    for spelling in spellings:
        sign_up = await house.start_sign_up(a_form(spelling))
        await house.settled()
        tries.append((sign_up, (await house.mails(letter="sign_up_code"))[0].values["code"]))
    answers = await asyncio.gather(
        *(house.confirm_sign_up(sign_up, code, None) for sign_up, code in tries for _ in range(7)),
        return_exceptions=True,
    )
    admitted = [a for a in answers if not isinstance(a, BaseException) and a.admitted is not None]
    assert len({a.admitted.user for a in admitted if a.admitted}) == 1
    assert all(isinstance(a, AlreadyCustomer) or not isinstance(a, BaseException) for a in answers)
    await house.settled()
    assert house.made("account") == house.made("contact") == house.made("client") == 1


async def test_twenty_completions_at_once_make_one_customer(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")
    answers = await asyncio.gather(*(house.confirm_sign_up(sign_up, code, None) for _ in range(20)))
    assert {a.admitted.user for a in answers if a.admitted} == {(await house.user()).id}  # type: ignore[union-attr]
    assert house.made("account") == house.made("contact") == house.made("client") == 1


@pytest.mark.parametrize("tag", ["", "+{}"], ids=["as it is", "tagged"])
async def test_mails_to_one_mailbox_are_limited_silently(house: House, tag: str) -> None:
    async def start_and_count(number: int) -> int:
        await house.start_sign_up(a_form(f"mina{tag.format(number)}@example.com"))
        return len(await house.mails())

    assert [await start_and_count(number) for number in range(5)] == [1, 2, 3, 3, 3]
    house.world.clock.advance(timedelta(hours=1, seconds=1))
    assert await start_and_count(5) == 4


async def test_a_mail_whose_answer_is_lost_is_one_mail_and_its_code_is_good(house: House) -> None:
    house.world.faults.switch("mail", "send", "timeout_after", times=5)
    sign_up = await house.start_sign_up(a_form())
    mails = await house.mails("mina@example.com")
    assert [mail.letter for mail in mails] == ["sign_up_code"]
    assert (await house.confirm_sign_up(sign_up, mails[0].values["code"], None)).admitted is not None


async def test_a_code_that_was_replaced_while_its_mail_was_tried_is_not_mailed(house: House) -> None:
    house.world.faults.switch("mail", "send", "unavailable")
    sign_up = await house.start_sign_up(a_form())
    await house.mailing_is_tried(times=1)
    await house.resend_sign_up(sign_up)
    await house.mailing_is_tried(times=4)
    house.world.faults.clear()
    [mail] = await house.mails("mina@example.com")
    assert (await house.confirm_sign_up(sign_up, mail.values["code"], None)).admitted is not None


async def test_a_code_is_void_after_five_tries_and_another_is_mailed(house: House) -> None:
    house.world.faults.switch("mail", "send", "unavailable")
    sign_up = await house.start_sign_up(a_form())
    await house.mailing_is_tried(times=1)
    for number in range(house.policy.code_attempts):
        with pytest.raises(TokenSpent):
            await house.confirm_sign_up(sign_up, f"00000{number}", None)
    await house.mailing_is_tried(times=2)
    house.world.faults.clear()
    assert (await house.confirm_sign_up(sign_up, await house.code("mina@example.com"), None)).admitted is not None


async def test_who_is_let_in_while_another_code_is_on_its_way_keeps_the_first(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")

    class Meanwhile:
        """Steps between two of which the customer proves the address."""

        async def do(self, name: str, _answer: object, call: Callable[[], Awaitable[Any]], **_: object) -> Any:
            answer = await call()
            if name == "room":
                await house.confirm_sign_up(sign_up, code, None)
            return answer

    mailing = house.handlers(house.runner)[WorkKind.START_SIGN_UP]
    await mailing(Meanwhile(), OneSignUp(sign_up))
    assert [mail.letter for mail in await house.mails("mina@example.com")] == ["welcome", "sign_up_code"]
    assert (await house.confirm_sign_up(sign_up, code, None)).admitted is not None, "its answer was lost"


async def test_the_word_of_a_delay_has_no_limit_and_comes_once(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    for _ in range(2):
        await house.settled()
        await house.resend_sign_up(sign_up)
    code = await house.code("mina@example.com")
    house.world.faults.switch("whmcs", "ensure_client", "refused", times=1)
    confirmed = await house.confirm_sign_up(sign_up, code, None)
    assert confirmed.reply.work.state is WorkState.WITH_STAFF
    await house.settled()
    await house.resend_sign_up(sign_up)
    letters = [mail.letter for mail in await house.mails("mina@example.com")]
    assert letters == ["sign_up_delayed", *["sign_up_code"] * 3]


@pytest.mark.parametrize("fault", [None, "unavailable", "slow"])
async def test_a_look_beside_salesforce_is_the_look_unless_it_fails(house: House, fault: str | None) -> None:
    if fault is not None:
        house.world.faults.switch("whmcs", "find_by_email", fault, times=1, milliseconds=20)
    done = await house.sign_up("mina@example.com")
    assert done.admitted is not None
    assert [row["email"] for row in house.world.records.find("client")] == ["mina@example.com"]
    assert house.world.calls["whmcs", "find_by_email"] == 1


async def test_every_wrong_field_is_named(house: House) -> None:
    form = a_form("not an email", password="short", phone=Phone("81", "12a"), terms_version="1999", number="X1")
    with pytest.raises(Invalid) as refused:
        await house.start_sign_up(form)
    assert {(f.field, f.code) for f in refused.value.faults} == {
        ("email", "not_an_email"),
        ("password", "too_short"),
        ("phone.number", "not_a_phone_number"),
        ("termsVersion", "terms_not_accepted"),
        ("customerNumber", "not_a_customer_number"),
    }


async def test_registration_can_be_switched_off(house: House) -> None:
    async with house.store.begin() as shelves:
        await shelves.flags.set(Flag("registration", 0))
    with pytest.raises(SwitchedOff) as refused:
        await house.start_sign_up(a_form())
    assert refused.value.data["feature"] == "registration"


async def test_numbers_begin_above_the_highest_and_skip_what_is_taken(house: House) -> None:
    records = house.world.records
    records.create("account", {"name": "Old", "number": "P1000041"}, by="staff")
    first = await house.sign_up("one@example.com")
    assert first.admitted is not None
    assert first.admitted.number == "P1000042"
    records.create("account", {"name": "By hand", "number": "P1000043"}, by="staff")
    second = await house.sign_up("two@example.com")
    assert second.admitted is not None
    assert second.admitted.number == "P1000044"
    assert house.world.calls["salesforce", "highest_number"] == 1


async def test_a_client_with_the_address_but_not_the_number_is_left_to_staff(house: House) -> None:
    stranger = NewClient(
        number=CustomerNumber("P0000007"),
        email="mina@example.com",
        person=Person(first_name="Some", last_name="Body"),
        phone=Phone("81", "312345678"),
        address=None,
        language=Language.EN,
        marketing_consent=False,
    )
    await house.clients.ensure_client(request_key("other"), stranger)
    confirmed = await house.sign_up()
    assert confirmed.admitted is None
    assert confirmed.reply.work.state is WorkState.WITH_STAFF
    assert confirmed.reply.work.code == "client_conflict"
    [told] = await house.mails("mina@example.com", "sign_up_delayed")
    assert told.sender == "portal"
    assert await house.user() is None


async def saved_cart(house: House, token: str) -> Checkout:
    """A cart that somebody saved without an account."""
    now = house.clock.now()
    checkout = Checkout(
        id=CheckoutId(house.ids.new()),
        user=None,
        cart=Cart(()),
        step=CheckoutStep.CART,
        address=None,
        choices=Choices(),
        seen=None,
        version=1,
        created_at=now,
        changed_at=now,
        expires_at=now + timedelta(days=30),
    )
    async with house.store.begin() as shelves:
        assert await shelves.checkouts.save(checkout, house.secrets.fingerprint(token))
    return checkout


async def test_a_saved_cart_is_claimed_at_sign_up_and_at_log_in(house: House) -> None:
    cart = await saved_cart(house, "first token")
    confirmed = await house.sign_up(checkout="first token")
    assert confirmed.admitted is not None
    user = confirmed.admitted.user
    async with house.store.reading() as shelves:
        mine = await shelves.checkouts.of_user(user, house.clock.now())
        assert mine is not None
        assert mine.id == cart.id
        assert await shelves.checkouts.by_token(house.secrets.fingerprint("first token"), house.clock.now()) is None
    [account] = house.world.records.find("account")
    assert account["registration_source"] == "Portal Checkout"

    newer = await saved_cart(house, "second token")
    await house.log_in(LogInForm(email="mina@example.com", password=PASSWORD, checkout="second token"))
    await house.log_in(LogInForm(email="mina@example.com", password=PASSWORD, checkout="no such token"))
    async with house.store.reading() as shelves:
        mine = await shelves.checkouts.of_user(user, house.clock.now())
        assert mine is not None
        assert mine.id == newer.id


@dataclass(frozen=True)
class Meanwhile:
    """A store in which something happens before it is first read from."""

    store: Store
    deed: Callable[[], Awaitable[object]]
    done: list[object] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Shelves]:
        if not self.done:
            self.done.append(await self.deed())
        async with self.store.reading() as shelves:
            yield shelves


async def test_whoever_completes_again_while_it_is_being_done_is_no_stranger(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")

    async def first() -> None:
        await house.confirm_sign_up(sign_up, code, None)

    again = replace(house.confirm_sign_up, store=Meanwhile(house.store, first))
    confirmed = await again(sign_up, code, None)
    assert confirmed.admitted is not None
    assert len(house.world.records.find("account")) == 1


async def test_an_address_that_another_sign_up_took_meanwhile_is_taken(house: House) -> None:
    first = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")

    async def another() -> None:
        await house.sign_up()

    late = replace(house.confirm_sign_up, store=Meanwhile(house.store, another))
    with pytest.raises(AlreadyCustomer):
        await late(first, code, None)
    assert len(house.world.records.find("account")) == 1

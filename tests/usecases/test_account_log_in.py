"""Log-in, sessions and passwords (ACC-7, ACC-8, ACC-9)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.db.journal import SqlJournal
from adapters.durable.runner import Runner
from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.mailbox import Mailbox
from adapters.fakes.salesforce.opportunities import FakeOpportunities
from adapters.fakes.salesforce.order_book import FakeOrderBook
from core.domain.limits import LIMITS, Limit, Limited
from core.domain.refusals import (
    ChallengeNeeded,
    Invalid,
    Refusal,
    TokenSpent,
    TooMany,
    WrongLogin,
    WrongPassword,
)
from core.domain.session import LogInForm, UserState
from core.domain.work import WorkState
from core.usecases.work.catch_up import CatchUp
from core.usecases.work.find_changes import FindChanges
from core.usecases.work.restart_requests import RestartRequests
from tests.usecases.account_house import PASSWORD, SITE, House, a_form, a_house

NEW = "another quiet evening there"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@dataclass
class CountingPasswords:
    """The real hashing, counted."""

    inner: object
    matched: int = 0

    async def matches(self, password: str, hash: str | None) -> bool:
        self.matched += 1
        return await self.inner.matches(password, hash)  # type: ignore[attr-defined, no-any-return]

    def needs_rehash(self, hash: str) -> bool:
        return False


class Puzzle:
    """A challenge that one word solves."""

    offered = True

    async def solved(self, answer: str) -> bool:
        return answer == "seven"


# --- telling strangers nothing -----------------------------------------------------------------------------------
@pytest.mark.parametrize("spelling", ["mina@example.com", " MINA@Example.COM ", "ｍｉｎａ@example.com"])
async def test_every_spelling_of_the_address_logs_in(house: House, spelling: str) -> None:
    session = await house.customer()
    again = await house.logs_in(spelling)
    assert again is not None
    assert (again.user, again.account, again.client) == (session.user, session.account, session.client)


async def test_wrong_unknown_and_barred_are_told_apart_by_nothing(house: House) -> None:
    session = await house.customer()
    barred = await house.customer("barred@example.com")
    async with house.store.begin() as shelves:
        await shelves.users.set_state(barred.user, UserState.BARRED)
    log_in = house.log_in
    counting = CountingPasswords(log_in.passwords)
    log_in = replace(log_in, passwords=counting)  # type: ignore[arg-type]
    refused: list[tuple[str, dict[str, object]]] = []
    for email, password in (
        ("mina@example.com", "wrong " + PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("barred@example.com", PASSWORD),
    ):
        before = dict(house.world.calls)
        with pytest.raises(Refusal) as error:
            await log_in(LogInForm(email=email, password=password))
        refused.append((error.value.code, dict(error.value.data)))
        assert dict(house.world.calls) == before, "nobody upstream is asked"
    assert refused == [(WrongLogin.code, {})] * 3
    assert counting.matched == 3, "a hash is compared for each of them"
    assert session.account != barred.account


async def test_the_sixth_failure_in_a_row_waits_and_no_longer(house: House) -> None:
    await house.customer()
    for email in ("mina@example.com", "nobody@example.com"):
        for _ in range(5):
            with pytest.raises(WrongLogin):
                await house.logs_in(email, "wrong " + PASSWORD)
        with pytest.raises(TooMany) as refused:
            await house.logs_in(email)
        assert 0 < refused.value.retry_after <= 900
    house.world.clock.advance(timedelta(minutes=15, seconds=1))
    assert await house.logs_in() is not None


async def test_successes_are_not_counted(house: House) -> None:
    await house.customer()
    for _ in range(8):
        assert await house.logs_in() is not None


async def test_failures_of_everybody_are_limited_too(house: House) -> None:
    house.limits._limits = {**LIMITS, Limited.LOG_IN_FAILURES_OVERALL: Limit(3, timedelta(minutes=1))}
    for number in range(3):
        with pytest.raises(WrongLogin):
            await house.logs_in(f"nobody{number}@example.com")
    with pytest.raises(TooMany) as refused:
        await house.logs_in("nobody4@example.com")
    assert refused.value.data["limit"] == "log_in_failures_overall"


async def test_a_solved_challenge_admits_past_the_limit(house: House) -> None:
    await house.customer()
    for _ in range(5):
        with pytest.raises(WrongLogin):
            await house.logs_in(password="wrong " + PASSWORD)
    log_in = replace(house.log_in, challenge=Puzzle())
    form = LogInForm(email="mina@example.com", password=PASSWORD)
    with pytest.raises(ChallengeNeeded):
        await log_in(form)
    with pytest.raises(ChallengeNeeded):
        await log_in(LogInForm(email=form.email, password=PASSWORD, challenge="eight"))
    assert (await log_in(LogInForm(email=form.email, password=PASSWORD, challenge="seven"))).number == "P1000001"


async def test_a_log_in_is_noted_later_and_waits_for_nobody(house: House) -> None:
    session = await house.customer()
    house.world.faults.switch("salesforce", "note_sign_in", "unavailable")
    assert await house.logs_in() is not None
    row = house.world.records.get("account", session.account)
    assert row is not None
    noted = row["last_sign_in"]
    house.world.faults.clear()
    house.world.clock.advance(timedelta(minutes=5))
    await house.logs_in()
    await house.settled()
    row = house.world.records.get("account", session.account)
    assert row is not None
    assert row["last_sign_in"] > noted


async def test_who_was_admitted_again_unheard_logs_in_at_the_second_try(house: House) -> None:
    session = await house.customer()
    async with house.store.begin() as shelves:
        await shelves.users.set_state(session.user, UserState.BARRED)
    for password in (NEW, PASSWORD):
        with pytest.raises(WrongLogin):
            await house.logs_in(password=password)
        await house.settled()
        user = await house.user()
        assert user is not None
        assert (user.state is UserState.ACTIVE) is (password == PASSWORD)
    assert await house.logs_in() is not None


@pytest.mark.parametrize("barred", [True, False])
async def test_a_status_that_changed_unheard_is_followed_a_minute_later(house: House, barred: bool) -> None:
    session = await house.customer()
    async with house.store.begin() as shelves:
        await shelves.users.set_state(session.user, UserState.ACTIVE if barred else UserState.BARRED)
    await StaffDesk(house.world).bar_account(session.account, barred=barred)
    sales, orders = FakeOpportunities(house.world), FakeOrderBook(house.world)
    changes = FindChanges(house.registry, sales, orders, house.store, house.clock)
    assert await CatchUp(changes, orders, sales, house.runner, house.store, house.clock)() == 1
    await house.settled()
    user = await house.user()
    assert user is not None
    assert user.state is (UserState.BARRED if barred else UserState.ACTIVE)
    assert await CatchUp(changes, orders, sales, house.runner, house.store, house.clock)() == 0


async def test_a_status_that_nobody_knows_is_left_with_staff(house: House) -> None:
    session = await house.customer()
    [row] = house.world.records.find("account", id=session.account)
    house.world.records.restore("account", session.account, {**row, "portal_status": "Suspended"})
    sales, orders = FakeOpportunities(house.world), FakeOrderBook(house.world)
    changes = FindChanges(house.registry, sales, orders, house.store, house.clock)
    assert await CatchUp(changes, orders, sales, house.runner, house.store, house.clock)() == 1
    await house.settled()
    assert [(work.state, work.code) for work in await house.runner.unsettled()] == [
        (WorkState.WITH_STAFF, "unknown_word")
    ]


async def test_who_was_barred_unheard_is_barred_by_logging_in(house: House) -> None:
    session = await house.customer()
    house.world.records.update("account", session.account, {"portal_status": "Inactive"}, by="staff")
    assert await house.logs_in() is not None, "nobody told the portal"
    await house.settled()
    with pytest.raises(WrongLogin):
        await house.logs_in()


# --- sessions ----------------------------------------------------------------------------------------------------
async def test_a_refreshed_session_goes_on_under_new_tokens_alone(house: House) -> None:
    confirmed = await house.sign_up()
    assert confirmed.admitted is not None
    old = confirmed.admitted.tokens
    assert await house.sessions(old.access) is not None
    new = (await house.refresh(old.refresh)).tokens
    assert await house.sessions(new.access) is not None
    assert await house.sessions(old.access) is None
    assert new.session == old.session


async def test_a_replayed_refresh_token_ends_its_family(house: House) -> None:
    confirmed = await house.sign_up()
    assert confirmed.admitted is not None
    new = (await house.refresh(confirmed.admitted.tokens.refresh)).tokens
    assert await house.sessions(new.access) is not None
    with pytest.raises(TokenSpent):
        await house.refresh(confirmed.admitted.tokens.refresh)
    assert await house.sessions(new.access) is None
    with pytest.raises(TokenSpent):
        await house.refresh(new.refresh)
    assert await house.logs_in() is not None, "another log-in is another family"


async def test_a_refresh_whose_answer_was_lost_is_answered_anew(house: House) -> None:
    confirmed = await house.sign_up()
    assert confirmed.admitted is not None
    old = confirmed.admitted.tokens.refresh
    lost = (await house.refresh(old, "key")).tokens
    new = (await house.refresh(old, "key")).tokens
    assert await house.sessions(new.access) is not None
    assert await house.sessions(lost.access) is None
    house.world.clock.advance(house.policy.refresh_again_for)
    with pytest.raises(TokenSpent):
        await house.refresh(old, "key")
    assert await house.sessions(new.access) is None, "so late it is a replay"


async def test_tokens_are_over_after_their_lives(house: House) -> None:
    confirmed = await house.sign_up()
    assert confirmed.admitted is not None
    tokens = confirmed.admitted.tokens
    house.world.clock.advance(house.policy.access_life)
    assert await house.sessions(tokens.access) is None
    house.world.clock.advance(house.policy.refresh_life)
    with pytest.raises(TokenSpent):
        await house.refresh(tokens.refresh)


async def test_logging_out_ends_this_session_alone(house: House) -> None:
    first, second = await house.customer(), await house.logs_in()
    assert second is not None
    admitted = await house.log_in(LogInForm(email="mina@example.com", password=PASSWORD))
    third = await house.sessions(admitted.tokens.access)
    assert third is not None
    await house.log_out(third)
    assert await house.sessions(admitted.tokens.access) is None
    with pytest.raises(TokenSpent):
        await house.refresh(admitted.tokens.refresh)
    async with house.store.reading() as shelves:
        assert await shelves.users.find(first.user) is not None


async def test_nonsense_is_nobody(house: House) -> None:
    assert await house.sessions("x" * 43) is None
    with pytest.raises(TokenSpent):
        await house.refresh("x" * 43)


# --- passwords ---------------------------------------------------------------------------------------------------
async def reset_token(house: House) -> str:
    await house.request_reset("MINA@example.com")
    link = (await house.mails("mina@example.com", "password_reset"))[0].values["link"]
    assert link.startswith(f"{SITE}/reset-password#token=")
    return link.partition("#token=")[2]


async def test_a_mailed_link_sets_a_password_once_and_ends_every_session(house: House) -> None:
    confirmed = await house.sign_up()
    assert confirmed.admitted is not None
    token = await reset_token(house)
    with pytest.raises(Invalid):
        await house.reset_password(token, "short")
    await house.reset_password(token, NEW)
    assert await house.sessions(confirmed.admitted.tokens.access) is None
    with pytest.raises(TokenSpent):
        await house.refresh(confirmed.admitted.tokens.refresh)
    with pytest.raises(WrongLogin):
        await house.logs_in()
    assert await house.logs_in(password=NEW) is not None
    with pytest.raises(TokenSpent):
        await house.reset_password(token, PASSWORD)
    assert len(await house.mails("mina@example.com", "password_changed")) == 1


@pytest.mark.parametrize("way", ["change", "reset"])
async def test_a_crash_after_a_new_password_loses_no_letter(house: House, way: str) -> None:
    session, token = await house.customer(), await reset_token(house)

    class Crash(Exception):
        pass

    async def dies(_place: str) -> None:
        raise Crash

    alive = house.runner
    house.use(Runner(SqlJournal(house.store.database), house.clock, house.handlers(alive), point=dies))
    with pytest.raises(Crash):
        await (house.change_password(session, PASSWORD, NEW) if way == "change" else house.reset_password(token, NEW))
    house.use(alive)
    assert await house.logs_in(password=NEW) is not None
    assert await house.mails("mina@example.com", "password_changed") == ()
    await RestartRequests(house.store, alive, house.clock)()
    assert len(await house.mails("mina@example.com", "password_changed")) == 1
    assert await RestartRequests(house.store, alive, house.clock)() == 0


@pytest.mark.parametrize("way", ["change", "reset"])
async def test_who_heard_nothing_of_a_new_password_asks_again_under_the_key(house: House, way: str) -> None:
    session, token = await house.customer(), await reset_token(house)

    async def sets(key: str, password: str = NEW) -> None:
        if way == "change":
            await house.change_password(session, PASSWORD, password, key)
        else:
            await house.reset_password(token, password, key)

    await sets("first")
    await sets("first")
    assert await house.logs_in(password=NEW) is not None
    assert len(await house.mails("mina@example.com", "password_changed")) == 1
    with pytest.raises(WrongPassword if way == "change" else TokenSpent):
        await sets("another")


async def test_a_reset_link_is_over_after_half_an_hour_and_after_a_newer_one(house: House) -> None:
    await house.customer()
    older = await reset_token(house)
    newer = await reset_token(house)
    with pytest.raises(TokenSpent):
        await house.reset_password(older, NEW)
    house.world.clock.advance(timedelta(minutes=30))
    with pytest.raises(TokenSpent):
        await house.reset_password(newer, NEW)


async def test_an_unknown_address_starts_the_same_work_and_is_mailed_nothing(house: House) -> None:
    await house.customer()
    mails, begun = len(await house.mails()), await letters_begun(house)
    await house.request_reset("nobody@example.com")
    assert len(await house.mails()) == mails
    assert await letters_begun(house) == begun + 1
    await house.request_reset("mina@example.com")
    assert len(await house.mails()) == mails + 1
    assert await letters_begun(house) == begun + 2


async def letters_begun(house: House) -> int:
    async with house.store.database.reading() as transaction:
        return len(await transaction.rows(text("SELECT key FROM work WHERE kind = 'account_letter'")))


async def test_a_link_that_was_used_is_not_revived_by_another_try_of_its_mail(house: House) -> None:
    await house.customer()
    house.world.faults.switch("mail", "send", "timeout_after")
    await house.request_reset("mina@example.com")
    await house.mailing_is_tried(times=1)
    [sent] = await Mailbox(house.world).mails("mina@example.com", "password_reset")
    token = sent.values["link"].partition("#token=")[2]
    await house.reset_password(token, NEW)
    house.world.faults.clear()
    await house.settled()
    with pytest.raises(TokenSpent):
        await house.reset_password(token, PASSWORD)
    assert len(await house.mails("mina@example.com", "password_reset")) == 1


async def test_a_link_that_was_replaced_while_its_mail_was_tried_is_not_mailed(house: House) -> None:
    await house.customer()
    house.world.faults.switch("mail", "send", "unavailable")
    for times in (1, 4):
        await house.request_reset("mina@example.com")
        await house.mailing_is_tried(times)
    house.world.faults.clear()
    [mail] = await house.mails("mina@example.com", "password_reset")
    await house.reset_password(mail.values["link"].partition("#token=")[2], NEW)


@pytest.mark.parametrize("minutes", [21, 31])
async def test_a_link_that_is_tried_again_too_late_gives_way_to_the_next(house: House, minutes: int) -> None:
    await house.customer()
    house.world.faults.switch("mail", "send", "timeout_after")
    await house.request_reset("mina@example.com")
    await house.mailing_is_tried(times=3)
    house.world.clock.advance(timedelta(minutes=minutes))
    await house.mailing_is_tried(times=3)
    house.world.faults.clear()
    second, first = await house.mails("mina@example.com", "password_reset")
    with pytest.raises(TokenSpent):
        await house.reset_password(first.values["link"].partition("#token=")[2], NEW)
    await house.reset_password(second.values["link"].partition("#token=")[2], NEW)


@pytest.mark.parametrize("tag", ["", "+home"], ids=["as it is", "tagged"])
async def test_reset_mails_to_one_mailbox_are_limited_silently(house: House, tag: str) -> None:
    await house.customer(f"mina{tag}@example.com")  # the code was one mail of three
    await house.start_sign_up(a_form("mina@example.com"))
    for _ in range(5):
        await house.request_reset(f"mina{tag}@example.com")
        await house.settled()
    assert len(await house.mails(letter="password_reset")) == 1


async def test_changing_the_password_ends_the_other_sessions(house: House) -> None:
    session = await house.customer()
    admitted = await house.log_in(LogInForm(email="mina@example.com", password=PASSWORD))
    with pytest.raises(WrongPassword):
        await house.change_password(session, "wrong " + PASSWORD, NEW)
    with pytest.raises(Invalid) as refused:
        await house.change_password(session, PASSWORD, "password1234")
    assert [f.field for f in refused.value.faults] == ["newPassword"]
    await house.change_password(session, PASSWORD, NEW)
    assert await house.sessions(admitted.tokens.access) is None
    assert await house.logs_in(password=NEW) is not None
    assert len(await house.mails("mina@example.com", "password_changed")) == 1


async def test_changing_the_password_voids_a_mailed_link(house: House) -> None:
    session, token = await house.customer(), await reset_token(house)
    await house.change_password(session, PASSWORD, NEW)
    with pytest.raises(TokenSpent):
        await house.reset_password(token, PASSWORD)
    assert await house.logs_in(password=NEW) is not None


async def test_guessing_the_current_password_is_limited_like_log_ins(house: House) -> None:
    session = await house.customer()
    for _ in range(5):
        with pytest.raises(WrongPassword):
            await house.change_password(session, "wrong " + PASSWORD, NEW)
    with pytest.raises(TooMany):
        await house.change_password(session, PASSWORD, NEW)
    with pytest.raises(TooMany):
        await house.logs_in()

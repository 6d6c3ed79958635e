"""Users, sign-ups, sessions and reset links are kept as the store promises (ACC-1, ACC-5, ACC-9)."""

from datetime import timedelta

import msgspec
import pytest

from core.domain.ids import SessionId, SignUpId, UserId
from core.domain.session import Session, UserState
from core.domain.words import Language
from ports.store import RefreshTurn, Store
from tests.contracts.people import HOUR, NOW, session, sign_up, user

MINA = UserId("user-mina")
S1 = SignUpId("s1")
S2 = SignUpId("s2")


async def test_a_user_is_found_by_each_of_their_ids(store: Store) -> None:
    mina = user()
    async with store.begin() as shelves:
        assert await shelves.users.add(mina)
    async with store.reading() as shelves:
        assert await shelves.users.find(MINA) == mina
        assert await shelves.users.by_email("mina@example.com") == mina
        assert await shelves.users.by_account(mina.account) == mina
        assert await shelves.users.by_client(mina.client) == mina
        assert await shelves.users.find(UserId("nobody")) is None
        assert await shelves.users.by_email("Mina@Example.com") is None


@pytest.mark.parametrize("same", ["canonical", "account"])
async def test_an_address_and_an_account_have_one_user(store: Store, same: str) -> None:
    async with store.begin() as shelves:
        assert await shelves.users.add(user())
        assert not await shelves.users.add(user("ken", **{same: getattr(user(), same)}))
        assert await shelves.users.find(UserId("user-ken")) is None


async def test_a_users_settings_change_one_by_one(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.users.add(user("ken"))
        await shelves.users.set_password(MINA, "$argon2id$two")
        await shelves.users.set_state(MINA, UserState.BARRED)
        await shelves.users.accept_terms(MINA, "2026-02", NOW + HOUR)
        await shelves.users.set_preferences(MINA, Language.EN, False)
    async with store.reading() as shelves:
        assert await shelves.users.find(MINA) == user(
            password="$argon2id$two",
            state=UserState.BARRED,
            terms_version="2026-02",
            terms_accepted_at=NOW + HOUR,
            language=Language.EN,
            marketing_consent=False,
        )
        assert await shelves.users.find(UserId("user-ken")) == user("ken")


async def test_active_users_come_in_pages(store: Store) -> None:
    async with store.begin() as shelves:
        for name in ("a", "b", "c", "d"):
            await shelves.users.add(user(name, state=UserState.BARRED if name == "b" else UserState.ACTIVE))
        first = await shelves.users.everyone(None, 2)
        assert [u.id for u in first] == ["user-a", "user-c"]
        assert [u.id for u in await shelves.users.everyone(first[-1].id, 2)] == ["user-d"]


async def test_the_first_who_came_is_known(store: Store) -> None:
    async with store.begin() as shelves:
        assert await shelves.users.first_came() is None
        for name, hours in (("a", 3), ("b", 1), ("c", 2)):
            await shelves.users.add(user(name, created_at=NOW + hours * HOUR))
        assert await shelves.users.first_came() == NOW + HOUR


async def test_a_sign_up_is_kept_whole_and_found_by_its_link(store: Store) -> None:
    kept = sign_up(checkout="fingerprint", number="P1000002")
    async with store.begin() as shelves:
        await shelves.sign_ups.add(kept)
        await shelves.sign_ups.set_code(S1, "code-1", "token-1", NOW + 2 * HOUR)
    async with store.reading() as shelves:
        found = await shelves.sign_ups.find(S1)
        assert found == msgspec.structs.replace(kept, code="code-1", token="token-1", expires_at=NOW + 2 * HOUR)
        assert await shelves.sign_ups.by_token("token-1") == found
        assert await shelves.sign_ups.by_token("token-2") is None


async def test_tries_of_a_code_are_counted_from_each_new_code(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.sign_ups.add(sign_up())
        assert [await shelves.sign_ups.take_attempt(S1) for _ in range(3)] == [0, 1, 2]
        await shelves.sign_ups.set_code(S1, "code-2", "token-2", NOW + HOUR)
        assert await shelves.sign_ups.take_attempt(S1) == 0
        await shelves.sign_ups.readdress(S1, "New@example.com", "new@example.com")
        found = await shelves.sign_ups.find(S1)
        assert found is not None
        assert (found.email, found.canonical) == ("New@example.com", "new@example.com")


async def test_an_address_is_claimed_by_one_sign_up_at_a_time(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.sign_ups.add(sign_up("s1"))
        await shelves.sign_ups.add(sign_up("s2"))
        assert await shelves.sign_ups.claim(S1, "mina@example.com", NOW)
        assert await shelves.sign_ups.claim(S1, "mina@example.com", NOW + HOUR)
        first = await shelves.sign_ups.find(S1)
        assert first is not None
        assert first.confirmed_at == NOW
        assert not await shelves.sign_ups.claim(S2, "mina@example.com", NOW)
        await shelves.sign_ups.release(S1)
        assert await shelves.sign_ups.claim(S2, "mina@example.com", NOW)


async def test_a_sign_up_claims_one_address(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.sign_ups.add(sign_up())
        assert await shelves.sign_ups.claim(S1, "mina@example.com", NOW)
        assert not await shelves.sign_ups.claim(S1, "mina.at.home@example.com", NOW)


async def test_an_address_that_has_a_user_can_not_be_claimed(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.sign_ups.add(sign_up())
        assert not await shelves.sign_ups.claim(S1, "mina@example.com", NOW)


async def test_a_settled_sign_up_forgets_the_password_and_later_its_code(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.sign_ups.add(sign_up())
        await shelves.sign_ups.set_code(S1, "code", "token", NOW + HOUR)
        await shelves.sign_ups.claim(S1, "other@example.com", NOW)
        await shelves.sign_ups.settle(S1, MINA)
        found = await shelves.sign_ups.by_token("token")
        assert found is not None
        assert (found.user, found.password, found.code) == (MINA, "", "code")
        await shelves.sign_ups.forget_before(NOW + 2 * HOUR)
        settled = await shelves.sign_ups.find(S1)
        assert settled is not None
        assert (settled.code, settled.token) == (None, None)


async def test_a_spent_code_is_open_no_more(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.users.add(user("ken"))
        for one, whose in ((S1, MINA), (S2, user("ken").id)):
            await shelves.sign_ups.add(sign_up(one, f"{one}@example.com"))
            await shelves.sign_ups.set_code(one, "code", f"token of {one}", NOW + HOUR)
            await shelves.sign_ups.settle(one, whose)
        await shelves.sessions.add(session())
        opened = await shelves.sessions.by_access("se1-access-1", NOW)
        assert opened is not None
        assert opened.code_open
        assert await shelves.sign_ups.of_user(MINA) == await shelves.sign_ups.find(S1)
        await shelves.sign_ups.spend(MINA)
        spent = await shelves.sessions.by_access("se1-access-1", NOW)
        assert spent is not None
        assert not spent.code_open
        assert await shelves.sign_ups.by_token(f"token of {S1}") is None
        assert await shelves.sign_ups.of_user(MINA) is None
        assert await shelves.sign_ups.by_token(f"token of {S2}") is not None


async def test_only_sign_ups_that_were_never_confirmed_are_forgotten(store: Store) -> None:
    async with store.begin() as shelves:
        for id in ("s1", "s2", "s3"):
            life = HOUR * (3 if id == "s3" else 1)
            await shelves.sign_ups.add(sign_up(id, f"{id}@example.com", expires_at=NOW + life))
        await shelves.sign_ups.claim(S1, "s1@example.com", NOW)
        assert await shelves.sign_ups.forget_before(NOW + 2 * HOUR) == 1
        assert await shelves.sign_ups.find(S2) is None
        assert await shelves.sign_ups.find(S1) is not None
        assert await shelves.sign_ups.find(SignUpId("s3")) is not None


async def test_an_access_token_speaks_for_its_user_while_it_is_good(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.sessions.add(session())
        mina = user()
        assert await shelves.sessions.by_access("se1-access-1", NOW) == Session(
            session=SessionId("se1"),
            user=mina.id,
            account=mina.account,
            contact=mina.contact,
            client=mina.client,
            csrf="se1-csrf-1",
        )
        assert await shelves.sessions.by_access("se1-access-1", NOW + HOUR) is None
        assert await shelves.sessions.by_access("se1-refresh-1", NOW) is None
        await shelves.users.set_state(MINA, UserState.BARRED)
        assert await shelves.sessions.by_access("se1-access-1", NOW) is None


async def test_a_refresh_token_is_good_once_and_a_replay_ends_the_session(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.sessions.add(session())
        assert await shelves.sessions.take_refresh("se1-refresh-1", NOW, None, NOW) == (RefreshTurn.GOOD, "se1", MINA)
        await shelves.sessions.renew(session(turn=2))
        assert await shelves.sessions.by_access("se1-access-1", NOW) is None
        assert await shelves.sessions.by_access("se1-access-2", NOW) is not None
        assert await shelves.sessions.take_refresh("se1-refresh-1", NOW, None, NOW) == (
            RefreshTurn.REPLAYED,
            "se1",
            MINA,
        )
        assert await shelves.sessions.by_access("se1-access-2", NOW) is None
        assert await shelves.sessions.take_refresh("se1-refresh-2", NOW, None, NOW) == (RefreshTurn.UNKNOWN, None, None)
        await shelves.sessions.renew(session(turn=3))
        assert await shelves.sessions.by_access("se1-access-3", NOW) is None


@pytest.mark.parametrize("why_not", [None, "no key", "another key", "too late", "used since"])
async def test_a_used_refresh_token_is_good_again_under_its_key_for_a_while(store: Store, why_not: str | None) -> None:
    used, again = NOW + HOUR, "key"
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.sessions.add(session())
        under = None if why_not == "no key" else "key"
        turn = await shelves.sessions.take_refresh("se1-refresh-1", used, under, used - HOUR)
        assert turn == (RefreshTurn.GOOD, "se1", MINA)
        await shelves.sessions.renew(session(turn=2))
        if why_not == "another key":
            again = "other key"
        if why_not == "used since":
            later = used + timedelta(seconds=1)
            await shelves.sessions.take_refresh("se1-refresh-2", later, "key 2", later - HOUR)
            await shelves.sessions.renew(session(turn=3))
        since = used if why_not == "too late" else used - HOUR
        turn = await shelves.sessions.take_refresh("se1-refresh-1", used + HOUR, again, since)
        if why_not is not None:
            assert turn == (RefreshTurn.REPLAYED, "se1", MINA)
            assert await shelves.sessions.by_access("se1-access-2", NOW) is None
            return
        assert turn == (RefreshTurn.GOOD, "se1", MINA)
        await shelves.sessions.renew(session(turn=3))
        void = await shelves.sessions.take_refresh("se1-refresh-2", used + HOUR, None, used)
        assert void == (RefreshTurn.UNKNOWN, None, None)
        assert await shelves.sessions.by_access("se1-access-2", NOW) is None
        assert await shelves.sessions.by_access("se1-access-3", NOW) is not None


@pytest.mark.parametrize("what", ["unknown", "over", "revoked", "barred"])
async def test_a_refresh_token_that_is_no_good_is_unknown(store: Store, what: str) -> None:
    now = NOW
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.sessions.add(session())
        assert await shelves.sessions.is_open(SessionId("se1"), NOW + HOUR)
        if what == "over":
            now = NOW + timedelta(days=30)
        elif what == "revoked":
            await shelves.sessions.revoke(SessionId("se1"), NOW)
        elif what == "barred":
            await shelves.users.set_state(MINA, UserState.BARRED)
        token = "none" if what == "unknown" else "se1-refresh-1"
        assert await shelves.sessions.take_refresh(token, now, None, now) == (RefreshTurn.UNKNOWN, None, None)
        name = SessionId("none" if what == "unknown" else "se1")
        assert not await shelves.sessions.is_open(name, now)


async def test_all_sessions_of_a_user_end_but_the_one_named(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.users.add(user("ken"))
        for stored in (session("a"), session("b"), session("k", whose="ken")):
            await shelves.sessions.add(stored)
        await shelves.sessions.revoke_all(MINA, NOW, but=SessionId("b"))
        good = [id for id in "abk" if await shelves.sessions.by_access(f"{id}-access-1", NOW)]
        assert good == ["b", "k"]
        await shelves.sessions.revoke_all(MINA, NOW)
        assert await shelves.sessions.by_access("b-access-1", NOW) is None


async def test_a_reset_link_is_good_once_and_only_the_last_one(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.resets.add("first", MINA, NOW + HOUR)
        await shelves.resets.add("second", MINA, NOW + HOUR)
        assert await shelves.resets.of_user(MINA) == ("second", NOW + HOUR)
        assert await shelves.resets.of_user(user("ken").id) is None
        assert await shelves.resets.take("first", NOW) is None
        assert await shelves.resets.take("second", NOW) == MINA
        assert await shelves.resets.take("second", NOW) is None
        await shelves.resets.add("void", MINA, NOW + HOUR)
        await shelves.resets.void(MINA)
        assert await shelves.resets.take("void", NOW) is None
        await shelves.resets.add("late", MINA, NOW + HOUR)
        assert await shelves.resets.take("late", NOW + HOUR) is None

"""Ids, tokens, flags and remembered sessions, as the machine and the database give them."""

import re
import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from adapters.system.flags import ShelvedFlags
from adapters.system.ids import RandomIds
from adapters.system.secrets import RandomSecrets
from adapters.system.sessions import RememberedSessions
from core.domain.flags import Feature
from core.domain.ids import AccountId, ClientId, ContactId, SessionId, UserId
from core.domain.session import Session
from ports.store import Flag

START = datetime(2026, 1, 20, tzinfo=UTC)


def test_ids_are_32_letters_and_digits_in_the_order_of_their_making() -> None:
    ids, made = RandomIds(), []
    for _ in range(5):
        made += [ids.new() for _ in range(50)]
        time.sleep(0.002)
    assert all(re.fullmatch(r"[0-9a-z]{32}", id) for id in made)
    assert len(set(made)) == len(made)
    batches = [sorted(made[start : start + 50]) for start in range(0, 250, 50)]
    assert [id for batch in batches for id in batch] == sorted(made)


def test_codes_have_six_digits_and_tokens_256_bits() -> None:
    secrets = RandomSecrets(b"k" * 32)
    occasions = [str(number) for number in range(100)]
    codes = {secrets.code_of(occasion) for occasion in occasions}
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) > 90
    tokens = {secrets.token() for _ in occasions} | {secrets.token_of(occasion) for occasion in occasions}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_what_belongs_to_an_occasion_is_told_again_by_this_installation_alone() -> None:
    here, again, there = RandomSecrets(b"k" * 32), RandomSecrets(b"k" * 32), RandomSecrets(b"l" * 32)
    assert here.token_of("x") == again.token_of("x") != there.token_of("x")
    assert here.code_of("x") == again.code_of("x") != there.code_of("x")
    assert urlsafe_b64decode(here.token_of("x") + "=").hex() != here.fingerprint("x")


def test_a_fingerprint_belongs_to_a_secret_and_to_an_installation() -> None:
    here, there = RandomSecrets(b"k" * 32), RandomSecrets(b"l" * 32)
    assert here.fingerprint("x") == here.fingerprint("x") != here.fingerprint("y")
    assert here.fingerprint("x") != there.fingerprint("x")
    assert here.fingerprint("\ud800")
    with pytest.raises(ValueError, match="fewer than 32"):
        RandomSecrets(b"short")


@dataclass
class Sessions:
    """Sessions by token, counted when read."""

    clock: datetime = START
    known: dict[str, Session] = field(default_factory=dict)
    reads: int = 0

    async def __call__(self, token: str) -> Session | None:
        self.reads += 1
        return self.known.get(token)

    def now(self) -> datetime:
        return self.clock


def a_session(name: str, user: str = "u") -> Session:
    return Session(
        session=SessionId(name),
        user=UserId(user),
        account=AccountId("a"),
        contact=ContactId("c"),
        client=ClientId("1"),
        csrf="x",
    )


async def test_a_good_token_is_read_once_in_a_few_seconds() -> None:
    kept = Sessions(known={"t": a_session("s")})
    sessions = RememberedSessions(kept, kept)
    assert [await sessions("t") for _ in range(3)] == [a_session("s")] * 3
    assert kept.reads == 1
    kept.clock += timedelta(seconds=3)
    assert await sessions("t")
    assert kept.reads == 2
    kept.clock -= timedelta(hours=1)
    assert await sessions("t")
    assert kept.reads == 3, "a clock that was moved back remembers nothing from the future"


async def test_a_bad_token_is_never_remembered() -> None:
    kept = Sessions()
    sessions = RememberedSessions(kept, kept)
    assert await sessions("t") is None
    kept.known["t"] = a_session("s")
    assert await sessions("t") == a_session("s")


async def test_what_ended_is_forgotten_at_once() -> None:
    kept = Sessions(known={"t": a_session("s"), "other": a_session("s2"), "theirs": a_session("s3", "v")})
    sessions = RememberedSessions(kept, kept)
    for token in kept.known:
        await sessions(token)
    gone = kept.known
    kept.known = {}
    sessions.forget(SessionId("s"))
    assert await sessions("t") is None
    assert await sessions("other") == gone["other"]
    sessions.forget_all(UserId("u"))
    assert await sessions("other") is None
    assert await sessions("theirs") == gone["theirs"]


async def test_a_session_that_ends_while_it_is_read_is_not_remembered() -> None:
    kept = Sessions(known={"t": a_session("s")})

    async def slowly(token: str) -> Session | None:
        found = await kept(token)
        sessions.forget(SessionId("s"))
        return found

    sessions = RememberedSessions(slowly, kept)
    await sessions("t")
    kept.known = {}
    assert await sessions("t") is None


@dataclass
class OneFlag:
    """As much of a store as flags are read from."""

    percentage: int = 0
    reads: int = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["OneFlag"]:
        yield self

    @property
    def flags(self) -> "OneFlag":
        return self

    async def all(self) -> tuple[Flag, ...]:
        self.reads += 1
        return (Flag("registration", self.percentage, ("named",)),)


async def test_flags_are_read_once_in_a_few_seconds_and_have_defaults() -> None:
    kept, clock = OneFlag(), Sessions()
    flags = ShelvedFlags(kept, clock)  # type: ignore[arg-type]
    assert not await flags.on(Feature.REGISTRATION, "somebody")
    assert await flags.on(Feature.REGISTRATION, "named")
    assert await flags.on(Feature.PUBLIC_CATALOG)
    assert not await flags.on(Feature.AUTOMATIC_SERVICEABILITY, "somebody")
    assert kept.reads == 1
    kept.percentage = 100
    clock.clock += timedelta(seconds=5)
    assert await flags.on(Feature.REGISTRATION, "somebody")
    kept.percentage = 0
    flags.forget()
    assert not await flags.on(Feature.REGISTRATION, "somebody")

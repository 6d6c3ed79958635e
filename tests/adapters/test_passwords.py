"""Argon2 hashing of passwords (ACC-7, ACC-8)."""

import asyncio
import time
from collections.abc import Iterator

import argon2
import pytest

from adapters.system.passwords import Argon2Passwords
from benchmarks.hash_stall import hash_stall

PASSWORD = "kettle on tuesday"


@pytest.fixture(scope="module")
def passwords() -> Iterator[Argon2Passwords]:
    made = Argon2Passwords()
    yield made
    made.close()


async def test_a_hash_names_its_parameters_and_matches_its_password_only(passwords: Argon2Passwords) -> None:
    hash = await passwords.hash(PASSWORD)
    assert hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in hash
    assert await passwords.matches(PASSWORD, hash)
    assert not await passwords.matches(PASSWORD.upper(), hash)
    assert not await passwords.matches(PASSWORD + " ", hash)
    assert not await passwords.matches("", hash)


async def test_the_same_password_never_hashes_the_same(passwords: Argon2Passwords) -> None:
    assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)


async def test_the_whole_password_counts(passwords: Argon2Passwords) -> None:
    hash = await passwords.hash("x" * 127 + "a")
    assert await passwords.matches("x" * 127 + "a", hash)
    assert not await passwords.matches("x" * 127 + "b", hash)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Zoë's café table", "Zoe\u0308's cafe\u0301 table"),
        ("ｋｅｔｔｌｅ 玄関 tuesday", "kettle 玄関 tuesday"),
        ("ﾊﾟｽﾜｰﾄﾞ 123456", "パスワード 123456"),
    ],
)
async def test_another_keyboards_way_to_write_it_matches(passwords: Argon2Passwords, written: str, typed: str) -> None:
    assert written != typed
    assert await passwords.matches(typed, await passwords.hash(written))


@pytest.mark.parametrize("hash", [None, "", "plain", "$argon2id$v=19$m=19456,t=2,p=1$", "$2b$12$" + "a" * 53])
async def test_what_is_no_hash_matches_nothing(passwords: Argon2Passwords, hash: str | None) -> None:
    assert not await passwords.matches(PASSWORD, hash)


async def test_odd_text_is_wrong_like_any_other(passwords: Argon2Passwords) -> None:
    hash = await passwords.hash(PASSWORD)
    for odd in ("kettle\ud800on", "\0", "x" * 100_000, "ﷺ" * 1000):
        assert not await passwords.matches(odd, hash)
        assert not await passwords.matches(odd, None)


@pytest.mark.parametrize("hash", [None, "not a hash"])
async def test_an_unknown_account_costs_the_same_work(passwords: Argon2Passwords, hash: str | None) -> None:
    known = await passwords.hash(PASSWORD)

    async def work(against: str | None) -> float:
        # the processor's time, which other programs on the machine do not lengthen
        spent = []
        for _ in range(7):
            before = time.process_time()
            assert not await passwords.matches("another password", against)
            spent.append(time.process_time() - before)
        return sorted(spent)[3]

    assert 0.6 < await work(hash) / await work(known) < 1.7


async def test_hashes_of_other_parameters_still_match_and_ask_to_be_renewed(
    passwords: Argon2Passwords,
) -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=2).hash(PASSWORD)
    assert await passwords.matches(PASSWORD, older)
    assert passwords.needs_rehash(older)
    assert not passwords.needs_rehash(await passwords.hash(PASSWORD))
    assert passwords.needs_rehash("not a hash")


def test_it_serves_one_loop_after_another(passwords: Argon2Passwords) -> None:
    for _ in range(2):
        assert asyncio.run(passwords.matches(PASSWORD, asyncio.run(passwords.hash(PASSWORD))))


async def test_the_event_loop_goes_on_while_twenty_are_hashed() -> None:
    # hashed on the loop, or with the interpreter's lock held, it would turn once for each; how long the worst gap was
    # is for the benchmark to tell, since other programs on the machine may make it
    rounds = [await hash_stall() for _ in range(3)]
    assert max(each["turns"] / each["passwords"] for each in rounds) > 3, rounds

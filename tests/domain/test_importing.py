"""Which users of a former portal can be taken over (OPS-7)."""

import base64

import pytest

from core.domain.importing import hash_faults

SALT = base64.b64encode(b"s" * 16).decode().rstrip("=")
KEY = base64.b64encode(b"k" * 32).decode().rstrip("=")


def a_hash(kind: str = "argon2id", version: str = "v=19", cost: str = "m=19456,t=2,p=1", salt: str = SALT) -> str:
    return f"${kind}${version}${cost}${salt}${KEY}"


@pytest.mark.parametrize(
    "cost", ["m=19456,t=2,p=1", "m=65536,t=3,p=4", "m=7168,t=5,p=1", "m=47104,t=1,p=1", "m=262144,t=4,p=16"]
)
def test_a_hash_of_sane_cost_is_taken(cost: str) -> None:
    assert hash_faults("passwordHash", a_hash(cost=cost)) == []


@pytest.mark.parametrize(
    ("hash", "code"),
    [
        (a_hash("argon2i"), "not_argon2id"),
        (a_hash("argon2d"), "not_argon2id"),
        (a_hash(version="v=16"), "not_argon2id"),
        ("$2b$12$" + "a" * 53, "not_argon2id"),
        (a_hash() + "\n", "not_argon2id"),
        (a_hash(salt="c2FsdA"), "not_argon2id"),
        (a_hash(salt=SALT + "aaa"), "not_argon2id"),
        (a_hash(cost="m=019456,t=2,p=1"), "not_argon2id"),
        (a_hash(cost="m=19456,t=2,p=1,keyid=x"), "not_argon2id"),
        ("", "not_argon2id"),
        (a_hash(cost="m=8,t=1,p=1"), "too_weak"),
        (a_hash(cost="m=4096,t=20,p=1"), "too_weak"),
        (a_hash(cost="m=19456,t=1,p=1"), "too_weak"),
        (a_hash(cost="m=4194304,t=1,p=1"), "too_costly"),
        (a_hash(cost="m=65536,t=9999,p=1"), "too_costly"),
        (a_hash(cost="m=999999999,t=9999,p=99"), "too_costly"),
        (a_hash(cost="m=19456,t=2,p=17"), "too_costly"),
    ],
)
def test_any_other_hash_is_refused(hash: str, code: str) -> None:
    (fault,) = hash_faults("passwordHash", hash)
    assert (fault.field, fault.code, fault.data) == ("passwordHash", code, {})

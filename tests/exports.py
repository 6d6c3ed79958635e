"""A former portal's export, made for tests (docs/import.md)."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher, Type

CREATED = datetime(2023, 5, 1, 3, 0, tzinfo=UTC)


@cache
def hashed(password: str, *, memory: int = 19 * 1024, passes: int = 2, lanes: int = 1) -> str:
    """The password as a former portal might have hashed it."""
    return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes, type=Type.ID).hash(password)


def user_line(email: str, password: str, account: str, contact: str, client: str, number: str) -> dict[str, Any]:
    """A line of users.jsonl."""
    return {
        "email": email,
        "passwordHash": hashed(password),
        "accountId": account,
        "contactId": contact,
        "clientId": client,
        "customerNumber": number,
        "language": "en",
        "emailVerified": True,
        "marketingConsent": True,
        "termsVersion": "2023-04",
        "termsAcceptedAt": CREATED.isoformat(),
        "createdAt": CREATED.isoformat(),
    }


def write_export(
    folder: Path, users: list[Any], documents: list[Any] | None = None, files: dict[str, bytes] | None = None
) -> Path:
    """The export in that folder; a line that is text is written as it is."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for name, lines in (("users.jsonl", users), ("documents.jsonl", documents)):
        if lines is not None:
            text = "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
            (folder / name).write_text(text, "utf-8")
    for name, data in (files or {}).items():
        (folder / "files" / name).write_bytes(data)
    return folder

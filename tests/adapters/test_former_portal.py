"""An export is read line by line; what is wrong is told by field, and never what stood there (OPS-7)."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.system.former_portal import LONGEST_LINE, FormerPortal, NoExport
from core.domain.document import MAX_BYTES
from core.domain.importing import FormerDocument, FormerUser
from tests.exports import CREATED, user_line, write_export

LINE = user_line("mina@example.com", "a quiet morning", "001000000000001AAA", "003000000000001AAA", "1", "P0000001")


def faults_of(read: Any) -> list[tuple[str, str]]:
    assert isinstance(read, tuple), read
    return [(fault.field, fault.code) for fault in read]


def test_users_are_read_with_their_lines(tmp_path: Path) -> None:
    export = FormerPortal(write_export(tmp_path, ["", LINE, "   ", {**LINE, "email": "tomas@example.com"}]))
    read = [(line, user) for line, user in export.users() if isinstance(user, FormerUser)]
    assert [(line.file, line.number, user.email) for line, user in read] == [
        ("users.jsonl", 2, "mina@example.com"),
        ("users.jsonl", 4, "tomas@example.com"),
    ]
    assert (read[0][1].created_at, read[0][1].terms_accepted_at) == (CREATED, CREATED)
    assert len(export) == 2
    assert list(export.documents()) == []
    assert "argon2" not in repr(read)


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("{", "line", "not_json"),
        ("[" * 10_000, "line", "not_valid"),
        ("[]", "line", "not_valid"),
        (json.dumps({**LINE, "passwordHash": 5}), "passwordHash", "not_valid"),
        (json.dumps({**LINE, "createdAt": "2023-05-01T03:00:00"}), "createdAt", "not_valid"),
        (json.dumps({**LINE, "language": "fr"}), "language", "not_valid"),
        (json.dumps({**LINE, "termsVersion": "a\0b"}), "termsVersion", "not_valid"),
        (json.dumps({**LINE, "accountId": "0' OR Id != '0"}), "accountId", "not_valid"),
        (json.dumps({**LINE, "clientId": "1\n"}), "clientId", "not_valid"),
        ('{"email": "\\ud800"}', "line", "not_json"),
        (json.dumps({**LINE, "admin": True}), "line", "unknown_field"),
        (json.dumps({name: value for name, value in LINE.items() if name != "email"}), "email", "required"),
        (json.dumps({**LINE, "email": "a" * LONGEST_LINE}), "line", "too_long"),
    ],
)
def test_a_bad_line_is_told_and_the_next_is_read(tmp_path: Path, line: str, field: str, code: str) -> None:
    (_, bad), (_, good) = FormerPortal(write_export(tmp_path, [line, LINE])).users()
    assert faults_of(bad) == [(field, code)]
    assert isinstance(good, FormerUser)


def test_a_file_of_users_is_an_export_and_an_empty_folder_is_none(tmp_path: Path) -> None:
    file = write_export(tmp_path / "export", [LINE], []) / "users.jsonl"
    assert len(list(FormerPortal(file).users())) == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoExport):
        FormerPortal(tmp_path / "empty")


def document(**front: Any) -> dict[str, Any]:
    return {"accountId": "001000000000001AAA", "front": front, "sentAt": CREATED.isoformat()}


def test_a_card_is_read_with_its_name_and_digest(tmp_path: Path) -> None:
    export = write_export(tmp_path, [], [document(file="1.png", name="card.png")], {"1.png": b"card"})
    ((_, read),) = FormerPortal(export).documents()
    assert isinstance(read, FormerDocument)
    assert (read.front.sent.filename, read.front.sent.data, read.back) == ("card.png", b"card", None)
    assert "card" not in repr(read.front.sent)


@pytest.mark.parametrize(
    ("front", "field", "code"),
    [
        ({"file": "../users.jsonl"}, "front.file", "not_in_the_export"),
        ({"file": "/etc/hostname"}, "front.file", "not_in_the_export"),
        ({"file": "link.png"}, "front.file", "not_in_the_export"),
        ({"file": "missing.png"}, "front.file", "not_in_the_export"),
        ({"file": "a\0b"}, "front.file", "not_readable"),
        ({"file": "1.png", "sha256": "0" * 64}, "front.sha256", "differs"),
        ({"file": "1.png", "sha256": "abc"}, "front.sha256", "not_valid"),
        ({}, "front.file", "required"),
    ],
)
def test_a_file_outside_of_the_export_is_never_read(
    tmp_path: Path, front: dict[str, Any], field: str, code: str
) -> None:
    export = write_export(tmp_path, [], [document(**front)], {"1.png": b"card"})
    (tmp_path / "files" / "link.png").symlink_to(tmp_path / "users.jsonl")
    ((_, read),) = FormerPortal(export).documents()
    assert faults_of(read) == [(field, code)]


def test_no_more_of_a_file_is_read_than_is_accepted(tmp_path: Path) -> None:
    export = write_export(tmp_path, [], [document(file="1.png")], {"1.png": bytes(MAX_BYTES + 500)})
    ((_, read),) = FormerPortal(export).documents()
    assert isinstance(read, FormerDocument)
    assert len(read.front.sent.data) == MAX_BYTES + 1

"""The export of a former portal as a folder of files (docs/import.md), read line by line."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeVar

import msgspec

from core.domain.document import MAX_BYTES, SentFile
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber
from core.domain.importing import FormerDocument, FormerFile, FormerUser, LineFault
from core.domain.words import Language

USERS: Final = "users.jsonl"
DOCUMENTS: Final = "documents.jsonl"
FILES: Final = "files"
LONGEST_LINE: Final = 64 * 1024

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z]{1,18}\Z")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Faults = tuple[LineFault, ...]
S = TypeVar("S", bound=msgspec.Struct)


class NoExport(Exception):
    """What was named is no export."""


class _User(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    email: Text
    password_hash: Text
    account_id: Id
    contact_id: Id
    client_id: Id
    customer_number: Id
    language: Language
    email_verified: bool
    marketing_consent: bool = False
    terms_version: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{0,40}\Z")] = ""
    terms_accepted_at: Moment | None = None
    created_at: Moment

    def __repr__(self) -> str:
        return "_User"


class _File(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    file: Text
    name: Text | None = None
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None


class _Document(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    account_id: Id
    front: _File
    back: _File | None = None
    sent_at: Moment


class Line(NamedTuple):
    """Where a line of the export stands."""

    file: str
    number: int


class FormerPortal:
    """An export: the folder with its files, or the file of its users alone.

    A line that can't be read is answered with what is wrong with which field, and those behind it are read on. Raises
    NoExport where there is none.
    """

    def __init__(self, place: Path) -> None:
        self._folder = place if place.is_dir() else place.parent
        names = (USERS, DOCUMENTS) if place.is_dir() else (place.name,)
        self._there = [name for name in names if (self._folder / name).is_file()]
        if not self._there:
            raise NoExport(f"{place} is no export: it has no {' and no '.join(names)}")
        self._users = next((name for name in self._there if name != DOCUMENTS), None)
        self._files = (self._folder / FILES).resolve()

    def __len__(self) -> int:
        return sum(1 for name in self._there for line in _lines(self._folder / name) if line.strip())

    def users(self) -> Iterator[tuple[Line, FormerUser | Faults]]:
        """Each user with their line."""
        for line, read in self._read(self._users, _User):
            yield line, _former(read) if isinstance(read, _User) else read

    def documents(self) -> Iterator[tuple[Line, FormerDocument | Faults]]:
        """Each stored card with its line; its files are read when it is asked for."""
        for line, read in self._read(DOCUMENTS if DOCUMENTS in self._there else None, _Document):
            yield line, self._document(read) if isinstance(read, _Document) else read

    def _read(self, name: str | None, kind: type[S]) -> Iterator[tuple[Line, S | Faults]]:
        if name is None:
            return
        for number, text in enumerate(_lines(self._folder / name), start=1):
            if text.strip():
                yield Line(name, number), _converted(text, kind)

    def _document(self, read: _Document) -> FormerDocument | Faults:
        sides = {"front": read.front} | ({"back": read.back} if read.back is not None else {})
        files: dict[str, FormerFile] = {}
        for side, file in sides.items():
            found = self._file(side, file)
            if isinstance(found, LineFault):
                return (found,)
            files[side] = found
        account = AccountId(read.account_id)
        return FormerDocument(account=account, front=files["front"], back=files.get("back"), sent_at=read.sent_at)

    def _file(self, side: str, named: _File) -> FormerFile | LineFault:
        try:
            path = (self._files / named.file).resolve()
            if not path.is_relative_to(self._files) or not path.is_file():
                return LineFault(f"{side}.file", "not_in_the_export")
            with path.open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)
        except (OSError, ValueError):
            return LineFault(f"{side}.file", "not_readable")
        digest = hashlib.sha256(data).hexdigest()
        if named.sha256 is not None and digest != named.sha256:
            return LineFault(f"{side}.sha256", "differs")
        return FormerFile(SentFile(named.name or path.name, data), digest)


def _lines(path: Path) -> Iterator[bytes]:
    """The file's lines; of one that is too long no more than shows that it is."""
    with path.open("rb") as opened:
        while line := opened.readline(LONGEST_LINE + 1):
            whole = line
            while not line.endswith(b"\n") and (line := opened.readline(LONGEST_LINE)):
                pass
            yield whole


def _converted(text: bytes, kind: type[S]) -> S | Faults:
    if len(text) > LONGEST_LINE:
        return (LineFault("line", "too_long"),)
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        return (_fault(str(error)),)
    except (msgspec.DecodeError, RecursionError):
        return (LineFault("line", "not_json"),)


def _fault(said: str) -> LineFault:
    # what was expected is told, what stood there never: it may be a hash
    what, _, where = said.partition(" - at `$")
    place = where.strip("`.")
    if "missing required field" in what:
        return LineFault(".".join(filter(None, (place, what.split("`")[1]))), "required")
    return LineFault(place or "line", "unknown_field" if "unknown field" in what else "not_valid")


def _former(read: _User) -> FormerUser:
    values: dict[str, Any] = {
        "account": AccountId(read.account_id),
        "contact": ContactId(read.contact_id),
        "client": ClientId(read.client_id),
        "number": CustomerNumber(read.customer_number),
        "password": read.password_hash,
    }
    alike = sorted(set(FormerUser.__struct_fields__) - values.keys())
    return FormerUser(**values, **{name: getattr(read, name) for name in alike})

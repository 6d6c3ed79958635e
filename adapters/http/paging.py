"""Cursors of lists: a place in the caller's own list, sealed, so that a made-up one is refused."""

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final, Generic, TypeAlias, TypeVar

import msgspec
from litestar.params import QueryParameter

from adapters.http.body import Answer
from adapters.http.refused import Unreadable
from core.domain.refusals import FieldFault

T = TypeVar("T")

PAGE: Final = 20
LARGEST_PAGE: Final = 100
_SEAL: Final = 12
_LONGEST: Final = 512

PageSize: TypeAlias = Annotated[
    int, QueryParameter(ge=1, le=LARGEST_PAGE, description="How many items a page holds at most.")
]
"""A handler's `limit` parameter; give it PAGE as its default."""

CursorText: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        min_length=_SEAL,
        max_length=_LONGEST,
        pattern="^[A-Za-z0-9_-]+$",
        description="`nextCursor` of the page before; absent for the first page.",
    ),
]
"""A handler's `cursor` parameter; give it None as its default."""


class Page(Answer, Generic[T], frozen=True):
    """One page of a list; `next_cursor` is absent on the last one."""

    items: tuple[T, ...]
    next_cursor: str | None = None


class ReadPage(Page[T], Generic[T], frozen=True, kw_only=True):
    """One page of what another system holds, as it was at `read_at`: a while ago where it does not answer (T-10)."""

    read_at: datetime


class Cursors:
    """Writes and reads the cursors of lists; `name` keeps one list's cursors out of another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, name: str, *place: str | int) -> str:
        """A cursor to the place behind an item, such as its time and id."""
        inside = msgspec.msgpack.encode(place)
        return urlsafe_b64encode(self._seal(name, inside) + inside).decode().rstrip("=")

    def read(self, name: str, cursor: str, shape: type[T]) -> T:
        """The place as a tuple of `shape`; raises Unreadable for a cursor this list did not write."""
        try:
            sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            inside = sealed[_SEAL:]
            if hmac.compare_digest(sealed[:_SEAL], self._seal(name, inside)):
                return msgspec.msgpack.decode(inside, type=shape)
        except (binascii.Error, UnicodeEncodeError, ValueError):
            pass
        raise Unreadable(FieldFault("cursor", "bad_cursor"))

    def page(
        self, name: str, items: Sequence[T], id_of: Callable[[T], str], limit: int, cursor: str | None
    ) -> tuple[Sequence[T], str | None]:
        """One page of a list that is read whole, and the cursor behind it.

        Raises Unreadable as `read` does, also when what the cursor stood behind is gone.
        """
        start = 0
        if cursor is not None:
            (last,) = self.read(name, cursor, tuple[str])
            start = next((place for place, item in enumerate(items, start=1) if id_of(item) == last), 0)
            if start == 0:
                raise Unreadable(FieldFault("cursor", "bad_cursor"))
        shown = items[start : start + limit]
        more = start + limit < len(items)
        return shown, self.write(name, id_of(shown[-1])) if more else None

    def _seal(self, name: str, inside: bytes) -> bytes:
        return hmac.new(self._key, name.encode() + b"\0" + inside, hashlib.sha256).digest()[:_SEAL]

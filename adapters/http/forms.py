"""Multipart forms of files, read into memory only: what a customer uploads never touches a disk (IDV-6)."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Final

import msgspec
from litestar import Request
from multipart import MultipartSegment, PushMultipartParser  # type: ignore[import-untyped]

from adapters.http.body import arriving
from adapters.http.refused import Unreadable, WrongMediaType
from adapters.http.surroundings import HttpSettings
from core.domain.refusals import FieldFault

MULTIPART: Final = "multipart/form-data"
MOST_PARTS: Final = 8


class File(msgspec.Struct, frozen=True):
    """A file as it came: the name its device gave it, not to be trusted, and its bytes."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"File({len(self.data)} bytes)"


def file_schema(needed: str, *others: str, alias: str = "") -> dict[str, Any]:
    """The schema of a form of files, for `operation(form=...)`; `alias` may be sent instead of `needed`.

    Its example names a file for each field, since its bytes can't be written down.
    """
    names = [name for name in (needed, *others, alias) if name]
    properties = {name: {"type": "string", "format": "binary"} for name in names}
    wanted = {"oneOf": [{"required": [needed]}, {"required": [alias]}]} if alias else {"required": [needed]}
    shown = {"examples": [{name: f"{name}.jpg" for name in (needed, *others)}]}
    return {"type": "object", "properties": properties, **wanted, "additionalProperties": False, **shown}


async def files_of(
    request: Request[Any, Any, Any], settings: HttpSettings, fields: Mapping[str, str], *, needed: str
) -> dict[str, File]:
    """The files of the request's form, by field.

    `fields` maps each name a caller may use to the field it stands for ("file" to "front"). The handler's
    `request_max_body_size` bounds the whole form. Raises Unreadable naming the field, BodyTooLarge, BodyTooSlow,
    WrongMediaType.
    """
    media_type, options = request.content_type
    if media_type != MULTIPART or not options.get("boundary"):
        raise WrongMediaType(wanted=MULTIPART)
    found: dict[str, File] = {}
    try:
        async with arriving(request, settings.upload_time), aclosing(_parts(request, options["boundary"])) as parts:
            async for segment, data in parts:
                field = fields.get(segment.name or "")
                _check(segment, field, found)
                found[field or ""] = File(segment.filename or "", data)
    except (ValueError, LookupError) as error:
        raise Unreadable(FieldFault("", "not_multipart")) from error
    if needed not in found:
        raise Unreadable(FieldFault(needed, "required"))
    return found


def _check(segment: MultipartSegment, field: str | None, found: Mapping[str, File]) -> None:
    if field is None:
        raise Unreadable(FieldFault(segment.name or "", "unknown_field"))
    if field in found:
        raise Unreadable(FieldFault(field, "repeated"))
    if segment.filename is None:
        raise Unreadable(FieldFault(field, "wrong_type"))


async def _parts(request: Request[Any, Any, Any], boundary: str) -> AsyncGenerator[tuple[MultipartSegment, bytes]]:
    segment, data = None, bytearray()
    with PushMultipartParser(boundary, max_segment_count=MOST_PARTS) as parser:
        async for chunk in request.stream():
            if parser.closed:
                break
            for event in parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    segment, data = event, bytearray()
                elif event:
                    data += event
                elif segment is not None:
                    yield segment, bytes(data)

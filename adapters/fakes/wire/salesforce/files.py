"""Files that are sent in parts: the record in one, its bytes in another."""

from io import BytesIO
from typing import Any, Final

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartParser,
    parse_options_header,
)

from adapters.fakes.wire.salesforce.calls import ApiError, Call, read_json

_MOST_IN_MEMORY: Final = 256 * 1024 * 1024


def parts_of(call: Call) -> Any:
    """The body of a write: as it came, or the record that its parts make up together."""
    kind, options = parse_options_header(call.headers.get("content-type", "application/json"))
    if kind == "application/json":
        return call.body
    if kind != "multipart/form-data":
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", f"The content type {kind} is not supported")
    if not options.get("boundary"):
        raise ApiError("JSON_PARSER_ERROR", "The parts have no boundary")
    try:
        limit = _MOST_IN_MEMORY
        parser = MultipartParser(
            BytesIO(call.body), options["boundary"], memory_limit=limit, spool_limit=limit, charset="utf-8"
        )
        parts = parser.parts()
        record: dict[str, Any] = {}
        for part in parts:
            # clients call the record's part by various names: what is no file is the record
            if part.filename is None:
                record |= read_json(part.raw, dict[str, Any])
        for part in parts:
            if part.filename is not None:
                record[part.name] = part.raw
    except MultipartError as error:
        raise ApiError("JSON_PARSER_ERROR", f"The parts can't be read: {error}") from None
    return record

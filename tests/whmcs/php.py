"""PHP's side of a form, written for the tests by PHP's rules and apart from both the adapter and the made-up WHMCS."""

import base64
from typing import Any
from urllib.parse import unquote_plus

Array = dict[int | str, Any]


def posted(body: bytes) -> Array:
    """`$_POST` of that body."""
    array: Array = {}
    for part in body.decode("ascii").split("&"):
        name, _, value = part.partition("=")
        keys = _path(unquote_plus(name))
        place = array
        for key in keys[:-1]:
            inner = place.setdefault(key, {})
            assert isinstance(inner, dict)
            place = inner
        assert keys[-1] not in place, f"{name} is there twice: PHP keeps the last"
        place[keys[-1]] = unquote_plus(value)
    return array


def _path(name: str) -> list[int | str]:
    head, *rest = name.split("[")
    assert all(part.endswith("]") for part in rest)
    return [_key(part) for part in (head, *(part[:-1] for part in rest))]


def _key(text: str) -> int | str:
    return int(text) if text.isdigit() and str(int(text)) == text else text


def unserialize(text: str) -> Any:
    """PHP's `unserialize(base64_decode(…))`, byte by byte."""
    value, rest = _value(base64.b64decode(text, validate=True))
    assert rest == b""
    return value


def _value(data: bytes) -> tuple[Any, bytes]:
    kind, data = data[:1], data[2:]
    if kind == b"i":
        number, _, rest = data.partition(b";")
        return int(number), rest
    if kind == b"s":
        length, _, rest = data.partition(b":")
        end = 1 + int(length)
        assert (rest[:1], rest[end : end + 2]) == (b'"', b'";')
        return rest[1:end].decode(), rest[end + 2 :]
    assert kind == b"a", kind
    count, _, rest = data.partition(b":")
    rest, array = rest.removeprefix(b"{"), {}
    for _ in range(int(count)):
        key, rest = _value(rest)
        array[key], rest = _value(rest)
    assert rest[:1] == b"}"
    return array, rest[1:]

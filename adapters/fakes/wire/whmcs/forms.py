"""Forms as PHP reads them: arrays by brackets, the last of equal names, and arrays that were serialised."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any, Final
from urllib.parse import parse_qsl

import phpserialize  # type: ignore[import-untyped]

Form = dict[str | int, Any]
"""A PHP array: texts and arrays by their keys, in the order they came."""

FORM: Final = "application/x-www-form-urlencoded"
_DEEPEST: Final = 64
_LONGEST_NUMBER: Final = 18
_MOST: Final = 1000
"""PHP reads no more values than that, and says nothing of the others."""


def form_of(body: str) -> Form:
    """What PHP reads of an encoded form."""
    form: Form = {}
    for name, value in parse_qsl(body, keep_blank_values=True)[:_MOST]:
        keys = _keys_of(name)
        if keys:
            _put(form, keys, value)
    return form


def key_of(text: str) -> str | int:
    """A key of a PHP array: what is written as a whole number is one, unless it is longer than PHP's are."""
    if len(text) > _LONGEST_NUMBER:
        return text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    plain = digits.isascii() and digits.isdigit() and ((digits == "0" and not sign) or not digits.startswith("0"))
    return int(text) if plain else text


def is_true(value: Any) -> bool:
    """Whether PHP takes it for true: the text "false" is."""
    return value not in (None, "", "0", 0, False)


def unserialised(text: Any) -> Form:
    """The array in base64 of PHP's own serialisation; what is none counts as empty, and nothing is said of it.

    Bytes that are no UTF-8 are replaced, as they are in a form.
    """
    if not isinstance(text, str) or not text:
        return {}
    try:
        # what the library makes of other bytes is no text that any answer could hold
        array = phpserialize.loads(b64decode(text, validate=True), errors="replace", decode_strings=True)
    except (NotBase64, ValueError, TypeError, OverflowError, RecursionError):
        return {}
    return _renumbered(array) if isinstance(array, dict) else {}


def _renumbered(array: dict[Any, Any]) -> Form:
    """PHP keeps a key that is written as a whole number as one."""
    return {key_of(key) if isinstance(key, str) else key: value for key, value in array.items()}


def _keys_of(name: str) -> list[str | int]:
    """The keys behind a field's name; an empty one is a place at the end."""
    first, bracket, rest = name.partition("[")
    if not bracket or "]" not in rest or not first:
        plain = name.replace(".", "_").replace(" ", "_").replace("[", "_")
        return [key_of(plain)] if plain else []
    keys: list[str | int] = [key_of(first.replace(".", "_").replace(" ", "_"))]
    while bracket and len(keys) < _DEEPEST:
        key, closed, rest = rest.partition("]")
        if not closed:
            break
        keys.append(key_of(key))
        # what stands between a closing and the next opening bracket is dropped
        _, bracket, rest = rest.partition("[") if rest.startswith("[") else ("", "", "")
    return keys


def _put(form: Form, keys: list[str | int], value: str) -> None:
    for key, below in zip(keys, [*keys[1:], None], strict=True):
        place = _next(form) if key == "" else key
        if below is None:
            form[place] = value
        else:
            held = form.get(place)
            form[place] = form = held if isinstance(held, dict) else {}


def _next(form: Form) -> int:
    return max((key for key in form if isinstance(key, int)), default=-1) + 1

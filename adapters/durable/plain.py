"""Plain data, as a journal keeps it, and what it stands for."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any, get_type_hints

import msgspec


def to_plain(value: Any) -> Any:
    """`value` as it comes back from JSON: a tuple is a list, a key is text."""
    return msgspec.json.decode(msgspec.json.encode(value))


def from_plain(plain: Any, kind: Any) -> Any:
    """What `plain` stands for, as a `kind`; None stands for nothing."""
    return None if plain is None else msgspec.convert(plain, kind, str_keys=True)


def data_type(handler: Any) -> Any:
    """The type of a handler's second parameter: what its work is about."""
    call = handler if inspect.isfunction(handler) or inspect.ismethod(handler) else type(handler).__call__
    return _second_type(getattr(call, "__func__", call))


@lru_cache(maxsize=256)
def _second_type(call: Callable[..., Any]) -> Any:
    names = [name for name in inspect.signature(call).parameters if name != "self"]
    if len(names) != 2:
        raise TypeError(f"{call!r} does not take steps and data")
    return get_type_hints(call).get(names[1], Any)

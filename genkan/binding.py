"""Binding use cases to ports by the types of their fields.

A use case is a frozen dataclass whose fields are ports; each type stands for one provider, so naming the type is
naming the dependency. `where` overrides the choice for one field of one use case.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_type_hints

from dependency_injector import providers


class Unbound(Exception):
    """A field of a use case has a type that nothing is bound to."""


def bound(
    use_case: type[Any],
    table: Mapping[Any, providers.Provider[Any]],
    **where: providers.Provider[Any],
) -> providers.Singleton[Any]:
    """A provider of `use_case` with each field bound by its type, or by name in `where`."""
    chosen: dict[str, providers.Provider[Any]] = {}
    for name, kind in _typed_fields(use_case):  # type: ignore[arg-type] # mypy takes no class for hashable
        provider = where.get(name) or table.get(kind)
        if provider is None:
            raise Unbound(f"{use_case.__module__}.{use_case.__name__}.{name}: nothing is bound to its type")
        chosen[name] = provider
    return providers.Singleton(use_case, **chosen)


@cache
def _typed_fields(use_case: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(use_case)
    return tuple((field.name, hints[field.name]) for field in fields(use_case))

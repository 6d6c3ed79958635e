"""What a role's methods take and answer, read from their type hints: all that a call needs to cross a wire."""

import inspect
from functools import cache
from typing import Any, get_type_hints

import msgspec

from core.domain.refusals import Refusal, refusal_of
from ports.errors import Rejected, Unavailable


class Signature(msgspec.Struct, frozen=True):
    """One method of a role: `request` is a struct of its parameters, `answer` the type it gives back."""

    name: str
    parameters: tuple[str, ...]
    request: Any
    answer: Any

    def asked(self, *args: Any, **named: Any) -> msgspec.Struct:
        """The request for a call with these arguments; TypeError when the method does not take them."""
        if len(args) > len(self.parameters):
            raise TypeError(f"{self.name} takes {len(self.parameters)} arguments")
        given = dict(zip(self.parameters, args, strict=False))
        if twice := given.keys() & named.keys():
            raise TypeError(f"{self.name} got {sorted(twice)} twice")
        request: msgspec.Struct = self.request(**given, **named)
        return request


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a call failed, as plain data: one of the two port errors, or a refusal of the core."""

    kind: str
    code: str = ""
    what: str = ""
    fields: tuple[str, ...] = ()
    data: Any = None
    outcome_unknown: bool = True
    retry_after: float | None = None

    @classmethod
    def of(cls, error: Unavailable | Rejected | Refusal) -> "Fault":
        """The error as it crosses the wire."""
        if isinstance(error, Unavailable):
            return cls(
                kind="unavailable",
                what=error.what,
                outcome_unknown=error.outcome_unknown,
                retry_after=error.retry_after,
            )
        if isinstance(error, Rejected):
            return cls(kind="rejected", code=error.code, what=error.what, fields=tuple(error.fields))
        return cls(kind="refusal", code=error.code, data=msgspec.to_builtins(dict(error.data)))

    def error(self) -> Exception:
        """The error it was."""
        if self.kind == "unavailable":
            return Unavailable(self.what, outcome_unknown=self.outcome_unknown, retry_after=self.retry_after)
        if self.kind == "rejected":
            return Rejected(self.code, self.what, self.fields)
        return refusal_of(self.code, self.data or {})


@cache
def signatures_of(role: type) -> dict[str, Signature]:
    """The signatures of a role's asynchronous public methods, by name."""
    methods = inspect.getmembers(role, inspect.iscoroutinefunction)
    return {name: _signature(role, name, method) for name, method in methods if not name.startswith("_")}


def _signature(role: type, name: str, method: Any) -> Signature:
    hints = get_type_hints(method)
    parameters = [p for p in inspect.signature(method).parameters.values() if p.name != "self"]
    fields = [
        (p.name, hints[p.name]) if p.default is p.empty else (p.name, hints[p.name], p.default) for p in parameters
    ]
    request = msgspec.defstruct(
        f"{role.__name__}_{name}", fields, frozen=True, kw_only=True, forbid_unknown_fields=True
    )
    return Signature(name, tuple(p.name for p in parameters), request, hints["return"])

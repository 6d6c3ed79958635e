"""How an operation is declared: its id, for whom it is, what it refuses; the document is completed from that.

`@get("/orders", **operation("orders.list", tag="Orders", summary="Your orders"))`
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

import msgspec

from adapters.http.auth import Who
from core.domain.limits import Limited
from core.domain.refusals import Refusal

IN_OPT: Final = "operation"


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What the document says about an operation beyond what its handler's signature shows.

    `form` is the JSON schema of a multipart body, where the handler reads one itself; `shows` an example of an answer
    that no struct describes; `key` what an Idempotency-Key does, where the handler reads one itself.
    """

    id: str
    who: Who
    raises: tuple[type[Refusal] | Refusal, ...]
    limited: Limited | None
    form: Mapping[str, Any] | None
    shows: str | None
    key: str | None
    waits: bool


class Declaration(TypedDict):
    """The keyword arguments of a route handler that `operation` fills."""

    operation_id: Callable[[Any, Any, list[Any]], str]
    tags: list[str]
    summary: str
    opt: dict[str, Any]


def operation(
    id: str,
    *,
    tag: str,
    summary: str,
    who: Who = Who.CUSTOMER,
    raises: tuple[type[Refusal] | Refusal, ...] = (),
    limited: Limited | None = None,
    form: Mapping[str, Any] | None = None,
    shows: str | None = None,
    key: str | None = None,
    waits: bool = True,
    aliases: Mapping[str, str] | None = None,
) -> Declaration:
    """Declare an operation under its stable id.

    `who` may call it; `limited` is counted for each address before the body is read; `raises` are the refusals of the
    business it answers with, one of them where its data decides the status (what the surface refuses by itself is
    known). `form` is the schema of files it takes, `shows` what a stream looks like, `key` what an Idempotency-Key does
    that it does not take as `once`. `waits` False: it asks no other system, so there is no 503. `aliases` give each
    further path of the handler an id, by the path's last word.
    """
    described = Operation(id=id, who=who, raises=raises, limited=limited, form=form, shows=shows, key=key, waits=waits)

    def id_of(_: Any, __: Any, parts: list[Any]) -> str:
        words = [part for part in parts if isinstance(part, str)]
        return (aliases or {}).get(words[-1] if words else "", id)

    opt: dict[str, Any] = {"who": who, IN_OPT: described}
    if limited is not None:
        opt["limited"] = limited
    return Declaration(operation_id=id_of, tags=[tag], summary=summary, opt=opt)

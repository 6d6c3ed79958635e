"""The staff's console: what people do in the made-up Salesforce and WHMCS, called by name (STF-1 to STF-4)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from adapters.fakes.bindings import ROLES, WorldBindings
from adapters.fakes.signatures import Signature, signatures_of
from core.domain.refusals import FieldFault, Invalid, NotFound
from genkan.portal_desk import PortalDesk
from ports.errors import Rejected

DESKS: Mapping[str, str] = {
    "salesforce": "staff_desk",
    "whmcs": "billing_desk",
    "mailbox": "mailbox",
    "world": "control",
}
"""The desks of the made-up systems, and the role of the world behind each."""
OWN: Final = "portal"
"""The portal's own desk."""


@dataclass(frozen=True, slots=True)
class StaffConsole:
    """`adapters.http.staff.Console` over the world: every deed of every desk, its arguments checked by its types.

    After a deed `settle` is awaited, so that whoever reads next sees what followed from it; not after looking at
    what the stage itself is doing.
    """

    world: WorldBindings
    portal: PortalDesk
    settle: Callable[[float], Awaitable[bool]]

    def deeds(self) -> dict[str, dict[str, Any]]:
        """Each desk's deeds with the JSON schema of their arguments."""
        return {desk: {n: _schema(s) for n, s in _deeds(desk).items()} for desk in (*DESKS, OWN)}

    async def do(self, desk: str, deed: str, arguments: Mapping[str, Any]) -> Any:
        """Do the deed and answer with plain data; raises NotFound or Invalid."""
        signature = _deeds(desk).get(deed) if desk in (*DESKS, OWN) else None
        if signature is None:
            raise NotFound(deed=deed)
        try:
            request = msgspec.convert(dict(arguments), signature.request, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(FieldFault(_field(error), "bad_argument")) from None
        method = getattr(self.portal if desk == OWN else getattr(self.world, DESKS[desk]), deed)
        try:
            answer = await method(**msgspec.structs.asdict(request))
        except Rejected as refused:
            fields = refused.fields or ("deed",)
            raise Invalid(*(FieldFault(name, "deed_refused", {"reason": refused.code}) for name in fields)) from None
        if (desk, deed) not in LOOKS:
            await self.settle(SETTLED_WITHIN)
        return msgspec.to_builtins(answer, enc_hook=str)


SETTLED_WITHIN = 2.0
LOOKS = frozenset({(OWN, "timeline"), ("world", "calls"), ("world", "faults"), ("world", "tables")})


def _deeds(desk: str) -> dict[str, Signature]:
    return signatures_of(PortalDesk if desk == OWN else ROLES[DESKS[desk]])


def _schema(signature: Signature) -> Any:
    schema = msgspec.json.schema(signature.request, schema_hook=lambda _: {})
    return next(iter(schema.get("$defs", {}).values()), schema)


def _field(error: msgspec.ValidationError) -> str:
    said = str(error)
    if "`$." in said:
        return said.rsplit("`$.", 1)[1].rstrip("`")
    return said.split("`")[1] if "`" in said else "arguments"

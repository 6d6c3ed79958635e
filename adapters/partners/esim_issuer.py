"""The eSIM issuer over HTTP (docs/partners.md): `ports.partners.EsimIssuer`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import msgspec

from adapters.partners.transport import Call, Transport
from core.domain.ids import EsimId, RequestKey, request_key
from core.domain.provisioning import EsimOrder, EsimProfile

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._~-]+\Z")]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
# as phones scan it: the server, a matching id, and what some issuers add
_Qr = Annotated[
    str, msgspec.Meta(max_length=255, pattern=r"^LPA:1\$[A-Za-z0-9.-]+(:[0-9]+)?\$[A-Za-z0-9-]*(\$[0-9.]*(\$1?)?)?\Z")
]


class IssuedProfile(msgspec.Struct, frozen=True, rename="camel"):
    """A profile as the issuer tells it; what else it tells is its own business."""

    id: _Id | int
    activation_code: _Qr
    issued_at: _Instant

    def __repr__(self) -> str:
        # whoever has the code has the line
        return f"IssuedProfile(id={self.id!r})"


class AddedData(msgspec.Struct, frozen=True):
    """What was added."""

    megabytes: int


class EndedProfile(msgspec.Struct, frozen=True):
    """A profile that has ended, now or before."""

    status: Literal["ended", "replaced"]


_PROFILES: Final = "/profiles"


@dataclass(frozen=True, slots=True)
class HttpEsimIssuer:
    """`ports.partners.EsimIssuer`: each write under its key, which the issuer keeps."""

    transport: Transport

    async def ensure_profile(self, order: EsimOrder) -> EsimProfile:
        asked = {
            "order": order.order,
            "plan": order.plan,
            "eid": order.eid,
            "portingReservation": order.porting_reservation,
        }
        told = {name: value for name, value in asked.items() if value is not None}
        return await self._issued("activate", _PROFILES, told, order.key)

    async def ensure_reissued(self, key: RequestKey, esim: EsimId) -> EsimProfile:
        return await self._issued("reissue", f"{_place(esim)}/reissue", {}, key)

    async def ensure_topped_up(self, key: RequestKey, esim: EsimId, megabytes: int) -> None:
        path = f"{_place(esim)}/top-ups"
        await self._send("top_up", path, AddedData, {"megabytes": megabytes}, key)

    async def ensure_deactivated(self, esim: EsimId) -> None:
        # an eSIM ends once, so it is its own key
        await self._send("deactivate", f"{_place(esim)}/deactivate", EndedProfile, {}, request_key("end", esim))

    async def _issued(self, what: str, path: str, body: dict[str, Any], key: RequestKey) -> EsimProfile:
        made: IssuedProfile = await self._send(what, path, IssuedProfile, body, key)
        return EsimProfile(id=EsimId(str(made.id)), qr=made.activation_code, issued_at=made.issued_at)

    async def _send(self, what: str, path: str, shape: Any, body: dict[str, Any], key: RequestKey) -> Any:
        return await self.transport.send(Call(what=what, path=path, shape=shape, body=body, key=key))


def _place(esim: EsimId) -> str:
    return f"{_PROFILES}/{quote(esim, safe='')}"

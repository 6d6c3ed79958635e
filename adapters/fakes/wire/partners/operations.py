"""What the partners' contracts offer, done on the world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec

from adapters.fakes import esim_profiles, lines
from adapters.fakes.tables import Refused
from adapters.fakes.wire.partners.calls import Answer, ApiError, Call
from adapters.fakes.world import World
from core.domain.eligibility import EligibilityStatus
from core.domain.ids import EsimId, OrderId, RequestKey
from core.domain.premises import Premises
from core.domain.provisioning import EsimOrder

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Activation(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What an activation is asked with."""

    order: _Text
    plan: _Text
    eid: _Text | None = None
    porting_reservation: _Text | None = None


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body that holds nothing."""


class TopUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much data is wanted."""

    megabytes: Annotated[int, msgspec.Meta(ge=1)]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The building that is asked about."""

    postcode: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{7}\Z")]
    town: _Text
    building: Annotated[str, msgspec.Meta(max_length=255)] = ""


def _activate(world: World, call: Call) -> Answer:
    asked: Activation = call.told(Activation)
    order = EsimOrder(
        key=RequestKey(call.key),
        order=OrderId(asked.order),
        plan=asked.plan,
        eid=asked.eid,
        porting_reservation=asked.porting_reservation,
    )
    return _issued(esim_profiles.activate(world, order))


def _reissue(world: World, call: Call) -> Answer:
    call.told(Nothing)
    return _issued(esim_profiles.reissue(world, RequestKey(call.key), EsimId(call.path[1])))


def _top_up(world: World, call: Call) -> Answer:
    asked: TopUp = call.told(TopUp)
    is_new = esim_profiles.top_up(world, RequestKey(call.key), EsimId(call.path[1]), asked.megabytes)
    return Answer(201 if is_new else 200, {"megabytes": asked.megabytes})


def _deactivate(world: World, call: Call) -> Answer:
    call.told(Nothing)
    status = esim_profiles.deactivate(world, RequestKey(call.key), EsimId(call.path[1]))
    return Answer(200, {"status": status})


def _issued(issued: esim_profiles.Issued) -> Answer:
    profile = issued.profile
    said = {"id": profile.id, "activationCode": profile.qr, "issuedAt": profile.issued_at.isoformat()}
    return Answer(201 if issued.is_new else 200, said | {"status": issued.status})


def _check(world: World, call: Call) -> Answer:
    asked: Asked = call.told(Asked)
    known = lines.known_of(world.records, Premises(asked.postcode, asked.town, asked.building))
    if known is None:
        return Answer(200, {"status": "unknown"})
    status = "available" if known.status is EligibilityStatus.ELIGIBLE else "unavailable"
    said = {"status": status, "confidence": known.confidence, "source": known.source}
    return Answer(200, said | ({} if known.value is None else {"value": known.value}))


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a partner can be asked; `name` is how it is counted."""

    name: str
    does: Callable[[World, Call], Answer]


ANY: Final = "*"
OPERATIONS: Final[Mapping[tuple[str, ...], Operation]] = MappingProxyType(
    {
        ("esim", "profiles"): Operation("esim activate", _activate),
        ("esim", "profiles", ANY, "reissue"): Operation("esim reissue", _reissue),
        ("esim", "profiles", ANY, "top-ups"): Operation("esim top_up", _top_up),
        ("esim", "profiles", ANY, "deactivate"): Operation("esim deactivate", _deactivate),
        ("line", "checks"): Operation("line check", _check),
    }
)


"""What each path of a partner stands for; an id stands where `ANY` is."""


def found(partner: str, path: tuple[str, ...]) -> Operation:
    """The operation at that path of a partner; ApiError without one."""
    place = (partner, *path[:1], *(ANY for _ in path[1:2]), *path[2:])
    operation = OPERATIONS.get(place)
    if operation is None:
        raise ApiError("not_found")
    return operation


def done(world: World, operation: Operation, call: Call) -> Any:
    """Do it; ApiError where the partner refuses."""
    try:
        return operation.does(world, call)
    except Refused as refused:
        raise ApiError(refused.code, refused.fields) from refused

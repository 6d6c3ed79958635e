"""Services of a customer, and what may be done with an eSIM (SRV)."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from adapters.http.body import Answer, Ask
from adapters.http.cancellation import EndingShown, service_id
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.paging import PAGE, Cursors, CursorText, PageSize, ReadPage
from adapters.http.people import word_of
from adapters.http.replies import LATER, accepted, is_done
from adapters.http.subjects import ServiceInPath
from core.domain.billing import Service
from core.domain.cancellation import Cancellation
from core.domain.esim import TOP_UPS
from core.domain.ids import OpportunityId, RequestKey, ServiceId
from core.domain.refusals import (
    Invalid,
    NotAnEsim,
    OrderRefused,
    ServiceNotActive,
    StillRunning,
    TooMany,
)
from core.domain.session import Session
from core.usecases.services.change_esim import ChangeEsim
from core.usecases.services.list_services import ListServices
from core.usecases.services.read_service import ReadService
from ports.caches import ReadTimes

_SERVICE: Final = {
    "id": "12",
    "name": "Internet Home 1G Gold",
    "productType": "internet",
    "status": "active",
    "price": 6000,
    "cycle": "monthly",
    "nextDue": "2026-02-20",
    "startedOn": "2026-01-20",
    "opportunityId": "006000000000001AAA",
    "cancellation": None,
}


class SubscriptionShown(Answer, frozen=True):
    """A service: what it is, what it costs, when it is due, whether it is ending (SRV-1)."""

    id: str
    name: str
    product_type: str | None
    status: str
    price: int
    cycle: str | None
    next_due: date | None
    started_on: date | None
    opportunity_id: str | None
    cancellation: EndingShown | None

    example: ClassVar[Any] = _SERVICE

    @classmethod
    def of(
        cls, service: Service, opportunity: OpportunityId | None, ending: Cancellation | None
    ) -> "SubscriptionShown":
        """The service as it is shown in a list."""
        return cls(**_of(service, opportunity, ending))


class SubscriptionDetail(SubscriptionShown, frozen=True, kw_only=True):
    """A service, whole; `esim_qr` is the code that brings its eSIM into a phone."""

    esim_qr: str | None = None
    read_at: datetime

    example: ClassVar[Any] = _SERVICE | {"esimQr": None, "readAt": "2026-01-20T01:00:05Z"}


class TopUpAsk(Ask, frozen=True):
    """How much data to add: one of the amounts on offer."""

    megabytes: Annotated[int, msgspec.Meta(ge=1, le=max(TOP_UPS))]

    example: ClassVar[Any] = {"megabytes": 3000}


class EsimChangeLinks(Answer, frozen=True):
    """Where the service is read, and with it the code to scan now."""

    service: str


class EsimChanged(Answer, frozen=True):
    """What was wished for the eSIM is done."""

    request_id: str
    links: EsimChangeLinks

    example: ClassVar[Any] = {
        "requestId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq",
        "links": {"service": "/api/subscriptions/12"},
    }


@get("/subscriptions", **operation("subscriptions.list", tag="Services", summary="Your services"))
async def services(
    session: Given[Session],
    list_services: Given[ListServices],
    read_times: Given[ReadTimes],
    cursors: Given[Cursors],
    limit: PageSize = PAGE,
    cursor: CursorText = None,
) -> ReadPage[SubscriptionShown]:
    """All services of the account, newest first, with the end of those that are ending (SRV-1, CAN-6)."""
    found, read_at = await read_times.of(list_services(session))
    shown, following = cursors.page("subscriptions", found, lambda each: each.service.id, limit, cursor)
    items = tuple(SubscriptionShown.of(each.service, each.opportunity, each.cancellation) for each in shown)
    return ReadPage(items=items, next_cursor=following, read_at=read_at)


@get("/subscriptions/{id:str}", **operation("subscriptions.read", tag="Services", summary="One service"))
async def service(
    id: ServiceInPath, session: Given[Session], read_times: Given[ReadTimes], read_service: Given[ReadService]
) -> SubscriptionDetail:
    """One service; another account's is not there (SRV-1, SRV-5)."""
    found, read_at = await read_times.of(read_service(session, service_id(id)))
    shown = _of(found.service, found.opportunity, found.cancellation)
    return SubscriptionDetail(**shown, esim_qr=found.esim_qr, read_at=read_at)


@post(
    "/subscriptions/{id:str}/reissue-esim",
    **operation(
        "subscriptions.reissueEsim",
        tag="Services",
        summary="Issue the eSIM anew",
        raises=(NotAnEsim, ServiceNotActive, TooMany, StillRunning, OrderRefused),
    ),
    status_code=200,
    responses=LATER,
)
async def reissue(
    id: ServiceInPath,
    session: Given[Session],
    once: Given[Once],
    change_esim: Given[ChangeEsim],
) -> Response[EsimChanged]:
    """Issues a new profile for a new phone; the old one ends (SRV-4)."""
    return await once(_changing(session, service_id(id), None, change_esim))


@post(
    "/subscriptions/{id:str}/topup",
    **operation(
        "subscriptions.topUp",
        tag="Services",
        summary="Add data to the eSIM",
        raises=(Invalid, NotAnEsim, ServiceNotActive, TooMany, StillRunning, OrderRefused),
    ),
    status_code=200,
    responses=LATER,
)
async def top_up(
    id: ServiceInPath,
    data: JSONBody[TopUpAsk],
    session: Given[Session],
    once: Given[Once],
    change_esim: Given[ChangeEsim],
) -> Response[EsimChanged]:
    """Adds data once per wish (SRV-4)."""
    return await once(_changing(session, service_id(id), data.megabytes, change_esim))


def _changing(session: Session, id: ServiceId, megabytes: int | None, change_esim: ChangeEsim) -> Any:
    async def do(key: RequestKey) -> Response[Any]:
        reply = await change_esim(session, id, megabytes, key)
        if not is_done(reply):
            return accepted(reply)
        # the code itself is read at the service: answers to writes are kept for their repeats
        links = EsimChangeLinks(service=f"/api/subscriptions/{id}")
        return Response(EsimChanged(request_id=reply.request, links=links))

    return do


def _of(service: Service, opportunity: OpportunityId | None, ending: Cancellation | None) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "product_type": service.product_type.value if service.product_type is not None else None,
        "status": word_of(service.status),
        "price": service.price,
        "cycle": service.cycle.value if service.cycle is not None else None,
        "next_due": service.next_due,
        "started_on": service.started,
        "opportunity_id": opportunity,
        "cancellation": EndingShown.of(ending),
    }


SERVICES: Final = (services, service, reissue, top_up)

"""The end of a service: what may be chosen, asking for it, taking it back (CAN)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody

from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.replies import LATER, accepted, is_done
from adapters.http.subjects import ServiceInPath
from core.domain.cancellation import Cancellation
from core.domain.ids import RequestKey, ServiceId, is_billing_id
from core.domain.japan import TOKYO, Month
from core.domain.refusals import (
    EndingRefused,
    FieldFault,
    Invalid,
    MonthNotOffered,
    MoveRefused,
    NotFound,
    ServiceNotActive,
    StillRunning,
    TooLate,
)
from core.domain.session import Session
from core.usecases.cancellation.read_cancellation import CancellationShown, MonthShown, ReadCancellation
from core.usecases.cancellation.request_cancellation import RequestCancellation
from core.usecases.cancellation.undo_cancellation import UndoCancellation
from ports.caches import ReadTimes

MonthText = Annotated[str, msgspec.Meta(max_length=7, description="A month in Japan, written 2026-01.")]
_PATH: Final = "/subscriptions/{id:str}/cancellation"


def service_id(text: str) -> ServiceId:
    """A service id from a path; raises NotFound for what no service has."""
    if not is_billing_id(text):
        raise NotFound
    return ServiceId(text)


class CancelAsk(Ask, frozen=True):
    """The month the service is to end with."""

    month: MonthText

    example: ClassVar[Any] = {"month": "2026-01"}

    @property
    def chosen(self) -> Month:
        """As the core knows it; raises Invalid for what is no month."""
        try:
            return Month.parse(self.month)
        except ValueError:
            raise Invalid(FieldFault("month", "not_a_month")) from None


class MonthChoice(Answer, frozen=True):
    """One month that may be chosen; `asked_tomorrow` is the month it would be if you asked a day later (CAN-6)."""

    month: str
    ends_at: datetime
    last_bill: str
    asked_tomorrow: str

    example: ClassVar[Any] = {
        "month": "2026-01",
        "endsAt": "2026-01-31T23:59:59+09:00",
        "lastBill": "2026-01",
        "askedTomorrow": "2026-02",
    }

    @classmethod
    def of(cls, month: MonthShown) -> "MonthChoice":
        """The choice as it is shown."""
        return cls(
            month=str(month.month),
            ends_at=month.ends_at,
            last_bill=str(month.last_bill),
            asked_tomorrow=str(month.a_day_later),
        )


class EndingShown(Answer, frozen=True):
    """The end a service is on its way to; `kit` only where equipment is to be returned.

    `with_staff`: it was asked for, and staff alone follow it from here (CAN-3).
    """

    month: str
    ends_at: datetime
    kit: str | None
    with_staff: bool

    example: ClassVar[Any] = {
        "month": "2026-01",
        "endsAt": "2026-01-31T23:59:59+09:00",
        "kit": "not_yet",
        "withStaff": False,
    }

    @classmethod
    def of(cls, ending: Cancellation | None) -> "EndingShown | None":
        """The end, where there is one."""
        if ending is None:
            return None
        kit = ending.kit.name.lower() if ending.kit is not None else None
        ends_at = ending.ends_at.astimezone(TOKYO)
        return cls(month=str(ending.month), ends_at=ends_at, kit=kit, with_staff=ending.by_case)


class CancellationState(Answer, frozen=True):
    """A service's end: active, in_progress, ending or ended; the months on offer; until when it can be undone.

    In progress, what was asked for is not decided yet and `request_id` tells where to look. Ending without a
    `cancellation`, staff have not set the date.
    """

    state: str
    request_id: str | None
    can_cancel: bool
    returns_kit: bool
    months: tuple[MonthChoice, ...]
    cancellation: EndingShown | None
    can_undo: bool
    undo_until: datetime | None
    read_at: datetime

    example: ClassVar[Any] = {
        "state": "active",
        "requestId": None,
        "canCancel": True,
        "returnsKit": True,
        "months": [MonthChoice.example],
        "cancellation": None,
        "canUndo": False,
        "undoUntil": None,
        "readAt": "2026-01-20T01:00:05Z",
    }

    @classmethod
    def of(cls, shown: CancellationShown, read_at: datetime) -> "CancellationState":
        """How the service's end stood at `read_at`."""
        return cls(
            state=_state(shown),
            request_id=shown.request,
            can_cancel=shown.can_cancel,
            returns_kit=shown.has_line,
            months=tuple(MonthChoice.of(month) for month in shown.months),
            cancellation=EndingShown.of(shown.cancellation),
            can_undo=shown.can_undo,
            undo_until=shown.undo_until.astimezone(TOKYO) if shown.undo_until is not None else None,
            read_at=read_at,
        )


def _state(shown: CancellationShown) -> str:
    if shown.is_over:
        return "ended"
    if shown.request is not None:
        return "in_progress"
    return "ending" if shown.is_ending else "active"


@get(_PATH, **operation("subscriptions.cancellation", tag="Services", summary="What ending a service means"))
async def cancellation(
    id: ServiceInPath,
    session: Given[Session],
    read_times: Given[ReadTimes],
    read_cancellation: Given[ReadCancellation],
) -> CancellationState:
    """The months on offer with last day, last bill and kit; or the end the service is on its way to (CAN-1, CAN-6)."""
    return CancellationState.of(*await read_times.of(read_cancellation(session, service_id(id))))


@post(
    [_PATH, "/subscriptions/{id:str}/cancel"],
    **operation(
        "subscriptions.cancel",
        tag="Services",
        summary="End a service",
        raises=(Invalid, MonthNotOffered, ServiceNotActive, StillRunning, EndingRefused),
        aliases={"cancel": "subscriptions.cancelShort"},
    ),
    status_code=200,
    responses=LATER,
)
async def cancel(
    id: ServiceInPath,
    data: JSONBody[CancelAsk],
    session: Given[Session],
    once: Given[Once],
    request_cancellation: Given[RequestCancellation],
    read_times: Given[ReadTimes],
    read_cancellation: Given[ReadCancellation],
) -> Response[CancellationState]:
    """Ends an active service with a month; asking again while it ends is answered as it stands (CAN-2, CAN-3)."""
    month = data.chosen

    async def do(_: RequestKey) -> Response[Any]:
        reply = await request_cancellation(session, service_id(id), month)
        if reply is not None and not is_done(reply):
            return accepted(reply)
        shown = read_cancellation(session, service_id(id), asked=reply)
        return Response(CancellationState.of(*await read_times.of(shown)))

    return await once(do)


@delete(
    _PATH,
    **operation(
        "subscriptions.undoCancellation",
        tag="Services",
        summary="Let a service go on",
        raises=(TooLate, MoveRefused, StillRunning, EndingRefused),
    ),
    status_code=200,
    responses=LATER,
)
async def undo(
    id: ServiceInPath,
    session: Given[Session],
    once: Given[Once],
    undo_cancellation: Given[UndoCancellation],
    read_times: Given[ReadTimes],
    read_cancellation: Given[ReadCancellation],
) -> Response[CancellationState]:
    """Takes a cancellation back until three days before the end, while the kit is not back (CAN-7)."""

    async def do(_: RequestKey) -> Response[Any]:
        reply = await undo_cancellation(session, service_id(id))
        if reply is not None and not is_done(reply):
            return accepted(reply)
        return Response(CancellationState.of(*await read_times.of(read_cancellation(session, service_id(id)))))

    return await once(do)


CANCELLATION: Final = (cancellation, cancel, undo)

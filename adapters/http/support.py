"""Support: the public contact form, and the customer's own cases (SUP)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.paging import PAGE, Cursors, CursorText, PageSize, ReadPage
from adapters.http.people import Email, word_of
from adapters.http.replies import LATER, accepted, is_done
from adapters.http.subjects import CaseInPath
from core.domain.flags import Feature
from core.domain.ids import RequestKey
from core.domain.limits import Limited
from core.domain.refusals import Invalid, NotFound, SwitchedOff, TooMany
from core.domain.session import Session
from core.domain.support import LONGEST_MESSAGE, ContactForm, SupportCase
from core.domain.work import Reply
from core.usecases.support.comment_on_case import CommentOnCase
from core.usecases.support.list_cases import ListCases
from core.usecases.support.open_support_case import OpenSupportCase
from core.usecases.support.read_case import ReadCase
from core.usecases.support.send_contact import SendContact
from ports.caches import ReadTimes

Subject = Annotated[str, msgspec.Meta(max_length=400)]
Message = Annotated[str, msgspec.Meta(max_length=2 * LONGEST_MESSAGE)]


class ContactAsk(Ask, frozen=True):
    """A message from somebody without an account. `website` stays empty: people don't see it."""

    email: Email
    name: Annotated[str, msgspec.Meta(max_length=200)]
    subject: Subject
    message: Message
    phone: Annotated[str, msgspec.Meta(max_length=80)] = ""
    website: Annotated[str, msgspec.Meta(max_length=400)] = ""

    example: ClassVar[Any] = {
        "email": "kai@example.com",
        "name": "Kai Tanaka",
        "subject": "Moving to Sendai",
        "message": "Can I take my number with me?",
    }


class ContactTaken(Answer, frozen=True):
    """A message that staff will read."""

    request_id: str

    example: ClassVar[Any] = {"requestId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq"}


class CaseAsk(Ask, frozen=True):
    """A question to support."""

    subject: Subject
    message: Message

    example: ClassVar[Any] = {"subject": "Slow line", "message": "The line is slow since Monday."}


class CommentAsk(Ask, frozen=True):
    """A remark on a case."""

    text: Message

    example: ClassVar[Any] = {"text": "It is fine again, thank you."}


class CaseShown(Answer, frozen=True):
    """A case in the list."""

    id: str
    number: str
    subject: str
    status: str
    opened_at: datetime
    changed_at: datetime

    example: ClassVar[Any] = {
        "id": "500000000000001AAA",
        "number": "00001001",
        "subject": "Slow line",
        "status": "new",
        "openedAt": "2026-01-20T01:00:00Z",
        "changedAt": "2026-01-20T01:00:00Z",
    }

    @classmethod
    def of(cls, case: SupportCase) -> "CaseShown":
        """The case as the list shows it."""
        return cls(
            id=case.id,
            number=case.number,
            subject=case.subject,
            status=word_of(case.status),
            opened_at=case.opened_at,
            changed_at=case.changed_at,
        )


class CommentShown(Answer, frozen=True):
    """A remark: the customer's, or staff's answer."""

    text: str
    at: datetime
    from_customer: bool

    example: ClassVar[Any] = {
        "text": "It is fine again, thank you.",
        "at": "2026-01-20T02:00:00Z",
        "fromCustomer": True,
    }


class CaseDetail(Answer, frozen=True):
    """A case with what was written on it, oldest first."""

    id: str
    number: str
    subject: str
    status: str
    opened_at: datetime
    changed_at: datetime
    message: str
    comments: tuple[CommentShown, ...]
    read_at: datetime

    example: ClassVar[Any] = {
        **CaseShown.example,
        "message": "The line is slow since Monday.",
        "comments": [CommentShown.example],
        "readAt": "2026-01-20T03:00:00Z",
    }

    @classmethod
    def of(cls, case: SupportCase, read_at: datetime) -> "CaseDetail":
        """The case in full, as it was at `read_at`."""
        return cls(
            id=case.id,
            number=case.number,
            subject=case.subject,
            status=word_of(case.status),
            opened_at=case.opened_at,
            changed_at=case.changed_at,
            message=case.description,
            comments=tuple(CommentShown(text=c.text, at=c.at, from_customer=c.from_customer) for c in case.comments),
            read_at=read_at,
        )


@post(
    "/support/contact",
    **operation(
        "support.contact",
        tag="Support",
        summary="Write to us without an account",
        who=Who.ANYONE,
        limited=Limited.CONTACT,
        raises=(Invalid, SwitchedOff(feature=Feature.PUBLIC_SUPPORT.value)),
        waits=False,
    ),
    responses=LATER,
)
async def contact(
    data: JSONBody[ContactAsk], once: Given[Once], send_contact: Given[SendContact]
) -> Response[ContactTaken]:
    """Hands the message to staff, once (SUP-1)."""
    form = ContactForm(**msgspec.structs.asdict(data))

    async def do(key: RequestKey) -> Response[ContactTaken]:
        reply = await send_contact(form, key)
        return Response(ContactTaken(request_id=reply.request)) if is_done(reply) else accepted(reply)

    return await once(do)


@get("/support/cases", **operation("support.listCases", tag="Support", summary="Your cases"))
async def cases(
    session: Given[Session],
    cursors: Given[Cursors],
    read_times: Given[ReadTimes],
    list_cases: Given[ListCases],
    limit: PageSize = PAGE,
    cursor: CursorText = None,
) -> ReadPage[CaseShown]:
    """What the customer asked, newest first (SUP-2)."""
    before = cursors.read("cases", cursor, tuple[str, str]) if cursor else None
    found, read_at = await read_times.of(list_cases(session))
    places = {(case.opened_at.isoformat(), str(case.id)): case for case in found}
    rest = [place for place in sorted(places, reverse=True) if before is None or place < before]
    shown = tuple(CaseShown.of(places[place]) for place in rest[:limit])
    following = cursors.write("cases", *rest[limit - 1]) if len(rest) > limit else None
    return ReadPage(items=shown, next_cursor=following, read_at=read_at)


@get("/support/cases/{id:str}", **operation("support.readCase", tag="Support", summary="One case"))
async def case(
    id: CaseInPath, session: Given[Session], read_times: Given[ReadTimes], read_case: Given[ReadCase]
) -> CaseDetail:
    """A case of the customer's own with its remarks (SUP-2)."""
    return CaseDetail.of(*await read_times.of(read_case(session, id)))


@post(
    "/support/cases",
    **operation("support.openCase", tag="Support", summary="Ask support", raises=(Invalid, NotFound, TooMany)),
    responses=LATER,
)
async def open_case(
    data: JSONBody[CaseAsk],
    session: Given[Session],
    once: Given[Once],
    open_support_case: Given[OpenSupportCase],
    read_times: Given[ReadTimes],
    read_case: Given[ReadCase],
) -> Response[CaseDetail]:
    """Opens a case that staff answer, once (SUP-2)."""

    async def do(key: RequestKey) -> Response[CaseDetail]:
        reply = await open_support_case(session, data.subject, data.message, key)
        return await _case_after(reply, session, read_times, read_case)

    return await once(do)


@post(
    "/support/cases/{id:str}/comments",
    **operation("support.comment", tag="Support", summary="Add to a case", raises=(Invalid, NotFound, TooMany)),
    responses=LATER,
)
async def comment(
    id: CaseInPath,
    data: JSONBody[CommentAsk],
    session: Given[Session],
    once: Given[Once],
    comment_on_case: Given[CommentOnCase],
    read_times: Given[ReadTimes],
    read_case: Given[ReadCase],
) -> Response[CaseDetail]:
    """Adds a remark to a case of the customer's own, once (SUP-2)."""

    async def do(key: RequestKey) -> Response[CaseDetail]:
        reply = await comment_on_case(session, id, data.text, key)
        return await _case_after(reply, session, read_times, read_case)

    return await once(do)


async def _case_after(reply: Reply, session: Session, read_times: ReadTimes, read_case: ReadCase) -> Response[Any]:
    if not is_done(reply):
        return accepted(reply)
    shown = CaseDetail.of(*await read_times.of(read_case(session, reply.work.result["case"])))
    return Response(shown, headers={"location": f"/api/support/cases/{shown.id}"})


SUPPORT: Final = (contact, cases, case, open_case, comment)

"""Who the customer is: how the review of their residence card stands, and sending it in (IDV)."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec
from litestar import Request, Response, get, post

from adapters.http.body import Answer
from adapters.http.dates import ExpectedShown, day
from adapters.http.dependencies import Given
from adapters.http.forms import File, file_schema, files_of
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.people import word_of
from adapters.http.replies import LATER, accepted, is_done
from adapters.http.surroundings import HttpSettings
from adapters.http.texts.saying import filled
from adapters.http.texts.standing import CARDS_NOT_TAKEN, REVIEW_LATE, REVIEW_SAYS
from core.domain.document import SentFile
from core.domain.identity import Identity, IdentityShown, IdStatus, RejectionShown
from core.domain.ids import RequestKey
from core.domain.refusals import AlreadyVerified, DocumentNotAccepted, SwitchedOff, TooMany
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.identity.read_identity import ReadIdentity
from core.usecases.identity.upload_document import UploadDocument

PATHS: Final = ["/verification/id", "/verification/residence-card"]
FORM_LIMIT: Final = 22 * 1_048_576
"""The largest form taken, in bytes: two files of 10 MB and what stands around them (IDV-1)."""
FIELDS: Final = {"front": "front", "file": "front", "back": "back"}


class RejectionTold(Answer, frozen=True):
    """Why the card was not accepted, and what helps. `kind`: try_again or contact_support."""

    code: str
    kind: str
    reason: str
    remedy: str

    example: ClassVar[Any] = {
        "code": "BLURRY",
        "kind": "try_again",
        "reason": "We could not read the picture.",
        "remedy": "Please take it again in bright light, all four corners in view.",
    }

    @classmethod
    def of(cls, shown: RejectionShown, language: Language) -> "RejectionTold":
        """The rejection in `language`."""
        return cls(
            code=shown.code.value,
            kind=shown.rejection.kind.value,
            reason=shown.reason(language),
            remedy=shown.rejection.remedy.said(language),
        )


class ReviewShown(Answer, frozen=True):
    """How the review stands. `takesUpload`: whether a card may be sent now."""

    status: str
    message: str
    takes_upload: bool
    late: bool
    file_name: str | None
    submitted_at: datetime | None
    reviewed_at: datetime | None
    expected: ExpectedShown | None
    rejection: RejectionTold | None
    read_at: datetime | None

    example: ClassVar[Any] = {
        "status": "submitted",
        "message": "We are looking at your card. We expect to be done by 22 January 2026.",
        "takesUpload": True,
        "late": False,
        "fileName": "residence-card.jpg",
        "submittedAt": "2026-01-20T01:00:00Z",
        "reviewedAt": None,
        "expected": ExpectedShown.example,
        "rejection": None,
        "readAt": "2026-01-20T01:00:05Z",
    }

    @classmethod
    def of(cls, shown: IdentityShown, language: Language) -> "ReviewShown":
        """The review in the customer's words."""
        it = shown.identity
        latest = day(shown.expected.latest, language) if shown.expected is not None else ""
        words = REVIEW_LATE if shown.late else REVIEW_SAYS[it.status]
        if it.status in (IdStatus.NOT_SUBMITTED, IdStatus.REJECTED) and not shown.takes_upload:
            words = CARDS_NOT_TAKEN
        return cls(
            status=word_of(it.status),
            message=filled(words, language, {"latest": latest}),
            takes_upload=shown.takes_upload,
            late=shown.late,
            file_name=it.file_name,
            submitted_at=it.submitted_at,
            reviewed_at=it.reviewed_at,
            expected=ExpectedShown.of(shown.expected),
            rejection=RejectionTold.of(shown.rejection, language) if shown.rejection is not None else None,
            read_at=it.read_at,
        )


@get(
    PATHS,
    **operation(
        "verification.read",
        tag="Verification",
        summary="How the review of your ID stands",
        aliases={"residence-card": "verification.readResidenceCard"},
    ),
)
async def review(session: Given[Session], language: Given[Language], read_identity: Given[ReadIdentity]) -> ReviewShown:
    """Status, file name, dates, and for a rejection the reason and what helps (IDV-3, IDV-4)."""
    return ReviewShown.of(await read_identity(session), language)


@post(
    PATHS,
    **operation(
        "verification.upload",
        tag="Verification",
        summary="Send your residence card",
        raises=(DocumentNotAccepted, AlreadyVerified, TooMany, SwitchedOff),
        form=file_schema("front", "back", alias="file"),
        aliases={"residence-card": "verification.uploadResidenceCard"},
    ),
    status_code=200,
    request_max_body_size=FORM_LIMIT,
    responses=dict(LATER),
)
async def upload(
    request: Request[Any, Any, Any],
    session: Given[Session],
    language: Given[Language],
    settings: Given[HttpSettings],
    once: Given[Once],
    upload_document: Given[UploadDocument],
    read_identity: Given[ReadIdentity],
) -> Response[ReviewShown]:
    """Takes the front and, where there is one, the back: PDF, PNG, JPEG or HEIC, 10 MB each (IDV-1, IDV-2).

    What is sent is held in memory alone, cleaned, and handed on before the answer (IDV-6).
    """
    files = await files_of(request, settings, FIELDS, needed="front")
    front = _sent(files["front"])
    back = _sent(files["back"]) if "back" in files else None

    async def send(key: RequestKey) -> Response[Any]:
        reply = await upload_document(session, front, back, key=key)
        if not is_done(reply):
            return accepted(reply)
        identity = msgspec.convert(reply.work.result, Identity)
        return Response(ReviewShown.of(await read_identity(session, identity=identity), language))

    return await once(send, fingerprint=await asyncio.to_thread(_fingerprint, files))


def _sent(file: File) -> SentFile:
    return SentFile(file.name, file.data)


def _fingerprint(files: dict[str, File]) -> str:
    digest = hashlib.sha256()
    for field, file in sorted(files.items()):
        digest.update(f"{field}\0{file.name}\0{len(file.data)}\0".encode("utf-8", "surrogatepass"))
        digest.update(file.data)
    return digest.hexdigest()


VERIFICATION: Final = (review, upload)

"""Sending in a residence card."""

from asyncio import gather
from contextlib import suppress
from dataclasses import dataclass

from core.domain.document import CleanDocument, DocumentRefused, SentFile, Side
from core.domain.eligibility import REVIEWS_READ
from core.domain.id_methods import IdMethod
from core.domain.identifying import takes_pictures
from core.domain.ids import RequestKey, request_key
from core.domain.limits import Limited
from core.domain.policy import Policy
from core.domain.refusals import AlreadyVerified, DocumentNotAccepted, SwitchedOff, TooMany
from core.domain.session import Session
from core.domain.uploads import Upload
from core.domain.work import Reply
from ports.clock import Clock
from ports.documents import DocumentCleaner
from ports.durable import Reception
from ports.errors import Unavailable
from ports.identity_desk import IdentityDesk
from ports.ids import Ids
from ports.limits import Limits


@dataclass(frozen=True, slots=True)
class UploadDocument:
    """Clean what was sent, put it on the account while the customer waits, hand it to staff (IDV-1, IDV-2, IDV-3).

    Each side is a document of its own. Nothing of it is kept here, whatever happens (IDV-6): with Salesforce down the
    customer hears Unavailable and sends it again.
    """

    desk: IdentityDesk
    cleaner: DocumentCleaner
    reception: Reception
    limits: Limits
    ids: Ids
    clock: Clock
    policy: Policy
    shown: IdentityDesk
    """What the answer is shown from."""

    async def __call__(
        self, session: Session, front: SentFile, back: SentFile | None = None, *, key: RequestKey | None = None
    ) -> Reply:
        """How the hand-over stands. What was accepted under `key` is not accepted again.

        Raises DocumentNotAccepted with the reason and the field, AlreadyVerified, TooMany, SwitchedOff, Unavailable.
        """
        now = self.clock.now()
        if not takes_pictures(self.policy, now):
            raise SwitchedOff(feature=IdMethod.DOCUMENT_IMAGE.value)
        standing, _ = await gather(self.desk.standing(session.account, documents=True), self._look_ahead())
        if not standing.takes_upload:
            raise AlreadyVerified
        wait = await self.limits.take(Limited.UPLOAD, session.account, now)
        if wait is not None:
            raise TooMany(wait, Limited.UPLOAD.value)
        sides = [(Side.FRONT, front)] + ([(Side.BACK, back)] if back is not None else [])
        # everything is looked at before anything is put upstream
        cleaned = [(side, await self._clean(side, sent)) for side, sent in sides]
        key = request_key("upload", key or self.ids.new())
        documents = [
            await self.desk.ensure_document(request_key(key, side), session.account, document, side, standing.stored)
            for side, document in cleaned
        ]
        upload = Upload(key=key, account=session.account, documents=tuple(documents), sent_at=now)
        return await self.reception(session.user, "verification", upload.job())

    async def _look_ahead(self) -> None:
        # the answer says by when: read along with the rest it costs no call of its own
        with suppress(Unavailable):
            await self.shown.review_times(REVIEWS_READ)

    async def _clean(self, side: Side, sent: SentFile) -> CleanDocument:
        try:
            return await self.cleaner.clean(sent.filename, sent.data)
        except DocumentRefused as refused:
            raise DocumentNotAccepted(reason=refused.refusal.value, field=side.value) from None

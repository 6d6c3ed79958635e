"""Taking over a residence card that a former portal stored."""

from dataclasses import dataclass

from core.domain.changes import identity_of, version_of_id
from core.domain.document import CleanDocument, DocumentRefused, Side
from core.domain.identifying import takes_pictures
from core.domain.identity import IdStatus
from core.domain.ids import AccountId, DocumentId, RequestId, request_key
from core.domain.importing import Fate, FormerDocument, FormerFile, Imported, LineFault, refused
from core.domain.policy import Policy
from core.domain.uploads import WAITING
from ports.clock import Clock
from ports.documents import DocumentCleaner
from ports.errors import Rejected
from ports.identity_desk import IdentityDesk
from ports.store import AuditEntry, Intent, Store


@dataclass(frozen=True, slots=True)
class ImportDocument:
    """Clean a stored card as an upload is, and put it on its Account, once for its content (OPS-7, IDV-1, IDV-6).

    Staff's word stays: only an account that was never submitted is handed to them, as of when the card was sent.
    Without `for_good` it is cleaned, and written nowhere.
    """

    desk: IdentityDesk
    cleaner: DocumentCleaner
    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self, former: FormerDocument, *, for_good: bool, expected: bool = False) -> Imported:
        """What became of it; `expected` says that a dry run would have made its user. Raises Unavailable."""
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(former.account)
            done = await shelves.audit.of_subject(former.reference, 1)
        if user is None and not expected:
            return refused(LineFault("accountId", "no_user"))
        if done:
            return Imported(Fate.THERE)
        try:
            return await self._bring(former, for_good=for_good)
        except Rejected as error:
            return refused(LineFault("accountId", "refused_by_salesforce", {"answer": error.code}))

    async def _bring(self, former: FormerDocument, *, for_good: bool) -> Imported:
        standing = await self.desk.standing(former.account)
        if standing.submitted_at is not None and standing.submitted_at > former.sent_at:
            return refused(LineFault("sentAt", "newer_in_salesforce"))
        sides = [(Side.FRONT, former.front)] + ([(Side.BACK, former.back)] if former.back is not None else [])
        cleaned: list[tuple[Side, CleanDocument]] = []
        for side, file in sides:
            clean = await self._clean(side, file)
            if isinstance(clean, LineFault):
                return refused(clean)
            cleaned.append((side, clean))
        if not for_good:
            return Imported(Fate.IMPORTED)
        ids = [await self._put(former.account, side, document) for side, document in cleaned]
        if standing.status is IdStatus.NOT_SUBMITTED and takes_pictures(self.policy, self.clock.now()):
            await self._submit(former, ids[0])
        async with self.store.begin(durable=True) as shelves:
            at = self.clock.now()
            entry = AuditEntry(at=at, actor="operator", deed="import document", subject=former.reference)
            await shelves.audit.write(entry)
        return Imported(Fate.IMPORTED)

    async def _clean(self, side: Side, file: FormerFile) -> CleanDocument | LineFault:
        try:
            return await self.cleaner.clean(file.sent.filename, file.sent.data)
        except DocumentRefused as unfit:
            return LineFault(side.value, unfit.refusal.value)

    async def _put(self, account: AccountId, side: Side, document: CleanDocument) -> DocumentId:
        key = request_key("import", account, side.value, document.sha256)
        return await self.desk.ensure_document(key, account, document, side)

    async def _submit(self, former: FormerDocument, document: DocumentId) -> None:
        mine = Intent(kind=WAITING, subject=str(former.account), request=RequestId(former.reference))
        async with self.store.begin() as shelves:
            await shelves.intents.take(mine, self.clock.now())
        identity = await self.desk.ensure_submitted(former.account, document, former.sent_at)
        if identity.status is IdStatus.SUBMITTED:
            async with self.store.begin() as shelves:
                await shelves.facts.learn_written(identity_of(identity.account), version_of_id(identity))

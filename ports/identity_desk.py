"""The desk where staff look at residence cards."""

from datetime import datetime, timedelta
from typing import Protocol

from core.domain.document import CleanDocument, Side, StoredDocument
from core.domain.identity import Identity
from core.domain.ids import AccountId, DocumentId, RequestKey


class IdentityDesk(Protocol):
    """ID verification as staff keep it on the Account, and the documents they look at (IDV)."""

    async def standing(self, account: AccountId, *, documents: bool = False) -> Identity:
        """The account's ID verification as staff last left it, read now; with what is `stored` for it if wanted."""

    async def ensure_document(
        self,
        key: RequestKey,
        account: AccountId,
        document: CleanDocument,
        side: Side = Side.FRONT,
        stored: tuple[StoredDocument, ...] | None = None,
    ) -> DocumentId:
        """Put the document on the account, as a new version of that side's document there (IDV-2).

        `stored` is what `standing` told just now, so that it need not be looked for again.

        The same key stores it once, and content that is the side's current version already is not stored again. Its
        title is the document's name.
        """

    async def ensure_submitted(self, account: AccountId, document: DocumentId, at: datetime) -> Identity:
        """Set status Submitted and its time and clear message and note, unless staff reviewed it after `at` (IDV-2).

        Answers with the standing afterwards. A Verified account stays so.
        """

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        """How long the latest reviewed documents waited, newest first (STA-3)."""

"""Leads and cases: what people write to the operator."""

from typing import Protocol

from core.domain.ids import AccountId, CaseId, LeadId, RequestKey
from core.domain.support import ContactMessage, NewCase, SupportCase


class SupportDesk(Protocol):
    """Where customers' questions go (SUP)."""

    async def ensure_lead(self, message: ContactMessage) -> LeadId:
        """Write a Lead for somebody without an account, once per key (SUP-1)."""

    async def ensure_case(self, case: NewCase) -> CaseId:
        """Open the case under its key unless the key did already."""

    async def is_closed(self, key: RequestKey) -> bool:
        """Whether staff have closed the case that was opened under `key`; without one nothing is closed (CAN-3)."""

    async def ensure_comment(self, key: RequestKey, case: CaseId, text: str) -> None:
        """Add the customer's remark to the case, once per key (SUP-2)."""

    async def cases(self, account: AccountId) -> tuple[SupportCase, ...]:
        """The account's cases of origin "Portal Website", newest first, without comments (SUP-2).

        Never one whose record type is that of an availability check or a cancellation, whatever its origin.
        """

    async def case(self, account: AccountId, case: CaseId) -> SupportCase | None:
        """One such case of that account with its public comments, or None (SUP-2)."""

"""The desk where staff find out whether an address can have internet."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from core.domain.account import Address
from core.domain.eligibility import AvailabilityAnswer, AvailabilityCheck, Eligibility, OpenedCheck
from core.domain.following import Followed, SaleMove
from core.domain.ids import AccountId, CaseId, OpportunityId
from core.domain.support import OpenCheck

HOME: Final = "home"
"""What is refused where an address can't be saved."""


class EligibilityDesk(Protocol):
    """Eligibility as staff keep it on the Account, and the cases they work from (ELG)."""

    async def standing(self, account: AccountId) -> Eligibility:
        """The account's eligibility as staff last left it, read now; while pending, `case` is the open one or None."""

    async def ensure_check(
        self, check: AvailabilityCheck, opportunity: OpportunityId | None, home: Address | None = None
    ) -> OpenedCheck:
        """Open `check` unless its key did already: opportunity, case and pending status, all or none (ELG-1).

        `opportunity` is the open one to reuse; None creates one at Introduction in the same write. `home` is saved on
        Account and Contact in it too (ACC-11); where that is what is refused, Rejected names it HOME. The status is
        never set back: what staff answered since stays.
        """

    async def ensure_address(self, case: CaseId, address: Address) -> None:
        """Add another address to an open case, once; the result will belong to it (ELG-2, ELG-10).

        Changes nothing once staff have answered: their answer was for the address before.
        """

    async def ensure_answer(self, account: AccountId, case: CaseId, answer: AvailabilityAnswer) -> None:
        """Write a checker's answer as staff would, with its source, and close the case (ELG-8).

        Changes nothing when staff have answered the case already; once another check was asked for, the account stays
        as it is.
        """

    async def ensure_followed(self, account: AccountId, moves: tuple[SaleMove, ...]) -> Followed:
        """Move the account's newest open Internet sale at a stage that its eligibility moves from, as `moves` say.

        Open is one without an order. Eligibility and sale are looked at and written in one; where nothing is to be
        moved nothing is written. Answers the eligibility as `standing` does (ELG-5).
        """

    async def ensure_belongs(self, account: AccountId) -> None:
        """Write down that an answer without an address was given for the one the account has now (ELG-10).

        Changes nothing where an address is recorded, nothing was answered, or the account has none.
        """

    async def raise_priority(self, case: CaseId) -> None:
        """Mark an open check as urgent; once is enough (ELG-11)."""

    async def open_checks(self, asked_before: datetime) -> tuple[OpenCheck, ...]:
        """The checks asked for before then that staff have not answered, oldest first (ELG-11).

        An account that is pending without an open case is among them.
        """

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        """How long the latest answered checks took, newest first (ELG-4)."""

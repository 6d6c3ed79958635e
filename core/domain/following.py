"""What an answered check does to the sale that waits for it (ELG-5, OPP)."""

from collections.abc import Iterator
from typing import Final

import msgspec

from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.ids import OpportunityId
from core.domain.opportunity import MOVES, OPEN_FOR_ORDER, Stage, Trigger

TRIGGERS: Final = {
    EligibilityStatus.ELIGIBLE: Trigger.ELIGIBILITY_CONFIRMED,
    EligibilityStatus.INELIGIBLE: Trigger.ELIGIBILITY_DENIED,
}


class SaleMove(msgspec.Struct, frozen=True):
    """Where an eligibility of that status moves an open sale from one of these stages."""

    status: EligibilityStatus
    stages: tuple[Stage, ...]
    to: Stage


class Followed(msgspec.Struct, frozen=True):
    """The eligibility as it stands, and the sale that was moved as it says."""

    standing: Eligibility
    moved: OpportunityId | None = None


def _moves() -> Iterator[SaleMove]:
    for status, trigger in TRIGGERS.items():
        for to in Stage:
            stages = tuple(stage for stage in sorted(OPEN_FOR_ORDER) if MOVES.get((stage, trigger)) is to)
            if stages:
                yield SaleMove(status, stages, to)


SALE_MOVES: Final = tuple(_moves())
"""Every such move of the table in `core.domain.opportunity`."""

"""What a customer chooses besides the cart, wherever it is sent (ORD-3, ORD-4)."""

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from core.domain.checkout import Choices
from core.domain.ids import OpportunityId, crm_id
from core.domain.order import ActivationType
from core.domain.refusals import FieldFault, Invalid

Start: TypeAlias = Literal["immediate", "scheduled"]
Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
CrmId: TypeAlias = Annotated[str, msgspec.Meta(max_length=18)]


def choices(confirmed: bool, start: Start, at: datetime | None, opportunity: str | None, field: str = "") -> Choices:
    """The choices as the core knows them; raises Invalid for an id that is none, or a time outside of all calendars."""
    long = crm_id(opportunity) if opportunity is not None else None
    if opportunity is not None and long is None:
        raise Invalid(FieldFault(f"{field}opportunityId", "wrong_shape"))
    return Choices(
        address_confirmed=confirmed,
        activation=ActivationType.IMMEDIATE if start == "immediate" else ActivationType.SCHEDULED,
        activate_at=_instant(at, field),
        opportunity=OpportunityId(long) if long is not None else None,
    )


def _instant(at: datetime | None, field: str) -> datetime | None:
    try:
        return at.astimezone(UTC) if at is not None else None
    except OverflowError as error:
        raise Invalid(FieldFault(f"{field}activateAt", "out_of_range")) from error

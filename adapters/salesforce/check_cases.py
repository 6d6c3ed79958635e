"""Cases of availability checks: what the portal writes for staff, and reads again."""

from typing import Final

from core.domain.account import place_of
from core.domain.eligibility import AvailabilityCheck
from core.domain.support import CHECK_SUBJECT, CaseKind, CaseOrigin, NewCase

ADDRESS: Final = "Address: "
ANOTHER_ADDRESS: Final = "Another address: "


def case_of(check: AvailabilityCheck) -> NewCase:
    """The case by which staff learn of a check."""
    lines = [f"{ADDRESS}{check.address.one_line}"]
    lines += [f"Plan: {check.sku}"] if check.sku else []
    # no line of the note is taken for one of the portal's own
    lines += ["Note: " + "\n  ".join(check.note.splitlines())] if check.note else []
    return NewCase(
        key=check.key,
        kind=CaseKind.AVAILABILITY,
        origin=CaseOrigin.PORTAL,
        account=check.account,
        contact=check.contact,
        subject=CHECK_SUBJECT,
        description="\n".join(lines),
    )


def places_in(description: str) -> set[str]:
    """The places that a case tells of."""
    labels = (ADDRESS, ANOTHER_ADDRESS)
    lines = description.splitlines()
    return {place_of(line.removeprefix(label)) for line in lines for label in labels if line.startswith(label)}

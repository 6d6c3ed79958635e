"""The words and record types that the portal needs of an org, and what breaks without them; data."""

from enum import StrEnum
from typing import Final

import msgspec

from core.domain.account import PortalStatus
from core.domain.cancellation import Kit
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.opportunity import FIRST_APPLICATION_STAGE, Beginning, Stage
from core.domain.order import ActivationStatus, ActivationType, OrderStatus
from core.domain.support import CaseKind, CaseOrigin, CasePriority, CaseStatus


class Words(msgspec.Struct, frozen=True):
    """Words that a picklist must have, since the portal writes them or waits for them; what breaks without one."""

    of: str
    field: str
    words: tuple[str, ...]
    breaks: str


def _words(place: str, words: type[StrEnum] | tuple[str, ...], breaks: str) -> Words:
    of, _, field = place.partition(".")
    return Words(of, field, tuple(str(word) for word in words), breaks)


_OWN: Final[tuple[str, ...]] = ()
"""Words that are the operator's own (`Picklists`)."""
WORDS: Final = (
    _words("account.portal_status", PortalStatus, "sign-up can't be completed (ACC-1)"),
    _words("account.registration_source", ("Portal Checkout", "Portal Signup"), "sign-up can't be completed (ACC-1)"),
    _words("account.eligibility_status", EligibilityStatus, "availability can't be asked for or answered (ELG-1)"),
    _words("account.id_status", IdStatus, "documents can't be sent or reviewed (IDV-3)"),
    _words("contact.gender", _OWN, "what a customer told is not kept (ACC-6)"),
    _words("opportunity.stage", Stage, "sales can't move as they should (OPP-1)"),
    _words("opportunity.commodity_type", _OWN, "no sale of it can begin (OPP-2)"),
    _words("opportunity.application_stage", (FIRST_APPLICATION_STAGE,), "no sale can begin (OPP-2)"),
    _words("opportunity.source", Beginning, "no sale of that source can begin (OPP-2)"),
    _words("opportunity.cancellation_notice", _OWN, "services can't be ended by their customers (CAN-2)"),
    _words("opportunity.kit", Kit, "the kit can't be followed (CAN-2, CAN-4)"),
    _words("order.status", OrderStatus, "orders can't move as they should (ORD-3, FUL-1, ORD-10)"),
    _words("order.activation_type", ActivationType, "no such order can be placed (ORD-3)"),
    _words("order.activation", ActivationStatus, "orders can't be activated (FUL-2)"),
    _words("order.sim_type", _OWN, "no such SIM can be ordered (ORD-3)"),
    _words("order.mnp_gender", _OWN, "no phone number can be brought along (ORD-11)"),
    _words("order_line.billing_cycle", _OWN, "no such line can be ordered (ORD-3)"),
    _words("case.origin", CaseOrigin, "such cases can't be opened (ELG-1, SUP-2)"),
    _words("case.status", CaseStatus, "cases can't be opened or closed (ELG-8, SUP-2)"),
    _words("case.priority", CasePriority, "a late check can't be made urgent (ELG-11)"),
    _words("lead.lead_source", _OWN, "the public form fails (SUP-1)"),
    _words("product.category", _OWN, "no such product can be sold (CAT-1)"),
    _words("product.item_class", _OWN, "no such item can be sold (CAT-1)"),
    _words("product.billing_cycle", _OWN, "no such item can be sold (CAT-1)"),
    _words("product.sim_plan", _OWN, "no such plan can be sold (CAT-1)"),
)
RECORD_TYPES: Final = {
    CaseKind.AVAILABILITY: "availability can't be asked for (ELG-1)",
    CaseKind.CANCELLATION: "services can't be ended by their customers (CAN-2)",
    CaseKind.SUPPORT: "customers can't open cases (SUP-2)",
}
"""Record types of Case, by their developer name, and what breaks without one."""
PERSON_FIELDS: Final = ("IsPersonAccount", "PersonContactId")
"""Fields by which an org with person accounts leads from an account to its person."""

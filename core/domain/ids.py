"""Names for identifiers, so that a service id can never stand where an order id belongs."""

import re
from functools import lru_cache
from typing import Final, NewType

AccountId = NewType("AccountId", str)
ContactId = NewType("ContactId", str)
OpportunityId = NewType("OpportunityId", str)
OrderId = NewType("OrderId", str)
OrderLineId = NewType("OrderLineId", str)
CaseId = NewType("CaseId", str)
LeadId = NewType("LeadId", str)
DocumentId = NewType("DocumentId", str)
ClientId = NewType("ClientId", str)
ServiceId = NewType("ServiceId", str)
InvoiceId = NewType("InvoiceId", str)
BillingOrderId = NewType("BillingOrderId", str)
EsimId = NewType("EsimId", str)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
SignUpId = NewType("SignUpId", str)
CheckoutId = NewType("CheckoutId", str)
RequestId = NewType("RequestId", str)
RequestKey = NewType("RequestKey", str)
NoticeId = NewType("NoticeId", str)
Sku = NewType("Sku", str)
CustomerNumber = NewType("CustomerNumber", str)

FIRST_CUSTOMER_NUMBER: Final = 1_000_001
_CUSTOMER_NUMBER: Final = re.compile(r"P[0-9]{7}")
_SHORT_ID: Final = re.compile(r"[A-Za-z0-9]{15}")
_BILLING_ID: Final = re.compile(r"[1-9][0-9]{0,17}")
_CHECKSUM: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def customer_number(sequence: int) -> CustomerNumber:
    """The customer number of a place in the sequence: `P` and seven digits (ACC-2)."""
    if not FIRST_CUSTOMER_NUMBER <= sequence <= 9_999_999:
        raise ValueError(f"no customer number for {sequence}")
    return CustomerNumber(f"P{sequence:07d}")


def is_customer_number(text: str) -> bool:
    """Whether `text` has the shape of a customer number (ACC-2)."""
    return _CUSTOMER_NUMBER.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def crm_id(text: str) -> str | None:
    """`text` as an 18-character CRM id; None when it has not the shape of one.

    The CRM writes one id as 15 case-sensitive characters or as 18 with a checksum; the portal knows the long form
    only, so that the short form of somebody else's order is no second way to it.
    """
    short = text[:15]
    if len(text) not in (15, 18) or not _SHORT_ID.fullmatch(short):
        return None
    blocks = (short[0:5], short[5:10], short[10:15])
    long = short + "".join(_CHECKSUM[sum((c.isupper() and 1) << bit for bit, c in enumerate(b))] for b in blocks)
    if len(text) == 18 and text != long:
        return None
    return long


def is_billing_id(text: str) -> bool:
    """Whether `text` has the shape of an id in billing: a whole number, written without zeros before it."""
    return _BILLING_ID.fullmatch(text) is not None


def request_key(*parts: str | int) -> RequestKey:
    """A request key made of what it belongs to; the same parts always give the same key."""
    return RequestKey(":".join(str(part) for part in parts))

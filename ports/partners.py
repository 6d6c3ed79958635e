"""Partners besides Salesforce and WHMCS: the eSIM issuer, the line checker, the mail service."""

from typing import Protocol

import msgspec

from core.domain.account import Address
from core.domain.eligibility import EligibilityStatus
from core.domain.ids import EsimId, RequestKey
from core.domain.mail import Mail
from core.domain.provisioning import EsimOrder, EsimProfile


class EsimIssuer(Protocol):
    """Where eSIM profiles come from (FUL-2, SRV-4)."""

    async def ensure_profile(self, order: EsimOrder) -> EsimProfile:
        """Activate an eSIM for the order, once per key. Raises Rejected when the issuer refuses."""

    async def ensure_reissued(self, key: RequestKey, esim: EsimId) -> EsimProfile:
        """A new profile in place of the old one, once per key (SRV-4)."""

    async def ensure_topped_up(self, key: RequestKey, esim: EsimId, megabytes: int) -> None:
        """Add data to the eSIM, once per key (SRV-4)."""

    async def ensure_deactivated(self, esim: EsimId) -> None:
        """End the eSIM; one that has ended is left alone (FUL-4)."""


class LineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the checker knows of an address; `confidence` from 0 to 1."""

    status: EligibilityStatus
    value: str | None
    confidence: float
    source: str


class LineChecker(Protocol):
    """A serviceability checker that may answer at once (ELG-8)."""

    async def check(self, address: Address) -> LineAnswer | None:
        """What is known of the address; None when staff have to find out. Errors count as None."""


class Mailer(Protocol):
    """Where mails go out."""

    async def send(self, mail: Mail) -> None:
        """Send the mail; the same key is sent once where the service can tell, else at least once."""

"""Telling whether a service is on its way out."""

from typing import Protocol

from core.domain.cancellation import Cancellation
from core.domain.ids import ServiceId
from core.domain.opportunity import Opportunity
from core.domain.session import Session


class Endings(Protocol):
    """Where the end of a customer's service is known: by its sale, or by the request itself (CAN-3, CAN-6)."""

    async def __call__(self, session: Session, service: ServiceId, sale: Opportunity | None) -> Cancellation | None:
        """The end the service is on its way to, or None; `sale` is the opportunity it is linked to, where it is."""

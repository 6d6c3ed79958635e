"""Everything a submit is judged by, read at one go."""

from datetime import datetime
from typing import Protocol

from core.domain.placing import Asked, Gathered
from core.domain.session import PortalUser, Session


class GateReadings(Protocol):
    """Where what the gates look at comes from, all of it of this moment (ORD-1)."""

    async def __call__(self, session: Session, user: PortalUser, asked: Asked, now: datetime) -> Gathered:
        """The cart priced and everything its gates look at; Unavailable when one of them can't be read.

        `user` is the session's, as it stands now.
        Raises Invalid and CartRefused for a cart that is none.
        """

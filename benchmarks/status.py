"""A customer's status while it is fresh, beside a bare handler with the same bytes (P-3)."""

from dataclasses import dataclass
from typing import Final

from benchmarks.frame import Beside, Measured, Pace
from benchmarks.portal import READY, bearer, port_of, portal
from benchmarks.servers import Running


@dataclass(frozen=True)
class CustomerStatus:
    """What a logged-in customer's page asks for most."""

    name: str
    at_least: float

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Ask as one customer, with everything that is read anew each few seconds."""
        token = bearer(port_of(servers))
        return Beside(self.name, portal(), "/api/me/status", self.at_least, READY, token).measure(servers, pace)


BENCHES: Final = (CustomerStatus("customer status, warm", 0.50),)

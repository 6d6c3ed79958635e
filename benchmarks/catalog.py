"""The public catalog of the portal itself, beside a bare handler with the same bytes (P-3)."""

from dataclasses import dataclass
from typing import Final

from benchmarks.frame import Beside, Measured, Pace
from benchmarks.portal import READY, port_of, portal
from benchmarks.servers import Running, headers_of

PATH: Final = "/api/catalog"


@dataclass(frozen=True)
class CatalogUnchanged:
    """The catalog for those who have it already: 304 by its ETag."""

    name: str
    at_least: float

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Ask with the tag that the portal gave."""
        known = {"If-None-Match": headers_of(port_of(servers), PATH)["etag"]}
        return Beside(self.name, portal(), PATH, self.at_least, READY, known, 304).measure(servers, pace)


@dataclass(frozen=True)
class CatalogAnswered:
    """The catalog, whole."""

    name: str
    at_least: float

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Ask as anybody does."""
        return Beside(self.name, portal(), PATH, self.at_least, READY).measure(servers, pace)


BENCHES: Final = (
    CatalogAnswered("public catalog", 0.90),
    CatalogUnchanged("public catalog as 304", 1.0),
)

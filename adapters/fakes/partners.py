"""Partners besides Salesforce and WHMCS, made up: the eSIM issuer and the line checker."""

from dataclasses import dataclass

from adapters.fakes import esim_profiles, lines
from adapters.fakes.world import World
from core.domain.account import Address
from core.domain.ids import EsimId, RequestKey, request_key
from core.domain.premises import premises_of
from core.domain.provisioning import EsimOrder, EsimProfile
from ports.errors import Rejected, Unavailable
from ports.partners import LineAnswer


@dataclass(frozen=True, slots=True)
class FakeEsimIssuer:
    """`ports.partners.EsimIssuer`: the issuer's own rules, in this process."""

    world: World

    async def ensure_profile(self, order: EsimOrder) -> EsimProfile:
        async with self.world.touch("esim", "ensure_profile"):
            return esim_profiles.activate(self.world, order).profile

    async def ensure_reissued(self, key: RequestKey, esim: EsimId) -> EsimProfile:
        async with self.world.touch("esim", "ensure_reissued"):
            return esim_profiles.reissue(self.world, key, esim).profile

    async def ensure_topped_up(self, key: RequestKey, esim: EsimId, megabytes: int) -> None:
        async with self.world.touch("esim", "ensure_topped_up"):
            esim_profiles.top_up(self.world, key, esim, megabytes)

    async def ensure_deactivated(self, esim: EsimId) -> None:
        async with self.world.touch("esim", "ensure_deactivated"):
            # an eSIM ends once, so it is its own key
            esim_profiles.deactivate(self.world, request_key("end", esim), esim)


@dataclass(frozen=True, slots=True)
class FakeLineChecker:
    """`ports.partners.LineChecker`: knows its coverage table and what was found in a building before, no more."""

    world: World

    async def check(self, address: Address) -> LineAnswer | None:
        try:
            async with self.world.touch("line_checker", "check"):
                return lines.known_of(self.world.records, premises_of(address))
        except (Unavailable, Rejected):  # an error counts as nothing
            return None

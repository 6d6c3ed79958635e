"""Partners besides Salesforce and WHMCS, made up: the eSIM issuer and the line checker."""

import re
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.account import Address
from core.domain.eligibility import EligibilityStatus
from core.domain.ids import EsimId, RequestKey
from core.domain.provisioning import EsimOrder, EsimProfile
from ports.errors import Rejected, Unavailable
from ports.partners import LineAnswer

SMDP: Final = "smdp.sonixnet.example"
_EID: Final = re.compile(r"[0-9]{32}")
_NO_CHECK_DIGITS: Final = "00"
SOURCE: Final = "ntt-coverage"


@dataclass(frozen=True, slots=True)
class FakeEsimIssuer:
    """`ports.partners.EsimIssuer`: one profile per key; a device id that is none, or ends in 00, is refused.

    An EID has 32 digits, and its last two are never 00: so that one stands for a device the issuer does not know.
    """

    world: World

    async def ensure_profile(self, order: EsimOrder) -> EsimProfile:
        async with self.world.touch("esim", "ensure_profile"):
            made = self.world.records.one("esim", key=order.key)
            if made is not None:
                return _profile_of(made)
            if order.eid is not None and (not _EID.fullmatch(order.eid) or order.eid.endswith(_NO_CHECK_DIGITS)):
                raise Rejected("eid_unknown", "esim", ("eid",))
            return self._issue(order.key, str(order.order), order.plan, order.eid, order.porting_reservation)

    async def ensure_reissued(self, key: RequestKey, esim: EsimId) -> EsimProfile:
        async with self.world.touch("esim", "ensure_reissued"):
            made = self.world.records.one("esim", key=key)
            if made is not None:
                return _profile_of(made)
            old = self._active(esim)
            with self.world.records.all_or_none():
                self.world.records.update("esim", old["id"], {"status": "replaced"})
                return self._issue(key, old["order"], old["plan"], old["eid"], None, old)

    async def ensure_topped_up(self, key: RequestKey, esim: EsimId, megabytes: int) -> None:
        async with self.world.touch("esim", "ensure_topped_up"):
            records = self.world.records
            if records.one("top_up", key=key) is not None:
                return
            row = self._active(esim)
            with records.all_or_none():
                records.create("top_up", {"key": key, "esim": row["id"], "megabytes": megabytes})
                records.update("esim", row["id"], {"megabytes": row["megabytes"] + megabytes})

    async def ensure_deactivated(self, esim: EsimId) -> None:
        async with self.world.touch("esim", "ensure_deactivated"):
            if self._row(esim)["status"] == "active":
                self.world.records.update("esim", esim, {"status": "ended"})

    def _issue(
        self, key: str, order: str, plan: str, eid: str | None, porting: str | None, old: Row | None = None
    ) -> EsimProfile:
        # a matching id as long as a real one; made of the key, so that a restored world makes the same
        matching = sha256(f"{self.world.pair} {key}".encode()).hexdigest()[:32].upper()
        fields = {"key": key, "order": order, "plan": plan, "eid": eid, "porting_reservation": porting}
        from_old = {"replaces": old["id"], "megabytes": old["megabytes"]} if old is not None else {}
        made = self.world.records.create("esim", {**fields, "qr": f"LPA:1${SMDP}${matching}", **from_old})
        row = self.world.records.get("esim", made)
        assert row is not None
        return _profile_of(row)

    def _row(self, esim: str) -> Row:
        row = self.world.records.get("esim", esim)
        if row is None:
            raise Rejected("not_found", "esim")
        return row

    def _active(self, esim: str) -> Row:
        row = self._row(esim)
        if row["status"] != "active":
            raise Rejected("wrong_state", "esim")
        return row


def _profile_of(row: Row) -> EsimProfile:
    return EsimProfile(id=EsimId(row["id"]), qr=row["qr"], issued_at=row["created_at"])


def _covered(value: str, confidence: float = 0.97) -> LineAnswer:
    return LineAnswer(status=EligibilityStatus.ELIGIBLE, value=value, confidence=confidence, source=SOURCE)


COVERAGE: Final = MappingProxyType(
    {
        "100-0001": _covered("Home 10G"),
        "150-0001": _covered("Home 1G"),
        "160-0022": _covered("Mansion 1G"),
        "220-0012": _covered("Apartment 100M"),
        "530-0001": _covered("Home 1G", confidence=0.4),
        "900-0006": _covered("Castle 5G"),
        "907-1801": LineAnswer(status=EligibilityStatus.INELIGIBLE, value=None, confidence=0.99, source=SOURCE),
    }
)
"""What the checker knows, by postcode: four covered ones, one it is not sure of, one with a word that no plan goes by,
one no line reaches."""


@dataclass(frozen=True, slots=True)
class FakeLineChecker:
    """`ports.partners.LineChecker`: knows the postcodes of its table and nothing else; an error counts as nothing."""

    world: World

    async def check(self, address: Address) -> LineAnswer | None:
        try:
            async with self.world.touch("line_checker", "check"):
                return COVERAGE.get(address.tidied().postcode)
        except Unavailable:
            return None

"""Doing what a customer wished for their eSIM."""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from core.domain.esim import EsimChange
from core.domain.refusals import OrderRefused
from ports.clock import Clock
from ports.durable import Steps
from ports.errors import Rejected
from ports.partners import EsimIssuer
from ports.store import AuditEntry, EsimRecord, Store


@dataclass(frozen=True, slots=True)
class WriteEsimChange:
    """Have the issuer re-issue the eSIM or add data, once, and record it (SRV-4)."""

    issuer: EsimIssuer
    store: Store
    clock: Clock

    async def __call__(self, steps: Steps, data: EsimChange) -> None:
        """Raises OrderRefused when the issuer says no."""
        at = await steps.do("now", datetime, self._now)
        try:
            if data.megabytes is None:
                await steps.do("reissue", None, lambda: self._reissue(data))
            else:
                megabytes = data.megabytes
                await steps.do("top up", None, lambda: self._top_up(data, megabytes))
        except Rejected as refused:
            raise OrderRefused(reason=refused.code) from None
        await steps.do("record", None, lambda: self._record(data, at))

    async def _reissue(self, data: EsimChange) -> None:
        made = await self.issuer.ensure_reissued(data.key, (await self._kept(data)).esim)
        async with self.store.begin() as shelves:
            await shelves.alone("esim", data.order)
            kept = await shelves.things.esim_of_order(data.order)
            if kept is not None:
                await shelves.things.keep_esim(replace(kept, esim=made.id, qr=made.qr))

    async def _top_up(self, data: EsimChange, megabytes: int) -> None:
        await self.issuer.ensure_topped_up(data.key, (await self._kept(data)).esim, megabytes)

    async def _kept(self, data: EsimChange) -> EsimRecord:
        # a new profile may have come in place of the one the customer saw
        async with self.store.reading() as shelves:
            kept = await shelves.things.esim_of_order(data.order)
        return kept or EsimRecord(order=data.order, account=data.account, esim=data.esim, qr="")

    async def _record(self, data: EsimChange, at: datetime) -> None:
        entry = AuditEntry(
            at=at,
            actor="customer",
            deed="esim reissued" if data.megabytes is None else "esim topped up",
            subject=str(data.service),
            details={"key": data.key, **({"megabytes": str(data.megabytes)} if data.megabytes is not None else {})},
        )
        async with self.store.begin() as shelves:
            await shelves.alone("audit", entry.subject)
            if not any(line.details == entry.details for line in await shelves.audit.of_subject(entry.subject, 50)):
                await shelves.audit.write(entry)

    async def _now(self) -> datetime:
        return self.clock.now()

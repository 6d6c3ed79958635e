"""Doing what a customer wished for their eSIM."""

from dataclasses import dataclass

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
        try:
            if data.megabytes is None:
                await steps.do("reissue", None, lambda: self._reissue(data))
            else:
                megabytes = data.megabytes
                await steps.do("top up", None, lambda: self.issuer.ensure_topped_up(data.key, data.esim, megabytes))
        except Rejected as refused:
            raise OrderRefused(reason=refused.code) from None
        await steps.do("record", None, lambda: self._record(data))

    async def _reissue(self, data: EsimChange) -> None:
        made = await self.issuer.ensure_reissued(data.key, data.esim)
        fresh = EsimRecord(order=data.order, account=data.account, esim=made.id, qr=made.qr, service=data.service)
        async with self.store.begin() as shelves:
            await shelves.things.keep_esim(fresh)

    async def _record(self, data: EsimChange) -> None:
        details = {"megabytes": str(data.megabytes)} if data.megabytes is not None else {}
        entry = AuditEntry(
            at=self.clock.now(),
            actor="customer",
            deed="esim reissued" if data.megabytes is None else "esim topped up",
            subject=str(data.service),
            details=details,
        )
        async with self.store.begin() as shelves:
            await shelves.audit.write(entry)

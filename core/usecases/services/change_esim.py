"""A customer's wish for their eSIM: a new profile, or more data."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.billing import ServiceStatus
from core.domain.esim import TOP_UPS, EsimChange
from core.domain.ids import AccountId, ServiceId, request_key
from core.domain.limits import Limited
from core.domain.refusals import FieldFault, Invalid, NotAnEsim, NotFound, ServiceNotActive, TooMany
from core.domain.session import Session
from core.domain.work import Job, Reply, WorkKind
from ports.billing import ServiceBook
from ports.clock import Clock
from ports.durable import Reception
from ports.ids import Ids
from ports.limits import Limits
from ports.store import EsimRecord, Store


@dataclass(frozen=True, slots=True)
class ChangeEsim:
    """Re-issue the eSIM of an active service, or add data to it; throttled and recorded (SRV-4, SRV-5)."""

    services: ServiceBook
    store: Store
    reception: Reception
    limits: Limits
    ids: Ids
    clock: Clock

    async def __call__(self, session: Session, service_id: ServiceId, megabytes: int | None = None) -> Reply:
        """The request as it stands; while one of the kind is being done, that one."""
        if megabytes is not None and megabytes not in TOP_UPS:
            raise Invalid(FieldFault("megabytes", "not_offered", {"offered": ", ".join(map(str, TOP_UPS))}))
        esim = await self._esim(session, service_id)
        wait = await self.limits.take(Limited.ESIM, str(service_id), self.clock.now())
        if wait is not None:
            raise TooMany(wait, Limited.ESIM.value)
        kind = WorkKind.REISSUE_ESIM if megabytes is None else WorkKind.TOP_UP
        key = request_key(kind.value, service_id, self.ids.new())
        change = EsimChange(
            key=key,
            account=session.account,
            order=esim.order,
            service=service_id,
            esim=esim.esim,
            megabytes=megabytes,
        )
        job = Job(key=key, kind=kind, data=msgspec.to_builtins(change), owner=session.user, lane=str(session.account))
        return await self.reception(session.user, "service", job, (kind.value, str(service_id)))

    async def _esim(self, session: Session, service_id: ServiceId) -> EsimRecord:
        service, esim = await gather(
            self.services.service(session.client, service_id), self._record(session.account, service_id)
        )
        if service is None:
            raise NotFound(service=service_id)
        if esim is None:
            raise NotAnEsim(service=service_id)
        if service.status is not ServiceStatus.ACTIVE:
            raise ServiceNotActive(status=service.status.value)
        return esim

    async def _record(self, account: AccountId, service: ServiceId) -> EsimRecord | None:
        async with self.store.reading() as shelves:
            return await shelves.things.esim_of_service(account, service)

"""A customer's wish for their eSIM: a new profile, or more data."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.billing import ServiceStatus
from core.domain.esim import TOP_UPS, EsimChange, change_job
from core.domain.ids import AccountId, RequestKey, ServiceId, request_key
from core.domain.limits import Limited
from core.domain.refusals import FieldFault, Invalid, NotAnEsim, NotFound, ServiceNotActive, StillRunning
from core.domain.session import Session
from core.domain.work import Reply
from ports.billing import ServiceBook
from ports.durable import Reception
from ports.store import EsimRecord, Store


@dataclass(frozen=True, slots=True)
class ChangeEsim:
    """Re-issue the eSIM of an active service, or add data to it; throttled and recorded (SRV-4, SRV-5)."""

    services: ServiceBook
    store: Store
    reception: Reception

    async def __call__(self, session: Session, service_id: ServiceId, megabytes: int | None, key: RequestKey) -> Reply:
        """The request as it stands; `key` is one wish, however often it is sent. `megabytes` None re-issues.

        Raises Invalid, NotFound, NotAnEsim, ServiceNotActive, TooMany; StillRunning while another amount is added.
        """
        if megabytes is not None and megabytes not in TOP_UPS:
            raise Invalid(FieldFault("megabytes", "not_offered", {"offered": ", ".join(map(str, TOP_UPS))}))
        esim = await self._esim(session, service_id)
        change = EsimChange(
            key=request_key("esim", session.user, key),
            account=session.account,
            order=esim.order,
            service=service_id,
            esim=esim.esim,
            megabytes=megabytes,
        )
        job = change_job(change, session.user)
        intent, limit = (job.kind.value, str(service_id)), (Limited.ESIM, str(service_id))
        reply = await self.reception(session.user, "service", job, intent, limit=limit)
        if reply.work.key != job.key:
            await self._check_same(session, reply, change)
        return reply

    async def _check_same(self, session: Session, reply: Reply, wanted: EsimChange) -> None:
        async with self.store.reading() as shelves:
            held = await shelves.requests.find(reply.request, session.user)
        if held is None or msgspec.convert(held.job.data, EsimChange).megabytes != wanted.megabytes:
            raise StillRunning(retry_after=2)

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

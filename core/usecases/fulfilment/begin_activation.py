"""Beginning the activation of an approved order."""

from dataclasses import dataclass

from core.domain.order import Order
from core.domain.provisioning import goes_again, is_untouched, provision_job, waits_for_date
from core.domain.work import Work, WorkState
from ports.clock import Clock
from ports.durable import DurableWork


@dataclass(frozen=True, slots=True)
class BeginActivation:
    """Begin to provision an approved order: one attempt at a time, not before its date and its SIM card (FUL-1, FUL-5).

    Binds `ports.activation.Activation`. Whoever comes second finds the work of the first.
    """

    work: DurableWork
    clock: Clock

    async def __call__(self, order: Order, *, asked: bool) -> Work:
        latest, attempt = await self._latest(order)
        if latest is not None and _waits_for_card(latest) and not order.waits_for_shipping:
            return await self.work.run_now(latest.key) or latest
        has_to_wait = order.waits_for_shipping or waits_for_date(order, self.clock.now())
        if not asked and (has_to_wait or not is_untouched(order)):
            return latest or _not_begun(order)
        if latest is None or goes_again(latest, order, asked=asked):
            if latest is not None:
                await self.work.cancel(latest.key, stopped=True)  # nobody has to decide about it any more
            return await self.work.start(provision_job(order, attempt + 1))
        if asked and latest.state is WorkState.WITH_STAFF:
            return await self.work.retry(latest.key) or latest
        return latest

    async def _latest(self, order: Order) -> tuple[Work | None, int]:
        latest, attempt = None, 0
        while (found := await self.work.outcome(provision_job(order, attempt + 1).key, wait=0)) is not None:
            latest, attempt = found, attempt + 1
        return latest, attempt


def _waits_for_card(work: Work) -> bool:
    return work.state is WorkState.RECEIVED and work.due_at is not None


def _not_begun(order: Order) -> Work:
    job = provision_job(order)
    return Work(key=job.key, kind=job.kind, state=WorkState.RECEIVED, due_at=job.due_at or order.activate_at)

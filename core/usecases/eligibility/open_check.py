"""Bringing a customer's request to staff, or to a checker that knows at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.account import Address, place_of
from core.domain.catalog import ProductType, offerings_of
from core.domain.changes import eligibility_of, version_of_check
from core.domain.checks import LATEST, WAITING, CheckRequest, for_customers
from core.domain.eligibility import (
    ANSWERED,
    SURE_ENOUGH,
    Asking,
    AvailabilityAnswer,
    Eligibility,
    EligibilityStatus,
    OpenedCheck,
    asking,
)
from core.domain.facts import EligibilityChanged, learning
from core.domain.flags import Feature
from core.domain.ids import CaseId, OpportunityId, RequestId
from core.domain.policy import Policy
from core.domain.refusals import Refusal, SaveRefused
from ports.billing import ClientBook
from ports.caches import Caches
from ports.clock import Clock
from ports.customer_registry import ContactDetails, CustomerRegistry
from ports.durable import DurableWork, Steps
from ports.eligibility_desk import HOME, EligibilityDesk
from ports.errors import Rejected, Unavailable
from ports.flags import Flags
from ports.opportunities import Opportunities
from ports.partners import LineAnswer, LineChecker
from ports.secrets import Secrets
from ports.store import Intent, Store


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """Open one check on one opportunity, or add to the open one (ELG-1, ELG-2); a sure checker answers (ELG-8).

    The address becomes the customer's service address in both systems; a refusal by one restores the other, and nothing
    is asked then (ACC-10, ACC-11). Safe to stop and repeat anywhere.
    """

    desk: EligibilityDesk
    opportunities: Opportunities
    registry: CustomerRegistry
    clients: ClientBook
    checker: LineChecker
    flags: Flags
    work: DurableWork
    store: Store
    caches: Caches
    secrets: Secrets
    clock: Clock
    policy: Policy

    async def __call__(self, steps: Steps, data: CheckRequest) -> Eligibility:
        try:
            standing = await self._bring(steps, data)
        except Refusal:
            await steps.do("refused", None, lambda: self._stop_waiting(data))
            raise
        if standing.status is not EligibilityStatus.PENDING:
            await steps.do("nothing open", None, lambda: self._stop_waiting(data))
        await steps.do("forget", None, lambda: self.caches.drop_account(data.account))
        return for_customers(standing)

    async def _bring(self, steps: Steps, data: CheckRequest) -> Eligibility:
        home = data.address if data.moves_home else None
        if home is not None:
            await self._bill_there(steps, data)  # before anything is written, so that a refusal leaves nothing
        # who comes after no other request acts on what acceptance read; whoever does looks what it left
        opens = asking(data.seen, data.address, data.asked_at, self.policy) is Asking.OPENS_CHECK
        if opens:
            # as one step: between what acceptance read and what is written there is no more to remember than is needed
            opened = await self._opened(steps, data, "open as it was seen", lambda: self._open_as_seen(data, home))
            if opened is not None:
                return await self._checked(steps, data, opened, data.seen.checked_at)
        after_none = await steps.do("wait for the answer", bool, lambda: self._begin_waiting(data, opens=False))
        standing = data.seen if after_none and not opens else await self._look(steps, data, "look")
        return await self._go_on(steps, data, standing, home)

    async def _go_on(
        self, steps: Steps, data: CheckRequest, standing: Eligibility, home: Address | None
    ) -> Eligibility:
        done = asking(standing, data.address, data.asked_at, self.policy)
        if home is not None and done is not Asking.OPENS_CHECK:
            await self._move_home(steps, data)
            home = None
        if done is Asking.ADDS_ADDRESS and standing.case is not None:
            case = standing.case
            await steps.do("add the address", None, lambda: self.desk.ensure_address(case, data.address))
            standing = await self._look(steps, data, "look after adding")
            # staff may have answered for the earlier address meanwhile
            done = asking(standing, data.address, data.asked_at, self.policy)
        if done is not Asking.OPENS_CHECK:
            return standing
        if standing.no_on is not None:
            await steps.do("remember the no", None, lambda: self._remember(standing))
        sale = await steps.do("find the sale", OpportunityId | None, lambda: self._open_sale(data))
        opened = await self._opened(steps, data, "open", lambda: self.desk.ensure_check(data.check(), sale, home))
        if opened is None:
            return standing
        return await self._checked(steps, data, opened, standing.checked_at)

    async def _open_as_seen(self, data: CheckRequest, home: Address | None) -> OpenedCheck | None:
        """The check, opened on what acceptance read; None, and nothing done, where another request came between."""
        if not await self._begin_waiting(data, opens=True):
            return None
        await self._remember(data.seen)
        return await self.desk.ensure_check(data.check(), data.opportunity, home)

    async def _begin_waiting(self, data: CheckRequest, *, opens: bool) -> bool:
        """Whether things are as acceptance read them; one that `opens` on that waits only then, any other always."""
        account, mine = str(data.account), RequestId(data.key)
        now = self.clock.now()
        async with self.store.begin() as shelves:
            await shelves.alone("eligibility", account)
            waiting = await shelves.intents.holder(WAITING, account)
            # a checker's answer ends the waiting at once, and a request that saw nothing of it may be the next
            latest = await shelves.intents.holder(LATEST, account)
            if opens and latest == mine:
                return True  # it began on that, and was cut short or got no answer
            as_seen = waiting in (None, mine) and latest == data.after
            if as_seen or not opens:
                await shelves.intents.take(Intent(kind=WAITING, subject=account, request=mine), now)
                await shelves.intents.close(LATEST, account)
                await shelves.intents.take(Intent(kind=LATEST, subject=account, request=mine), now)
        return as_seen

    async def _remember(self, standing: Eligibility) -> None:
        # the account tells of one address only, and from here on of another (ELG-2)
        if standing.no_on is not None and standing.address:
            place = self.secrets.fingerprint(place_of(standing.address))
            async with self.store.begin() as shelves:
                await shelves.things.keep_no(standing.account, place, standing.no_on)

    async def _stop_waiting(self, data: CheckRequest) -> None:
        async with self.store.begin() as shelves:
            await shelves.intents.close(WAITING, str(data.account), RequestId(data.key))

    async def _look(self, steps: Steps, data: CheckRequest, step: str) -> Eligibility:
        standing = await steps.do(step, Eligibility, lambda: self.desk.standing(data.account))
        return standing.at(data.home)

    async def _opened(
        self, steps: Steps, data: CheckRequest, step: str, opens: Callable[[], Awaitable[OpenedCheck | None]]
    ) -> OpenedCheck | None:
        try:
            return await steps.do(step, OpenedCheck | None, opens)
        except Rejected as error:
            if error.what != HOME:
                raise
            raise await self._home_refused(steps, data, error) from error

    async def _checked(
        self, steps: Steps, data: CheckRequest, opened: OpenedCheck, before: datetime | None
    ) -> Eligibility:
        """What is answered, or asked, now; an answer of `before` keeps its time upstream."""
        pending = Eligibility(
            account=data.account,
            status=EligibilityStatus.PENDING,
            requested_at=data.asked_at,
            address=data.address.one_line,
            read_at=data.asked_at,
        )
        await steps.do("learned", None, lambda: self._learned(msgspec.structs.replace(pending, checked_at=before)))
        answer = await steps.do("ask the checker", AvailabilityAnswer | None, lambda: self._ask_checker(data))
        return pending if answer is None else await self._answer(steps, data, pending, opened.case, answer)

    async def _learned(self, pending: Eligibility) -> None:
        async with self.store.begin() as shelves:
            await shelves.facts.learn_written(eligibility_of(pending.account), version_of_check(pending))

    async def _open_sale(self, data: CheckRequest) -> OpportunityId | None:
        found = await self.opportunities.open_for_order(data.account, ProductType.INTERNET)
        return found.id if found is not None else None

    async def _ask_checker(self, data: CheckRequest) -> AvailabilityAnswer | None:
        if not await self.flags.on(Feature.AUTOMATIC_SERVICEABILITY, data.account):
            return None
        try:
            answer = await self.checker.check(data.address)
        except (Unavailable, Rejected):
            return None
        if answer is None or not _stands_alone(answer):
            return None
        return AvailabilityAnswer(
            status=answer.status, value=answer.value, notes="", checked_at=self.clock.now(), source=answer.source
        )

    async def _answer(
        self, steps: Steps, data: CheckRequest, pending: Eligibility, case: CaseId, answer: AvailabilityAnswer
    ) -> Eligibility:
        await steps.do("answer", None, lambda: self.desk.ensure_answer(data.account, case, answer))
        # what the portal wrote itself may come back as its own echo only, so it is learned from here
        fact = EligibilityChanged(id=f"answered:{data.key}", at=answer.checked_at, own=True, account=data.account)
        await steps.do("learn", None, lambda: self._learn(fact))
        return msgspec.structs.replace(
            pending, status=answer.status, value=answer.value, checked_at=answer.checked_at, read_at=answer.checked_at
        )

    async def _learn(self, fact: EligibilityChanged) -> None:
        await self.work.start(learning(fact))

    async def _bill_there(self, steps: Steps, data: CheckRequest) -> None:
        try:
            await steps.do("bill there", None, lambda: self._bill_at(data, data.address))
        except Rejected as error:
            raise SaveRefused(system="billing", reason=error.code) from error

    async def _move_home(self, steps: Steps, data: CheckRequest) -> None:
        details = ContactDetails(address=data.address)
        try:
            await steps.do("move home", None, lambda: self.registry.save_details(data.account, details))
        except Rejected as error:
            raise await self._home_refused(steps, data, error) from error

    async def _home_refused(self, steps: Steps, data: CheckRequest, error: Rejected) -> SaveRefused:
        # billing held what the CRM holds
        await steps.do("bill as before", None, lambda: self._bill_at(data, data.home))
        return SaveRefused(system="crm", reason=error.code)

    async def _bill_at(self, data: CheckRequest, address: Address | None) -> None:
        if address is not None:
            await self.clients.save_details(data.client, None, address)
        else:
            await self.clients.clear_details(data.client, phone=False, address=True)
        await self.caches.drop_client(data.client)


def _stands_alone(answer: LineAnswer) -> bool:
    # a yes without a value that plans go by would leave the customer with nothing to order and nobody at work
    usable = answer.status is not EligibilityStatus.ELIGIBLE or offerings_of(answer.value) is not None
    return usable and answer.status in ANSWERED and answer.confidence >= SURE_ENOUGH

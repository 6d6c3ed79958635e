"""Submitting a cart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from core.domain.account import Address
from core.domain.catalog import ProductType
from core.domain.checkout import Checkout
from core.domain.flags import Feature
from core.domain.gates import PRICE_CHANGED, AtTheGates, closed, internet_already
from core.domain.ids import RequestId, RequestKey, request_key
from core.domain.opportunity import assigned
from core.domain.placing import FIRST_ORDER, INTERNET_ORDER, ORDER, Asked, Gathered, OrdersWanted, drafts, placing_job
from core.domain.policy import Policy
from core.domain.refusals import CheckoutChanged, CheckoutMissing, GatesClosed, NotLoggedIn, SwitchedOff
from core.domain.session import PortalUser, Session
from core.domain.work import ASKED_UNDER, Reply, WorkState
from ports.bell import Bell
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import DurableWork, Reception
from ports.flags import Flags
from ports.gates import GateReadings
from ports.secrets import Secrets
from ports.store import CHECKOUT, JOB, AuditEntry, Held, Intent, Request, Shelves, Store

ABOUT: Final = "orders"
OVER: Final = frozenset({WorkState.DONE, WorkState.REFUSED, WorkState.CANCELLED})
CAME_TO_NOTHING: Final = OVER - {WorkState.DONE}


class _NotTheFirst(Exception):
    """Another cart of the customer's was quicker; what was kept of this one as their first is undone."""


class Before(NamedTuple):
    """What was there before: a request for the same, the one that holds the Internet order, and the customer.

    `since` is when they signed up, where they have ordered nothing yet.
    """

    same: Request | None
    internet: RequestId | None
    user: PortalUser
    since: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceOrders:
    """Take a cart through every gate and accept it once: one order for each service (ORD-1, ORD-2, ORD-4, ORD-5).

    A saved checkout is marked submitted in the unit of work that accepts it; saved or not, the same cart and address
    within a while are the same wish; Internet is wanted at most once. Whoever is second is answered as the first was.
    """

    gates: GateReadings
    store: Store
    reception: Reception
    work: DurableWork
    flags: Flags
    caches: Caches
    bell: Bell
    secrets: Secrets
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session, key: RequestKey, wanted: Asked | None) -> Reply:
        """How the orders stand; `wanted` None submits the saved checkout.

        Raises GatesClosed with every failure, CartRefused, Invalid, OpportunityUnusable, CheckoutMissing,
        CheckoutChanged; Unavailable while a gate can't be read, and then nothing was kept.
        """
        now = self.clock.now()
        if wanted is None and not await self.flags.on(Feature.UNIFIED_CHECKOUT, session.account):
            raise SwitchedOff(feature=Feature.UNIFIED_CHECKOUT.value)
        asked = wanted or await self._saved(session, now)
        job = request_key("orders", session.user, key)
        found = await self._before(session, job, asked, now)
        if found.same is not None and (again := await self._job_key(session, key)) != job:
            job = again
            found = await self._before(session, job, asked, now)
        earlier, on_file = found.same, None
        if earlier is None:
            # read before the gates: an order of this request that the gates can't see is over
            worked = await self._worked(session, found.internet)
            read = await self.gates(session, found.user, asked, now)
            failures = closed(read.gates)
            if not failures:
                return await self._accept(session, job, asked, read, worked, found.since)
            # another tab may have been quicker with the same: its order is what closed the gate
            on_file = read.gates.profile.address
            earlier = (await self._before(session, job, asked, now, on_file)).same
            if earlier is None:
                if any(failure.code == PRICE_CHANGED for failure in failures):
                    # what is shown next is what was read here, or the customer sees the old price again
                    await self.caches.drop_catalog()
                raise GatesClosed(failures)
        await self._answered(session, asked, earlier.id, now, on_file)
        return await self.reception(session.user, ABOUT, earlier.job, asked_under=job)

    async def _saved(self, session: Session, now: datetime) -> Asked:
        async with self.store.reading() as shelves:
            checkout = await shelves.checkouts.of_user(session.user, now)
        if checkout is None:
            raise CheckoutMissing
        return Asked.of(checkout)

    async def _job_key(self, session: Session, key: RequestKey) -> RequestKey:
        # what came to nothing did not use up the customer's key: under it something may be wanted again (T-2)
        job, attempt = request_key("orders", session.user, key), 1
        while (work := await self.work.outcome(job, 0)) is not None and work.state in CAME_TO_NOTHING:
            attempt += 1
            job = request_key("orders", attempt, session.user, key)
        return job

    async def _before(
        self, session: Session, key: RequestKey, asked: Asked, now: datetime, on_file: Address | None = None
    ) -> Before:
        async with self.store.reading() as shelves:
            user = await shelves.users.find(session.user)
            if user is None:
                raise NotLoggedIn
            wish = self._subject(session, asked, on_file)
            held = await shelves.intents.held(
                {INTERNET_ORDER: session.account, FIRST_ORDER: session.user, ORDER: wish, ASKED_UNDER: key}, key
            )
            asked_before = held.get(JOB) or held.get(ASKED_UNDER)
            by = asked_before.by if asked_before is not None else None
            by = by or await self._holder(shelves, session, asked, now, held.get(ORDER))
            same = await shelves.requests.find(by, session.user) if by is not None else None
            internet = held.get(INTERNET_ORDER)
            return Before(
                same,
                internet=internet.by if internet is not None else None,
                user=user,
                since=user.created_at if FIRST_ORDER not in held else None,
            )

    async def _holder(
        self, shelves: Shelves, session: Session, asked: Asked, now: datetime, wish: Held | None
    ) -> RequestId | None:
        if asked.checkout is not None:
            kept = await shelves.checkouts.of_user(session.user, now)
            if kept is not None and kept.id == asked.checkout and kept.request is not None:
                return kept.request
        return wish.since(now - self.policy.same_intent_for) if wish is not None else None

    async def _answered(
        self, session: Session, asked: Asked, by: RequestId, now: datetime, on_file: Address | None
    ) -> None:
        """A checkout that wished for the same is answered by it: sent again when that is long over, it is no new wish.

        What came to nothing meanwhile answers nobody.
        """
        if asked.checkout is None:
            return
        since, user = now - self.policy.same_intent_for, session.user
        async with self.store.begin() as shelves:
            await shelves.alone(CHECKOUT, user)
            held = await shelves.intents.holder(ORDER, self._subject(session, asked, on_file), since)
            kept = await shelves.checkouts.of_user(session.user, now)
            if held == by and _is_as_sent(kept, asked):
                await shelves.checkouts.submit(asked.checkout, session.user, by, now)

    async def _worked(self, session: Session, held: RequestId | None) -> RequestId | None:
        if held is None:
            return None
        async with self.store.reading() as shelves:
            request = await shelves.requests.find(held, session.user)
        if request is None:
            return held
        work = await self.work.outcome(request.job.key, 0)
        return held if work is not None and work.state in OVER else None

    async def _accept(
        self,
        session: Session,
        key: RequestKey,
        asked: Asked,
        read: Gathered,
        worked: RequestId | None,
        since: datetime | None,
    ) -> Reply:
        at = read.gates
        products = tuple(service.product_type for service in at.cart.services)
        if at.profile.address is None:
            raise GatesClosed(closed(at))
        chosen = assigned(session.account, products, read.opportunities, asked.choices.opportunity)
        wanted = OrdersWanted(
            user=session.user,
            account=session.account,
            drafts=drafts(
                key,
                at.cart,
                chosen,
                account=session.account,
                address=at.profile.address,
                choices=asked.choices,
                now=at.now,
            ),
            given=asked.choices.opportunity,
            checkout=asked.checkout,
            since=since,
        )

        async def also(shelves: Shelves, request: RequestId) -> RequestId | None:
            held = await self._hold(shelves, request, session, asked, at)
            if held is not None:
                return held
            if ProductType.INTERNET in products:
                await self._hold_internet(shelves, request, session, at, worked)
            if since is not None:
                await self._hold_first(shelves, request, session, at.now)
            await shelves.audit.write(_submitted(session, request, at.now))
            return None

        try:
            reply = await self.reception(session.user, ABOUT, placing_job(key, wanted), also=also, asked_under=key)
        except _NotTheFirst:
            return await self._accept(session, key, asked, read, worked, None)
        if reply.work.key != key:
            # another tab was quicker, and what was kept of this one is undone
            await self._answered(session, asked, reply.request, at.now, at.profile.address)
        await self.bell.ring(session.user, "status")
        return reply

    async def _hold(
        self, shelves: Shelves, request: RequestId, session: Session, asked: Asked, at: AtTheGates
    ) -> RequestId | None:
        now = at.now
        wish = Intent(kind=ORDER, subject=self._subject(session, asked, at.profile.address), request=request)
        if asked.checkout is None:
            return await self._take(shelves, wish, now)
        await shelves.alone(CHECKOUT, session.user)
        kept = await shelves.checkouts.of_user(session.user, now)
        if kept is not None and kept.id == asked.checkout and kept.request is not None:
            return kept.request
        # the same cart may come without the checkout, from another tab
        held = await self._take(shelves, wish, now)
        if held is not None:
            return held
        if not _is_as_sent(kept, asked) or not await shelves.checkouts.submit(
            asked.checkout, session.user, request, now
        ):
            raise CheckoutChanged
        return None

    async def _take(self, shelves: Shelves, wish: Intent, now: datetime) -> RequestId | None:
        held = await shelves.intents.take(wish, now)
        since = now - self.policy.same_intent_for
        if held is None or await shelves.intents.holder(wish.kind, wish.subject, since) is not None:
            return held
        # that was long ago
        await shelves.intents.close_before(wish.kind, since)
        return await shelves.intents.take(wish, now)

    async def _hold_internet(
        self, shelves: Shelves, request: RequestId, session: Session, at: AtTheGates, worked: RequestId | None
    ) -> None:
        if worked is not None:
            await shelves.intents.close(INTERNET_ORDER, session.account, worked)
        intent = Intent(kind=INTERNET_ORDER, subject=session.account, request=request)
        if await shelves.intents.take(intent, at.now) is not None:
            # another cart with Internet is on its way; the gates could not see its order yet
            raise GatesClosed(internet_already(at))

    async def _hold_first(self, shelves: Shelves, request: RequestId, session: Session, now: datetime) -> None:
        first = Intent(kind=FIRST_ORDER, subject=session.user, request=request)
        if await shelves.intents.take(first, now) is not None:
            raise _NotTheFirst

    def _subject(self, session: Session, asked: Asked, on_file: Address | None) -> str:
        # who names no address means the one on file, as a saved checkout names it
        address = asked.address or on_file
        where = address.place if address is not None else None
        wish = msgspec.json.encode((asked.cart, asked.choices, where)).decode()
        return f"{session.account}:{self.secrets.fingerprint(wish)}"


def _is_as_sent(kept: Checkout | None, asked: Asked) -> bool:
    return kept is not None and (kept.id, kept.version) == (asked.checkout, asked.version)


def _submitted(session: Session, request: RequestId, now: datetime) -> AuditEntry:
    return AuditEntry(at=now, actor=session.user, deed="orders submitted", subject=request)

"""Making a customer in three systems, step by step."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from core.domain.account import PortalStatus
from core.domain.fresh import Fresh
from core.domain.ids import (
    FIRST_CUSTOMER_NUMBER,
    AccountId,
    ClientId,
    CustomerNumber,
    RequestId,
    SignUpId,
    UserId,
    customer_number,
    request_key,
)
from core.domain.mail import Letter, account_letter_job
from core.domain.policy import Policy
from core.domain.refusals import AlreadyCustomer, LinkImpossible, Refusal, TokenSpent
from core.domain.session import canonical_email
from core.domain.sign_up import Legacy, Numbered, OneSignUp, RegistrationSource, SignedUp
from core.domain.work import Job, WorkKind
from ports.billing import ClientBook, ClientRecord, NewClient
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry, Link, NewCustomer, Registered
from ports.durable import DurableWork, Steps
from ports.errors import Rejected, Unavailable
from ports.ids import Ids
from ports.store import AuditEntry, Intent, SignUp, Store

T = TypeVar("T")

MOST_NUMBERS: Final = 100


@dataclass(frozen=True, slots=True)
class CompleteSignUp:
    """Make or link Account, Contact, client and portal user, in this order, each once (ACC-1, ACC-2, ACC-4).

    It goes on after a crash wherever it stood. What the CRM holds already is linked, not made again (ACC-3, ACC-5).
    What keeps failing is left to staff with its reason, and the customer is told.
    """

    store: Store
    registry: CustomerRegistry
    clients: ClientBook
    work: DurableWork
    ids: Ids
    clock: Clock
    policy: Policy

    async def __call__(self, steps: Steps, data: OneSignUp) -> SignedUp:
        try:
            return await self._complete(steps, data.sign_up)
        except Refusal:
            await steps.do("release", None, lambda: self._release(data.sign_up))
            raise
        except (Rejected, Unavailable):
            await steps.do("tell", None, lambda: self._tell_delayed(data.sign_up))
            raise

    async def _complete(self, steps: Steps, id: SignUpId) -> SignedUp:
        await steps.do("claim", None, partial(self._claim, id))
        ahead = _Ahead()
        try:
            legacy = await self._patiently(steps, "find", Legacy | None, partial(self._find, id, ahead))
            customer = await self._numbered(steps, id, legacy)
            client = customer.client
            if client is None:
                add = partial(self._add_client, id, customer, legacy is not None, ahead)
                client = await self._patiently(steps, "client", ClientId, add)
            link = self._link if legacy is None else partial(self._link_of_old, ahead)
            await self._patiently(steps, "link", None, partial(link, id, customer.account, client))
        finally:
            ahead.end()
        user = await steps.do("user", UserId, partial(self._settle, id, customer, client))
        await steps.do("welcome", None, partial(self._welcome, user))
        return SignedUp(user, customer.number)

    async def _patiently(self, steps: Steps, name: str, answer: Any, call: Callable[[], Awaitable[T]]) -> T:
        return await steps.do(name, answer, call, give_up_after=self.policy.parked_after)

    async def _claim(self, id: SignUpId) -> None:
        sign_up = await self._sign_up(id)
        async with self.store.begin(durable=True) as shelves:
            await shelves.alone("sign_up", id)
            taken = await shelves.sign_ups.claim(id, sign_up.canonical, self.clock.now())
        if not taken:
            raise AlreadyCustomer

    async def _find(self, id: SignUpId, ahead: "_Ahead") -> Legacy | None:
        """The customer the CRM holds under the number or the proved address; None when there is none to link."""
        sign_up = await self._sign_up(id)
        ahead.ask(self._look(sign_up.email, ahead.seen))
        if sign_up.number is not None:
            profile = await self.registry.find_by_number(sign_up.number)
            if profile is None or canonical_email(profile.email) != sign_up.canonical:
                raise LinkImpossible
        else:
            profile = await self.registry.find_by_email(sign_up.email)
            if profile is None:
                return None
        if profile.status is PortalStatus.INACTIVE:
            raise LinkImpossible
        async with self.store.begin() as shelves:
            # one address at a time has been claimed already; this keeps two addresses off one account
            intent = Intent(kind="account_link", subject=profile.account, request=RequestId(id))
            holder = await shelves.intents.take(intent, self.clock.now())
            if holder not in (None, intent.request) or await shelves.users.by_account(profile.account) is not None:
                raise AlreadyCustomer
        return Legacy(account=profile.account, contact=profile.contact, number=profile.number, client=profile.client)

    async def _look(self, email: str, seen: Fresh[Sequence[ClientRecord]]) -> None:
        with suppress(Rejected, Unavailable):  # who needs it asks for themselves
            record = await self.clients.find_by_email(email)
            seen.keep(() if record is None else (record,), self.clock.now())

    async def _numbered(self, steps: Steps, id: SignUpId, legacy: Legacy | None) -> Numbered:
        """The customer of old with their number, or Account and Contact made now.

        Who has no number yet, a prospect of staff's too, gets the next one; one that is taken is skipped (ACC-2).
        """
        if legacy is not None and legacy.number is not None:
            return _as_numbered(legacy, legacy.number, legacy.client)
        for turn in range(1, MOST_NUMBERS + 1):
            number = await self._patiently(steps, f"number {turn}", CustomerNumber, self._next_number)
            give = partial(self._make, id, number) if legacy is None else partial(self._number, legacy, number)
            try:
                made = await self._patiently(steps, f"customer {turn}", Registered, give)
            except Rejected as error:
                if error.code != "DUPLICATE_VALUE" or "number" not in error.fields:
                    raise
            else:
                return _as_numbered(made, made.number, legacy.client if legacy is not None else None)
        raise Rejected("customer_numbers_taken", f"{MOST_NUMBERS} customer numbers in a row are taken")

    async def _next_number(self) -> CustomerNumber:
        async with self.store.begin() as shelves:
            if await shelves.numbers.has_begun():
                return customer_number(await shelves.numbers.next())
        highest = await self.registry.highest_number()
        async with self.store.begin() as shelves:
            await shelves.numbers.begin_above(max(highest, FIRST_CUSTOMER_NUMBER - 1))
            return customer_number(await shelves.numbers.next())

    async def _make(self, id: SignUpId, number: CustomerNumber) -> Registered:
        sign_up = await self._sign_up(id)
        customer = NewCustomer(
            number=number,
            email=sign_up.email,
            person=sign_up.person,
            phone=sign_up.phone,
            address=sign_up.address,
        )
        return await self.registry.ensure_customer(request_key("sign_up", id, "account"), customer)

    async def _number(self, legacy: Legacy, number: CustomerNumber) -> Registered:
        given = await self.registry.ensure_number(legacy.account, number)
        return Registered(legacy.account, legacy.contact, given)

    async def _add_client(self, id: SignUpId, customer: Numbered, known: bool, ahead: "_Ahead") -> ClientId:
        sign_up = await self._sign_up(id)
        # what staff know of a customer they had before comes before what was typed
        held = await self.registry.profile(customer.account) if known else None
        client = NewClient(
            number=customer.number,
            email=sign_up.email,
            person=held.person.completed(sign_up.person) if held else sign_up.person,
            phone=(held.phone if held else None) or sign_up.phone,
            address=(held.address if held else None) or sign_up.address,
            language=sign_up.language,
            marketing_consent=sign_up.marketing_consent,
        )
        seen = await ahead.answer(self.clock)
        try:
            return await self.clients.ensure_client(request_key("sign_up", id, "client"), client, seen)
        except Rejected as error:
            raise Rejected(f"client_{error.code}", error.what, error.fields) from error

    async def _link(self, id: SignUpId, account: AccountId, client: ClientId) -> None:
        sign_up = await self._sign_up(id)
        at = sign_up.confirmed_at or sign_up.created_at
        try:
            await self.registry.ensure_link(account, client, _source(sign_up).value, at)
        except Rejected as error:
            raise Rejected(f"link_{error.code}", error.what, error.fields) from error

    async def _link_of_old(self, ahead: "_Ahead", id: SignUpId, account: AccountId, client: ClientId) -> None:
        """Link a customer of old, and give both systems what they lack: what the other holds, else what was typed.

        All that the CRM is told it is told at once (ACC-11).
        """
        sign_up = await self._sign_up(id)
        seen = await ahead.answer(self.clock) or ()
        billed = next((each for each in seen if each.id == client), None) or await self.clients.find(client)
        if billed is None:  # removed by staff meanwhile: nothing is left to be filled
            await self._link(id, account, client)
            return
        link = Link(client, _source(sign_up).value)
        phone, address = billed.phone or sign_up.phone, billed.address or sign_up.address
        try:
            held = await self.registry.fill_details(account, sign_up.person, phone, address, link)
        except Rejected as error:
            raise Rejected(f"link_{error.code}", error.what, error.fields) from error
        lacks = billed.phone is None or billed.address is None
        if held is None or not (lacks or billed.marketing_consent != sign_up.marketing_consent):
            return
        try:
            await self.clients.save_details(
                client,
                held.phone if billed.phone is None else None,
                held.address if billed.address is None else None,
                marketing_consent=sign_up.marketing_consent,
            )
        except Rejected as error:
            raise Rejected(f"fill_{error.code}", error.what, error.fields) from error

    async def _settle(self, id: SignUpId, customer: Numbered, client: ClientId) -> UserId:
        """Keep the portal user with their links, claim the cart and end the sign-up, all or none."""
        sign_up = await self._sign_up(id)
        now = self.clock.now()
        async with self.store.begin(durable=True) as shelves:
            if sign_up.user is not None:  # a crash came between keeping the user and remembering it
                return sign_up.user
            user = sign_up.as_user(UserId(self.ids.new()), customer, client, now)
            if not await shelves.users.add(user):
                raise AlreadyCustomer
            if sign_up.checkout is not None:
                await shelves.checkouts.claim(sign_up.checkout, user.id, now)
            await shelves.sign_ups.settle(id, user.id)
            await shelves.intents.close("account_link", customer.account, RequestId(id))
            await shelves.audit.write(AuditEntry(at=now, actor=user.id, deed="sign_up", subject=customer.account))
            return user.id

    async def _welcome(self, user: UserId) -> None:
        await self.work.start(account_letter_job(Letter.WELCOME, user, user))

    async def _release(self, id: SignUpId) -> None:
        async with self.store.begin() as shelves:
            await shelves.sign_ups.release(id)

    async def _tell_delayed(self, id: SignUpId) -> None:
        # work of its own: mail that is down too must not keep the reason from staff
        await self.work.start(
            Job(
                key=request_key("sign_up_mail", id, "delayed"),
                kind=WorkKind.START_SIGN_UP,
                data=msgspec.to_builtins(OneSignUp(id)),
            )
        )

    async def _sign_up(self, id: SignUpId) -> SignUp:
        async with self.store.reading() as shelves:
            found = await shelves.sign_ups.find(id)
        if found is None:
            raise TokenSpent
        return found


@dataclass(slots=True)
class _Ahead:
    """Who has the address in billing, asked while the CRM is asked: nothing of that is needed for it (P-2)."""

    seen: Fresh[Sequence[ClientRecord]] = field(default_factory=Fresh)
    _asking: "asyncio.Future[None] | None" = None

    def ask(self, reading: Awaitable[None]) -> None:
        self.end()
        self._asking = asyncio.ensure_future(reading)

    async def answer(self, clock: Clock) -> Sequence[ClientRecord] | None:
        """What was seen a moment ago, for one use."""
        if self._asking is not None:
            await asyncio.wait({self._asking})
        return self.seen.take_recent(clock.now())

    def end(self) -> None:
        if self._asking is not None:
            self._asking.cancel()


def _as_numbered(found: Legacy | Registered, number: CustomerNumber, client: ClientId | None = None) -> Numbered:
    return Numbered(account=found.account, contact=found.contact, number=number, client=client)


def _source(sign_up: SignUp) -> RegistrationSource:
    return RegistrationSource.CHECKOUT if sign_up.checkout else RegistrationSource.SIGN_UP

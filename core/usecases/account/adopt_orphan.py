"""Taking up an Account that a sign-up left without a portal user."""

from dataclasses import dataclass

from core.domain.account import PortalStatus, Profile
from core.domain.adopting import Orphan
from core.domain.ids import ClientId, CustomerNumber, SignUpId, UserId, request_key
from core.domain.mail import Letter, account_letter_job
from core.domain.session import PortalUser, canonical_email
from core.domain.sign_up import RegistrationSource
from core.domain.words import Language
from core.domain.work import WorkKind
from ports.billing import ClientBook, NewClient
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import DurableWork, Steps
from ports.errors import Rejected
from ports.ids import Ids
from ports.passwords import Passwords
from ports.secrets import Secrets
from ports.store import AuditEntry, Store


@dataclass(frozen=True, slots=True)
class AdoptOrphan:
    """Give the Account the client and link it lacks, and a portal user whose password is yet to be chosen (ACC-4).

    Its customer is mailed a link to choose one; no terms are accepted for them. Refused, so left to staff with its
    reason: an Account that is barred, lacks an address, a number or a phone, or whose own sign-up is still open.
    """

    registry: CustomerRegistry
    clients: ClientBook
    store: Store
    passwords: Passwords
    secrets: Secrets
    work: DurableWork
    ids: Ids
    clock: Clock

    async def __call__(self, steps: Steps, data: Orphan) -> UserId:
        await steps.do("look", None, lambda: self._look(data))
        client = await steps.do("client", ClientId, lambda: self._client(data))
        await steps.do("link", None, lambda: self._link(data, client))
        user = await steps.do("user", UserId, lambda: self._user(data, client))
        await steps.do("letter", None, lambda: self._letter(user))
        return user

    async def _look(self, data: Orphan) -> None:
        profile, _ = await self._profile(data)
        canonical = canonical_email(profile.email)
        for waiting in await self.work.unsettled(WorkKind.SIGN_UP):
            id = SignUpId(waiting.key.removeprefix(request_key(WorkKind.SIGN_UP.value, "")))
            async with self.store.reading() as shelves:
                sign_up = await shelves.sign_ups.find(id)
            if sign_up is not None and sign_up.canonical == canonical:
                raise Rejected("sign_up_open", "retry its own work instead")

    async def _profile(self, data: Orphan) -> tuple[Profile, CustomerNumber]:
        profile = await self.registry.profile(data.account)
        if profile is None or profile.status is PortalStatus.INACTIVE:
            raise Rejected("account_barred_or_gone", "account")
        if not profile.email or profile.number is None:
            raise Rejected("account_incomplete", "account", ("email", "number"))
        return profile, profile.number

    async def _client(self, data: Orphan) -> ClientId:
        profile, number = await self._profile(data)
        if profile.client is not None:
            return profile.client
        if profile.phone is None:
            raise Rejected("account_incomplete", "account", ("phone",))
        client = NewClient(
            number=number,
            email=profile.email,
            person=profile.person,
            phone=profile.phone,
            address=profile.address,
            language=Language.JA,
            marketing_consent=False,
        )
        return await self.clients.ensure_client(request_key("adopt", data.account, "client"), client)

    async def _link(self, data: Orphan, client: ClientId) -> None:
        await self.registry.ensure_link(data.account, client, RegistrationSource.SIGN_UP.value, self.clock.now())

    async def _user(self, data: Orphan, client: ClientId) -> UserId:
        profile, number = await self._profile(data)
        async with self.store.reading() as shelves:
            there = await shelves.users.by_account(data.account)
        if there is not None:  # by this work before a crash, or by a sign-up meanwhile
            return there.id
        now, password = self.clock.now(), await self.passwords.hash(self.secrets.token())
        user = PortalUser(
            id=UserId(self.ids.new()),
            email=profile.email,
            canonical=canonical_email(profile.email),
            password=password,
            account=profile.account,
            contact=profile.contact,
            client=client,
            number=number,
            language=Language.JA,
            marketing_consent=False,
            terms_version="",
            terms_accepted_at=now,
            created_at=now,
        )
        async with self.store.begin(durable=True) as shelves:
            if not await shelves.users.add(user):
                raise Rejected("address_taken", "portal user", ("email",))
            await shelves.audit.write(AuditEntry(at=now, actor="operator", deed="adopt", subject=str(data.account)))
        return user.id

    async def _letter(self, user: UserId) -> None:
        await self.work.start(account_letter_job(Letter.PASSWORD_RESET, user, f"adopted:{user}"))

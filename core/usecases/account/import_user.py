"""Taking over a user of a former portal."""

from asyncio import gather
from dataclasses import dataclass

from core.domain.account import PortalStatus, Profile
from core.domain.ids import UserId
from core.domain.importing import Fate, FormerUser, Imported, LineFault, profile_faults, refused, user_faults
from core.domain.session import PortalUser, UserState, canonical_email
from core.domain.sign_up import RegistrationSource
from ports.billing import ClientBook, ClientRecord
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.errors import Rejected
from ports.ids import Ids
from ports.store import AuditEntry, Store


@dataclass(frozen=True, slots=True)
class ImportUser:
    """Keep a former portal's user with their password's hash and their links, once, if all systems agree (OPS-7).

    Salesforce gets what it lacks first, the portal's user comes last: whoever is stopped in between does it again and
    writes nothing twice. An Account that is barred stays so. Without `for_good` everything is looked at and nothing
    written.
    """

    registry: CustomerRegistry
    clients: ClientBook
    store: Store
    ids: Ids
    clock: Clock

    async def __call__(self, former: FormerUser, *, for_good: bool) -> Imported:
        """What became of it; raises Unavailable."""
        if faults := user_faults(former):
            return refused(*faults)
        kept = await self._kept(former)
        if kept is not None:
            return kept
        profile, billed = await gather(self.registry.profile(former.account), self.clients.find(former.client))
        faults = profile_faults(former, profile) + _client_faults(former, profile, billed)
        if faults or profile is None:
            return refused(*faults)
        if not for_good:
            return Imported(Fate.IMPORTED)
        try:
            await self._link(former, profile)
        except Rejected as error:
            return refused(LineFault("accountId", "refused_by_salesforce", {"answer": error.code}))
        return await self._keep(former, barred=profile.status is PortalStatus.INACTIVE)

    async def _kept(self, former: FormerUser) -> Imported | None:
        """What is said of a user whose address, account or client the portal has already."""
        async with self.store.reading() as shelves:
            holders = {
                "email": await shelves.users.by_email(canonical_email(former.email)),
                "accountId": await shelves.users.by_account(former.account),
                "clientId": await shelves.users.by_client(former.client),
            }
        users = {user.id: user for user in holders.values() if user is not None}
        if not users:
            return None
        if None not in holders.values() and len(users) == 1:
            (user,) = users.values()
            if (user.contact, user.number) == (former.contact, former.number):
                return Imported(Fate.THERE)
        return refused(*(LineFault(field, "taken") for field, user in holders.items() if user is not None))

    async def _link(self, former: FormerUser, profile: Profile) -> None:
        if profile.number is None and await self.registry.ensure_number(former.account, former.number) != former.number:
            raise Rejected("DUPLICATE_VALUE", "account", ("number",))
        if profile.client is None or profile.status is None:
            source = RegistrationSource.SIGN_UP.value
            await self.registry.ensure_link(former.account, former.client, source, former.created_at)

    async def _keep(self, former: FormerUser, *, barred: bool) -> Imported:
        now = self.clock.now()
        user = PortalUser(
            id=UserId(self.ids.new()),
            email=former.email.strip(),
            canonical=canonical_email(former.email),
            password=former.password,
            account=former.account,
            contact=former.contact,
            client=former.client,
            number=former.number,
            language=former.language,
            marketing_consent=former.marketing_consent,
            terms_version=former.terms_version,
            terms_accepted_at=former.terms_accepted_at or former.created_at,
            state=UserState.BARRED if barred else UserState.ACTIVE,
            # when the portal came to know them: what changed in Salesforce before is nobody's news
            created_at=now,
        )
        async with self.store.begin(durable=True) as shelves:
            if not await shelves.users.add(user):
                return refused(LineFault("email", "taken"))
            entry = AuditEntry(at=now, actor="operator", deed="import user", subject=str(former.account))
            await shelves.audit.write(entry)
        return Imported(Fate.IMPORTED)


def _client_faults(former: FormerUser, profile: Profile | None, billed: ClientRecord | None) -> list[LineFault]:
    if billed is None or billed.closed:
        return [LineFault("clientId", "unknown")]
    linked = profile is not None and profile.client == former.client
    if billed.number != former.number and not (linked and billed.number is None):
        # nothing but the export says whose client it is
        return [LineFault("clientId", "of_another_customer")]
    return []

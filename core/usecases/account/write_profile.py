"""Writing what a customer changed to the CRM and billing."""

from dataclasses import dataclass

import msgspec

from core.domain.account import Address, Phone
from core.domain.ids import AccountId
from core.domain.profile import ProfileWrite
from core.domain.refusals import SaveRefused
from ports.bell import Bell
from ports.billing import ClientBook
from ports.caches import Caches
from ports.customer_registry import ContactDetails, CustomerRegistry
from ports.durable import Steps
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Rejected
from ports.store import Store


class _Held(msgspec.Struct, frozen=True):
    """What billing held before."""

    phone: Phone | None
    address: Address | None
    marketing_consent: bool


@dataclass(frozen=True, slots=True)
class WriteProfile:
    """Write a change to billing, then to the CRM; a refusal by one restores the other (ACC-10, ACC-11).

    Consent to marketing is billing's alone, a birth date the CRM's, which keeps the one it has.
    """

    clients: ClientBook
    registry: CustomerRegistry
    desk: EligibilityDesk
    caches: Caches
    store: Store
    bell: Bell

    async def __call__(self, steps: Steps, data: ProfileWrite) -> None:
        """Raises SaveRefused; `system` says which of the two refused."""
        if data.address is not None:
            # an answer given before addresses were kept does not move along (ELG-10)
            await steps.do("belongs", None, lambda: self.desk.ensure_belongs(data.account))
        before = None
        if data.is_for_billing:
            before = await steps.do("before", _Held | None, lambda: self._held(data))
            try:
                await steps.do("billing", None, lambda: self._bill(data))
            except Rejected as error:
                raise SaveRefused(system="billing", reason=error.code) from error
        if data.is_for_crm:
            details = ContactDetails(phone=data.phone, address=data.address, birth_date=data.birth_date)
            try:
                await steps.do("crm", None, lambda: self.registry.save_details(data.account, details))
            except Rejected as error:
                await steps.do("restore", None, lambda: self._restore(data, before))
                await steps.do("forget", None, lambda: self._forget(data))
                raise SaveRefused(system="crm", reason=error.code) from error
        await steps.do("forget", None, lambda: self._forget(data))
        await steps.do("ring", None, lambda: self._ring(data.account))

    async def _held(self, data: ProfileWrite) -> _Held | None:
        held = await self.clients.find(data.client)
        return _Held(held.phone, held.address, held.marketing_consent) if held is not None else None

    async def _bill(self, data: ProfileWrite) -> None:
        await self.clients.save_details(data.client, data.phone, data.address, marketing_consent=data.marketing_consent)

    async def _restore(self, data: ProfileWrite, before: _Held | None) -> None:
        """Put back what was changed, and only that: what was not there is taken away again."""
        if before is None:
            return
        had = ProfileWrite(
            account=data.account,
            client=data.client,
            phone=before.phone if data.phone is not None else None,
            address=before.address if data.address is not None else None,
            marketing_consent=before.marketing_consent if data.marketing_consent is not None else None,
        )
        if had.is_for_billing:
            await self._bill(had)
        no_phone, no_address = (
            data.phone is not None and had.phone is None,
            data.address is not None and had.address is None,
        )
        if no_phone or no_address:
            await self.clients.clear_details(data.client, phone=no_phone, address=no_address)

    async def _forget(self, data: ProfileWrite) -> None:
        await self.caches.drop_account(data.account)
        await self.caches.drop_client(data.client)

    async def _ring(self, account: AccountId) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(account)
        if user is not None:
            await self.bell.ring(user.id, "status")

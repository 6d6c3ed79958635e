"""The customer's own page: what they see of themselves and what they may change (ACC-10)."""

from datetime import date, datetime

import msgspec

from core.domain.account import Address, Phone, Profile, address_faults, birth_date_faults, phone_faults
from core.domain.eligibility import Eligibility
from core.domain.identity import Identity
from core.domain.ids import AccountId, ClientId, RequestId
from core.domain.policy import Policy
from core.domain.refusals import FieldFault
from core.domain.words import Language


class ProfileChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer asks to have changed; None leaves a part as it is.

    A birth date can be added where none is held; a held one is corrected by staff.
    """

    phone: Phone | None = None
    address: Address | None = None
    birth_date: date | None = None
    terms_version: str | None = None
    language: Language | None = None
    marketing_consent: bool | None = None

    def tidied(self) -> "ProfileChange":
        """The change with its text made regular."""
        return msgspec.structs.replace(
            self,
            phone=self.phone.tidied() if self.phone else None,
            address=self.address.tidied() if self.address else None,
        )


class Saving(msgspec.Struct, frozen=True, kw_only=True):
    """A change that not every system holds yet."""

    request: RequestId
    phone: Phone | None
    address: Address | None
    birth_date: date | None = None


class ProfileWrite(msgspec.Struct, frozen=True, kw_only=True):
    """A change on its way to the CRM and billing; None leaves a part as it is."""

    account: AccountId
    client: ClientId
    phone: Phone | None
    address: Address | None
    birth_date: date | None = None
    marketing_consent: bool | None = None

    @property
    def is_for_billing(self) -> bool:
        """Whether billing holds any of it."""
        return self.phone is not None or self.address is not None or self.marketing_consent is not None

    @property
    def is_for_crm(self) -> bool:
        """Whether the CRM holds any of it."""
        return self.phone is not None or self.address is not None or self.birth_date is not None


class OwnPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a customer sees of themselves: the profile upstream and what the portal keeps."""

    profile: Profile
    eligibility: Eligibility
    identity: Identity
    language: Language
    marketing_consent: bool
    terms_version: str
    terms_accepted_at: datetime
    saving: Saving | None = None


def change_faults(change: ProfileChange, policy: Policy, today: date) -> list[FieldFault]:
    """What is wrong with a change; `today` in Japan."""
    faults: list[FieldFault] = []
    if change.phone is not None:
        faults += phone_faults("phone", change.phone)
    if change.address is not None:
        faults += address_faults("address", change.address)
    if change.birth_date is not None:
        faults += birth_date_faults("birthDate", change.birth_date, today)
    if change.terms_version is not None and change.terms_version != policy.terms_version:
        faults.append(FieldFault("termsVersion", "terms_not_accepted"))
    return faults

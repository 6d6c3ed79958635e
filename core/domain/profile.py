"""The customer's own page: what they see of themselves and what they may change (ACC-10)."""

from datetime import datetime

import msgspec

from core.domain.account import Address, Phone, Profile, address_faults, phone_faults
from core.domain.eligibility import Eligibility
from core.domain.identity import Identity
from core.domain.ids import AccountId, ClientId, RequestId
from core.domain.policy import Policy
from core.domain.refusals import FieldFault
from core.domain.words import Language


class ProfileChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer asks to have changed; None leaves a part as it is."""

    phone: Phone | None = None
    address: Address | None = None
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
    """A change of phone or address that not every system holds yet."""

    request: RequestId
    phone: Phone | None
    address: Address | None


class ProfileWrite(msgspec.Struct, frozen=True, kw_only=True):
    """A change of phone or address on its way to the CRM and billing; None leaves a part as it is."""

    account: AccountId
    client: ClientId
    phone: Phone | None
    address: Address | None


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


def change_faults(change: ProfileChange, policy: Policy) -> list[FieldFault]:
    """What is wrong with a change."""
    faults: list[FieldFault] = []
    if change.phone is not None:
        faults += phone_faults("phone", change.phone)
    if change.address is not None:
        faults += address_faults("address", change.address)
    if change.terms_version is not None and change.terms_version != policy.terms_version:
        faults.append(FieldFault("termsVersion", "terms_not_accepted"))
    return faults

"""Becoming a customer: what is asked, what is wrong with it, and which letter answers it (ACC-1, ACC-3, ACC-6)."""

from datetime import date
from enum import StrEnum

import msgspec

from core.domain.account import Address, Person, Phone, address_faults, email_faults, person_faults, phone_faults, tidy
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, SignUpId, UserId, is_customer_number
from core.domain.password import password_faults
from core.domain.policy import Policy
from core.domain.refusals import FieldFault
from core.domain.session import Admitted
from core.domain.words import Language
from core.domain.work import Reply


class RegistrationSource(StrEnum):
    """Where a customer registered, as the CRM's picklist has it."""

    SIGN_UP = "Portal Signup"
    CHECKOUT = "Portal Checkout"


class SignUpForm(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who wants an account sends (ACC-6).

    `number` is the customer number on a legacy customer's letters, `checkout` the token of a cart that was saved
    without an account.
    """

    email: str
    password: str
    person: Person
    phone: Phone
    address: Address | None = None
    marketing_consent: bool = False
    terms_version: str
    number: str | None = None
    checkout: str | None = None
    language: Language = Language.EN

    def tidied(self) -> "SignUpForm":
        """The form with its text made regular; the password stays as it was typed."""
        return msgspec.structs.replace(
            self,
            person=self.person.tidied(),
            phone=self.phone.tidied(),
            address=self.address.tidied() if self.address else None,
            number=tidy(self.number).upper() if self.number else None,
        )


class OneSignUp(msgspec.Struct, frozen=True):
    """Which sign-up a piece of work is about; everything else of it stays in the portal's database."""

    sign_up: SignUpId


class Legacy(msgspec.Struct, frozen=True, kw_only=True):
    """A customer the CRM has already, to be linked instead of made (ACC-3, ACC-5); one without a number gets one."""

    account: AccountId
    contact: ContactId
    number: CustomerNumber | None
    client: ClientId | None


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in the CRM with their number, to be linked to a client."""

    account: AccountId
    contact: ContactId
    number: CustomerNumber
    client: ClientId | None


class SignedUp(msgspec.Struct, frozen=True):
    """What a completed sign-up came to."""

    user: UserId
    number: CustomerNumber


class Confirmed(msgspec.Struct, frozen=True):
    """How a confirmed sign-up stands; `admitted` once the customer is made (ACC-1)."""

    reply: Reply
    admitted: Admitted | None = None


def sign_up_faults(form: SignUpForm, policy: Policy, today: date) -> list[FieldFault]:
    """Everything wrong with a form; `today` in Japan."""
    faults = email_faults("email", form.email)
    faults += password_faults("password", form.password)
    faults += person_faults(form.person, today)
    faults += phone_faults("phone", form.phone)
    if form.address is not None:
        faults += address_faults("address", form.address)
    if form.terms_version != policy.terms_version:
        faults.append(FieldFault("termsVersion", "terms_not_accepted"))
    if form.number is not None and not is_customer_number(form.number):
        faults.append(FieldFault("customerNumber", "not_a_customer_number"))
    return faults

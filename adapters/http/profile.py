"""The customer's own page, and the door to billing's (ACC-10, SRV-3)."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, get, patch, post
from litestar.params import JSONBody

from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.people import AddressAsk, AddressShown, Id, PhoneAsk, PhoneShown, word_of
from adapters.http.replies import LATER, accepted, is_done
from core.domain.account import Gender
from core.domain.billing import Page
from core.domain.ids import InvoiceId, RequestKey
from core.domain.policy import Policy
from core.domain.profile import OwnPage, ProfileChange, Saving
from core.domain.refusals import (
    DestinationNotAllowed,
    Invalid,
    NotFound,
    SaveRefused,
    TooMany,
)
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.account.make_door_link import MakeDoorLink
from core.usecases.account.read_profile import ReadProfile
from core.usecases.account.save_profile import SaveProfile


class EligibilityNote(Answer, frozen=True):
    """How the check of the address stands, in short."""

    status: str
    value: str | None

    example: ClassVar[Any] = {"status": "eligible", "value": "Home 1G"}


class TermsShown(Answer, frozen=True):
    """Which terms were accepted, when, and which hold today."""

    accepted_version: str
    accepted_at: datetime
    current_version: str

    example: ClassVar[Any] = {
        "acceptedVersion": "2026-01",
        "acceptedAt": "2026-01-20T01:00:00Z",
        "currentVersion": "2026-01",
    }


class SavingShown(Answer, frozen=True):
    """A change that not every system holds yet."""

    request_id: str
    phone: PhoneShown | None
    address: AddressShown | None
    birth_date: date | None

    example: ClassVar[Any] = {
        "requestId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq",
        "phone": PhoneShown.example,
        "address": None,
        "birthDate": None,
    }

    @classmethod
    def of(cls, saving: Saving | None) -> "SavingShown | None":
        """The change, if one is being saved."""
        if saving is None:
            return None
        return cls(
            request_id=saving.request,
            phone=PhoneShown.of(saving.phone),
            address=AddressShown.of(saving.address),
            birth_date=saving.birth_date,
        )


class ProfileShown(Answer, frozen=True):
    """What is held of the customer. `saving` is a change on its way, absent (null) when there is none."""

    customer_number: str | None
    email: str
    first_name: str
    last_name: str
    company: str
    nationality: str
    birth_date: date | None
    gender: Gender | None
    phone: PhoneShown | None
    address: AddressShown | None
    language: Language
    marketing_consent: bool
    terms: TermsShown
    eligibility: EligibilityNote
    id_verification: str
    saving: SavingShown | None

    example: ClassVar[Any] = {
        "customerNumber": "P1000001",
        "email": "mina@example.com",
        "firstName": "Mina",
        "lastName": "Okafor",
        "company": "",
        "nationality": "",
        "birthDate": "1994-05-06",
        "gender": None,
        "phone": PhoneShown.example,
        "address": AddressShown.example,
        "language": "en",
        "marketingConsent": True,
        "terms": TermsShown.example,
        "eligibility": EligibilityNote.example,
        "idVerification": "not_submitted",
        "saving": None,
    }

    @classmethod
    def of(cls, page: OwnPage, policy: Policy) -> "ProfileShown":
        """The customer's page as the surface shows it."""
        profile, person = page.profile, page.profile.person
        return cls(
            customer_number=profile.number,
            email=profile.email,
            first_name=person.first_name,
            last_name=person.last_name,
            company=person.company,
            nationality=person.nationality,
            birth_date=person.birth_date,
            gender=person.gender,
            phone=PhoneShown.of(profile.phone),
            address=AddressShown.of(profile.address),
            language=page.language,
            marketing_consent=page.marketing_consent,
            terms=TermsShown(
                accepted_version=page.terms_version,
                accepted_at=page.terms_accepted_at,
                current_version=policy.terms_version,
            ),
            eligibility=EligibilityNote(status=word_of(page.eligibility.status), value=page.eligibility.value),
            id_verification=word_of(page.identity.status),
            saving=SavingShown.of(page.saving),
        )


class ProfileAsk(Ask, frozen=True):
    """What to change; what is left out stays. `birthDate` may be added where none is held.

    Name, email and a birth date that is held are changed by support.
    """

    phone: PhoneAsk | None = None
    address: AddressAsk | None = None
    birth_date: date | None = None
    terms_version: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    language: Language | None = None
    marketing_consent: bool | None = None

    example: ClassVar[Any] = {"phone": PhoneAsk.example, "language": "ja"}

    @property
    def change(self) -> ProfileChange:
        """As the core knows it."""
        return ProfileChange(
            phone=self.phone.phone if self.phone else None,
            address=self.address.address if self.address else None,
            birth_date=self.birth_date,
            terms_version=self.terms_version,
            language=self.language,
            marketing_consent=self.marketing_consent,
        )


class DoorAsk(Ask, frozen=True):
    """Which of billing's pages; `invoiceId` goes with page "invoice" alone."""

    page: Page
    invoice_id: Id | None = None

    example: ClassVar[Any] = {"page": "payment-methods"}


class DoorShown(Answer, frozen=True):
    """A link that logs in once; open it at once, keep it nowhere."""

    url: str
    expires_at: datetime

    example: ClassVar[Any] = {
        "url": "https://billing.sonixnet.example/oauth/singlesignon.php?access_token=0f3c",
        "expiresAt": "2026-01-20T01:01:00Z",
    }


@get("/me", **operation("me.read", tag="Account", summary="Your profile", raises=(NotFound,)))
async def me(session: Given[Session], policy: Given[Policy], read_profile: Given[ReadProfile]) -> ProfileShown:
    """What is held of the customer, and a change that is still being saved (ACC-10)."""
    return ProfileShown.of(await read_profile(session), policy)


@patch(
    "/me",
    **operation("me.change", tag="Account", summary="Change your profile", raises=(Invalid, SaveRefused, NotFound)),
    responses=LATER,
)
async def change_me(
    data: JSONBody[ProfileAsk],
    session: Given[Session],
    policy: Given[Policy],
    once: Given[Once],
    save_profile: Given[SaveProfile],
    read_profile: Given[ReadProfile],
) -> Response[ProfileShown]:
    """Changes what Salesforce and WHMCS hold in both or neither; language and terms at once (ACC-10, ACC-11)."""

    async def do(key: RequestKey) -> Response[ProfileShown]:
        reply = await save_profile(session, data.change, key)
        if reply is None or is_done(reply):
            return Response(ProfileShown.of(await read_profile(session), policy))
        return accepted(reply)

    return await once(do)


@post(
    "/auth/sso-link",
    **operation(
        "auth.ssoLink",
        tag="Account",
        summary="A link into billing's own pages",
        raises=(DestinationNotAllowed, NotFound, TooMany),
    ),
    status_code=200,
)
async def door(data: JSONBody[DoorAsk], session: Given[Session], make_door_link: Given[MakeDoorLink]) -> DoorShown:
    """Makes a link for one use to an allow-listed page, on click; an invoice must be the customer's own (SRV-3)."""
    invoice = InvoiceId(data.invoice_id) if data.invoice_id is not None else None
    link = await make_door_link(session, data.page, invoice)
    return DoorShown(url=link.url, expires_at=link.until)


PROFILE: Final = (me, change_me, door)

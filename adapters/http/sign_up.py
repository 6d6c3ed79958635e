"""Becoming a customer: sign up, ask for the code again, complete (ACC-1 to ACC-6)."""

from datetime import date
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.people import AddressAsk, Email, Id, Line, PhoneAsk, Token
from adapters.http.replies import LATER, accepted, is_done
from adapters.http.sessions import SessionKind, TokensShown, tokens
from adapters.http.surroundings import HttpSettings
from core.domain.account import Gender, Person
from core.domain.ids import RequestKey, SignUpId
from core.domain.limits import Limited
from core.domain.refusals import AlreadyCustomer, FieldFault, Invalid, LinkImpossible, SwitchedOff, TokenSpent
from core.domain.sign_up import SignUpForm
from core.domain.words import Language
from core.usecases.account.confirm_sign_up import ConfirmSignUp
from core.usecases.account.resend_sign_up import ResendSignUp
from core.usecases.account.start_sign_up import StartSignUp
from ports.clock import Clock
from ports.secrets import Secrets

Password = Annotated[str, msgspec.Meta(max_length=1024, description="12 to 128 characters.")]


class SignUpAsk(Ask, frozen=True, kw_only=True):
    """A sign-up. `customerNumber` is for customers from before the portal, `checkoutToken` claims a saved cart."""

    email: Email
    password: Password
    first_name: Line
    last_name: Line
    first_kana: Line = ""
    last_kana: Line = ""
    company: Line = ""
    nationality: Line = ""
    birth_date: date | None = None
    gender: Gender | None = None
    phone: PhoneAsk
    address: AddressAsk | None = None
    marketing_consent: bool = False
    terms_version: Annotated[str, msgspec.Meta(max_length=40, description="The version of the terms accepted.")]
    customer_number: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    checkout_token: Token | None = None
    language: Language | None = None

    example: ClassVar[Any] = {
        "email": "mina@example.com",
        "password": "a quiet morning in Yanaka",
        "firstName": "Mina",
        "lastName": "Okafor",
        "birthDate": "1994-05-06",
        "phone": PhoneAsk.example,
        "address": AddressAsk.example,
        "marketingConsent": True,
        "termsVersion": "2026-01",
    }

    def form(self, language: Language) -> SignUpForm:
        """As the core knows it; `language` where none was asked for."""
        person = Person(
            first_name=self.first_name,
            last_name=self.last_name,
            first_kana=self.first_kana,
            last_kana=self.last_kana,
            company=self.company,
            nationality=self.nationality,
            birth_date=self.birth_date,
            gender=self.gender,
        )
        return SignUpForm(
            email=self.email,
            password=self.password,
            person=person,
            phone=self.phone.phone,
            address=self.address.address if self.address else None,
            marketing_consent=self.marketing_consent,
            terms_version=self.terms_version,
            number=self.customer_number,
            checkout=self.checkout_token,
            language=self.language or language,
        )


class SignUpStarted(Answer, frozen=True):
    """A sign-up whose code is on its way, if the address may have one."""

    signup_id: str

    example: ClassVar[Any] = {"signupId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq"}


class ResendAsk(Ask, frozen=True):
    """Which sign-up's code to mail again."""

    signup_id: Id

    example: ClassVar[Any] = SignUpStarted.example


class CompleteAsk(Ask, frozen=True):
    """The sign-up and the mailed code, or the token of the mailed link instead of both."""

    signup_id: Id | None = None
    code: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")] | None = None
    token: Token | None = None
    session: SessionKind = SessionKind.BEARER

    example: ClassVar[Any] = {"signupId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq", "code": "284019"}

    def check(self) -> None:
        """Refuse what proves nothing."""
        if self.token is None:
            missing = {"signupId": self.signup_id, "code": self.code}
            faults = [FieldFault(name, "required") for name, value in missing.items() if value is None]
            if faults:
                raise Invalid(*faults)


@post(
    "/auth/signup",
    **operation(
        "auth.signup",
        tag="Account",
        summary="Sign up",
        who=Who.ANYONE,
        limited=Limited.SIGN_UP,
        raises=(Invalid, SwitchedOff),
        waits=False,
    ),
    status_code=202,
)
async def sign_up(
    data: JSONBody[SignUpAsk],
    language: Given[Language],
    once: Given[Once],
    secrets: Given[Secrets],
    start_sign_up: Given[StartSignUp],
) -> Response[SignUpStarted]:
    """Takes the details and mails a code; the answer is the same whether the address is known or not (ACC-1)."""

    async def do(_: RequestKey) -> Response[SignUpStarted]:
        return Response(SignUpStarted(signup_id=await start_sign_up(data.form(language))))

    return await once(do, fingerprint=sealed(secrets, data))


@post(
    "/auth/resend-verification",
    **operation(
        "auth.resendVerification",
        tag="Account",
        summary="Mail the code again",
        who=Who.ANYONE,
        limited=Limited.SIGN_UP,
        waits=False,
    ),
    status_code=202,
)
async def resend(
    data: JSONBody[ResendAsk], once: Given[Once], resend_sign_up: Given[ResendSignUp]
) -> Response[SignUpStarted]:
    """Mails a new code, which voids the earlier one; the answer is the same for every id (ACC-1)."""

    async def do(_: RequestKey) -> Response[SignUpStarted]:
        await resend_sign_up(SignUpId(data.signup_id))
        return Response(SignUpStarted(signup_id=data.signup_id))

    return await once(do)


@post(
    "/auth/signup/complete",
    **operation(
        "auth.completeSignup",
        tag="Account",
        summary="Complete a sign-up",
        who=Who.ANYONE,
        limited=Limited.LOG_IN,
        raises=(Invalid, TokenSpent, AlreadyCustomer, LinkImpossible),
    ),
    responses=LATER,
)
async def complete(
    data: JSONBody[CompleteAsk],
    settings: Given[HttpSettings],
    clock: Given[Clock],
    confirm_sign_up: Given[ConfirmSignUp],
) -> Response[TokensShown]:
    """Makes the customer with the mailed code and logs them in; again until they are used (ACC-1, ACC-4)."""
    data.check()
    sign_up = SignUpId(data.signup_id) if data.signup_id is not None else None
    confirmed = await confirm_sign_up(sign_up, data.code, data.token)
    if confirmed.admitted is None:
        is_done(confirmed.reply)
        return accepted(confirmed.reply)
    return tokens(confirmed.admitted, data.session, settings, clock.now(), status=201)


def sealed(secrets: Secrets, data: msgspec.Struct) -> str:
    """What stands for a body that holds a password: the database must not keep a quick hash of one."""
    return secrets.fingerprint(msgspec.json.encode(data).decode())


SIGN_UP: Final = (sign_up, resend, complete)

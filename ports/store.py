"""The portal's own database: a unit of work and its shelves, one for each noun.

Everything read or written inside one `async with store.begin() as shelves` happens together or not at all. No port
is called meanwhile. Whose a thing is stands in the question, never compared afterwards (T-7).
"""

from collections.abc import Collection, Mapping, Set
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from core.domain.account import Person, Phone
from core.domain.billing import PaymentMethods
from core.domain.checkout import Checkout
from core.domain.ids import (
    AccountId,
    CheckoutId,
    ClientId,
    CustomerNumber,
    EsimId,
    NoticeId,
    OrderId,
    RequestId,
    RequestKey,
    ServiceId,
    SessionId,
    SignUpId,
    UserId,
)
from core.domain.limits import Limited
from core.domain.notice import NewNotice, Notice
from core.domain.session import PortalUser, Session, StoredSession, UserState
from core.domain.sign_up import Numbered
from core.domain.words import Language
from core.domain.work import Job
from ports.sendings import Sent


class UserShelf(Protocol):
    """Portal users and their links (ACC-1, ACC-5)."""

    async def add(self, user: PortalUser) -> bool:
        """Keep a new user; False when the address or account has one."""

    async def find(self, user: UserId) -> PortalUser | None:
        """The user, or None."""

    async def by_email(self, canonical: str) -> PortalUser | None:
        """The user with that canonical address, or None."""

    async def by_account(self, account: AccountId) -> PortalUser | None:
        """The user of that Salesforce account, or None."""

    async def by_client(self, client: ClientId) -> PortalUser | None:
        """The user of that WHMCS client, or None."""

    async def set_password(self, user: UserId, password: str) -> None:
        """Keep another argon2 hash."""

    async def set_state(self, user: UserId, state: UserState) -> None:
        """Bar or admit the user (ACC-8)."""

    async def accept_terms(self, user: UserId, version: str, at: datetime) -> None:
        """Keep which terms were accepted, and when."""

    async def set_preferences(self, user: UserId, language: Language, marketing_consent: bool) -> None:
        """Keep the language of mails and the consent to marketing."""

    async def first_came(self) -> datetime | None:
        """When the first of all users was made, or None while there is nobody."""

    async def everyone(self, after: UserId | None, most: int) -> tuple[PortalUser, ...]:
        """Active users in the order of their ids, from behind `after`."""


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-up that waits for its code. `code`, `token` and `checkout` are fingerprints, `password` a hash (ACC-1).

    `checkout` is that of an anonymous checkout's token, which the sign-up will claim.
    """

    id: SignUpId
    email: str
    canonical: str
    password: str
    person: Person
    phone: Phone
    address: Any = None
    marketing_consent: bool
    terms_version: str
    terms_accepted_at: datetime
    language: Language
    number: CustomerNumber | None = None
    checkout: str | None = None
    code: str | None = None
    token: str | None = None
    attempts: int = 0
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None
    user: UserId | None = None

    def as_user(self, id: UserId, customer: Numbered, client: ClientId, at: datetime) -> PortalUser:
        """The portal user that it becomes."""
        return PortalUser(
            id=id,
            email=self.email,
            canonical=self.canonical,
            password=self.password,
            account=customer.account,
            contact=customer.contact,
            client=client,
            number=customer.number,
            language=self.language,
            marketing_consent=self.marketing_consent,
            terms_version=self.terms_version,
            terms_accepted_at=self.terms_accepted_at,
            created_at=at,
        )


class SignUpShelf(Protocol):
    """Sign-ups on their way (ACC-1, ACC-4)."""

    async def add(self, sign_up: SignUp) -> None:
        """Keep a new sign-up."""

    async def find(self, sign_up: SignUpId) -> SignUp | None:
        """The sign-up, or None."""

    async def by_token(self, token: str) -> SignUp | None:
        """The sign-up whose mailed link has that fingerprint, or None."""

    async def of_user(self, user: UserId) -> SignUp | None:
        """The sign-up that has just become the user, as long as its code and link are good; else None."""

    async def set_code(self, sign_up: SignUpId, code: str, token: str, expires_at: datetime) -> None:
        """Keep the fingerprints of what is mailed and count its tries from none; earlier ones are void."""

    async def readdress(self, sign_up: SignUpId, email: str, canonical: str) -> None:
        """Its code goes to another address, which the customer will log in with (ACC-3)."""

    async def take_attempt(self, sign_up: SignUpId) -> int:
        """Count one try of a code and answer how many there were before."""

    async def claim(self, sign_up: SignUpId, canonical: str, at: datetime) -> bool:
        """Take the address for this sign-up and keep when; False when another sign-up or a user holds it (ACC-5).

        What it holds already it takes again, and the time stays.
        """

    async def release(self, sign_up: SignUpId) -> None:
        """Give the address back after a refusal."""

    async def settle(self, sign_up: SignUpId, user: UserId) -> None:
        """The sign-up has become a user; its password hash is forgotten.

        The fingerprints of code and link stay until they are spent or over, for a customer whose answer was lost.
        """

    async def spend(self, user: UserId) -> None:
        """Forget the fingerprints of code and link that made the user: from now on they prove nothing (ACC-9)."""

    async def forget_before(self, at: datetime) -> int:
        """Remove sign-ups that were over before then and never confirmed."""


class RefreshTurn(StrEnum):
    """What a refresh token turned out to be."""

    GOOD = "good"
    REPLAYED = "replayed"
    UNKNOWN = "unknown"


class SessionShelf(Protocol):
    """Sessions and their refresh tokens (ACC-9)."""

    async def add(self, session: StoredSession) -> None:
        """Keep a new session."""

    async def by_access(self, access: str, now: datetime) -> Session | None:
        """Who an access token speaks for, while it and its session are good and the user is active.

        `code_open` is set while the fingerprints that made the user are kept.
        """

    async def is_open(self, session: SessionId, now: datetime) -> bool:
        """Whether the session goes on: not ended, not over, its user active; whatever became of its access token."""

    async def take_refresh(
        self, refresh: str, now: datetime, key: str | None, again_since: datetime
    ) -> tuple[RefreshTurn, SessionId | None, UserId | None]:
        """Use up a refresh token. A used one is a replay: its session is revoked in the same unit of work.

        It is good again, and what it was changed for is void, where it was used under the same `key` (a fingerprint),
        after `again_since`, and last of its session (T-2).
        """

    async def renew(self, session: StoredSession) -> None:
        """Keep the session's next pair of tokens."""

    async def revoke(self, session: SessionId, at: datetime) -> None:
        """End one session."""

    async def revoke_all(self, user: UserId, at: datetime, but: SessionId | None = None) -> None:
        """End all sessions of a user, but one."""


class ResetShelf(Protocol):
    """Links that were mailed to reset a password (ACC-9)."""

    async def add(self, token: str, user: UserId, expires_at: datetime) -> None:
        """Keep a link's fingerprint; earlier ones of the user are void."""

    async def of_user(self, user: UserId) -> tuple[str, datetime] | None:
        """The fingerprint of the user's link and until when it is good; None when there is none, or it was used."""

    async def take(self, token: str, now: datetime) -> UserId | None:
        """Use up the link and answer whose it is; None when it is over, used or unknown."""

    async def void(self, user: UserId) -> None:
        """Forget the user's link: the password was changed otherwise."""


CHECKOUT: Final = "checkout"
"""With the user: what is to be alone with that user's checkout (ports.store.Shelves.alone)."""


class CheckoutShelf(Protocol):
    """Saved checkouts (ORD-7)."""

    async def of_user(self, user: UserId, now: datetime) -> Checkout | None:
        """The user's checkout that is not over, submitted ones included until a new one is saved."""

    async def by_token(self, token: str, now: datetime) -> Checkout | None:
        """The anonymous checkout whose token has that fingerprint, not over and not claimed."""

    async def save(self, checkout: Checkout, token: str | None) -> bool:
        """Keep the checkout under its version; False when that or a newer one is kept, or it was submitted."""

    async def claim(self, token: str, user: UserId, now: datetime) -> Checkout | None:
        """Give an anonymous checkout to a user, in place of what they had saved before; None when there is none."""

    async def submit(self, checkout: CheckoutId, user: UserId, request: RequestId, at: datetime) -> bool:
        """Mark it submitted, once; False when it was (ORD-5)."""

    async def reopen(self, checkout: CheckoutId) -> None:
        """Take the mark back after a refusal."""

    async def reopen_of(self, request: RequestId) -> None:
        """Take back the mark that this request left, if one did."""

    async def remove(self, user: UserId | None, token: str | None) -> None:
        """Forget the user's, or the anonymous, checkout."""

    async def abandoned(self, changed_before: datetime, most: int) -> tuple[Checkout, ...]:
        """Checkouts of users with consent that were left before then, not submitted, not reminded (ORD-7)."""

    async def reminded(self, checkout: CheckoutId, at: datetime) -> bool:
        """Mark it reminded, once; False when it was."""

    async def forget_before(self, at: datetime) -> int:
        """Remove checkouts that were over before then."""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a customer may want only once at a time: `kind` and `subject` are unique while it is open (T-2)."""

    kind: str
    subject: str
    request: RequestId


JOB: Final = "job"


class Held(NamedTuple):
    """Who holds an open intent, and when the work of what holds it was over."""

    by: RequestId
    worked_at: datetime | None

    def since(self, at: datetime | None) -> RequestId | None:
        """Who holds it, unless its work was over before then."""
        return None if at is not None and self.worked_at is not None and self.worked_at < at else self.by


class IntentShelf(Protocol):
    """What is wanted at most once at a time: one open check, one Internet order, one sign-up per address (T-2)."""

    async def take(self, intent: Intent, at: datetime) -> RequestId | None:
        """Open the intent; the request that holds it when it is open already, else None."""

    async def holder(self, kind: str, subject: str, since: datetime | None = None) -> RequestId | None:
        """The request that holds the intent, or None when it is not open, or its work was over before `since`."""

    async def held(self, subjects: Mapping[str, str], job: RequestKey) -> Mapping[str, Held]:
        """Who holds what, of one subject of each kind; by kind, without those that are not open.

        Under JOB there is the request that was kept with the job of that key.
        """

    async def open(self, kind: str) -> tuple[Intent, ...]:
        """Every open intent of that kind, the longest open first."""

    async def close(self, kind: str, subject: str, request: RequestId | None = None) -> None:
        """Close the intent, if that request (or anybody) holds it."""

    async def worked(self, request: RequestId, lasting: Set[str], at: datetime) -> None:
        """The request's work is over: close what it holds, but kinds in `lasting` stay open."""

    async def close_before(self, kind: str, at: datetime) -> int:
        """Close lasting intents of that kind whose work was over before then; how many."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's request that durable work answers; `owner` None: whoever holds the id (a sign-up).

    The job is kept with it, in the same unit of work as the intent, so that a crash before the work began loses
    nothing: what has no work yet is started again. `about` names what it makes ("orders"), for its link.
    """

    id: RequestId
    owner: UserId | None
    about: str
    job: Job
    created_at: datetime
    started_at: datetime | None = None


class RequestShelf(Protocol):
    """Requests that can be looked up (T-3)."""

    async def add(self, request: Request) -> None:
        """Keep a new request."""

    async def find(self, request: RequestId, owner: UserId | None) -> Request | None:
        """The request if it is that owner's, or nobody's; else None (T-7)."""

    async def by_job(self, key: RequestKey) -> Request | None:
        """The request that was kept with the job of that key, or None."""

    async def answering(self, key: RequestKey, asked_under: RequestKey) -> Request | None:
        """The request that was kept with the job of that key, else the one that answered what was asked under one."""

    async def started(self, request: RequestId, at: datetime) -> None:
        """Its work has begun."""

    async def unstarted(self, created_before: datetime) -> tuple[Request, ...]:
        """Requests kept before then whose work never began; to be started again."""


class KeyState(StrEnum):
    """What an idempotency key turned out to be (T-2)."""

    FRESH = "fresh"
    RUNNING = "running"
    OPEN = "open"
    ANSWERED = "answered"
    DIFFERENT = "different"


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An idempotency key with its answer, once there is one. `body` never holds a token."""

    state: KeyState
    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = {}
    taken_at: datetime | None = None


class AnswerShelf(Protocol):
    """Idempotency keys, per customer, and the answers given under them (T-2)."""

    async def take(self, owner: str, key: str, digest: str, now: datetime) -> KeptAnswer:
        """Take the key for a request of that digest, or answer what is kept; RUNNING stays so until it is kept."""

    async def keep(self, owner: str, key: str, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Keep the answer."""

    async def leave_open(self, owner: str, key: str) -> None:
        """Keep no answer yet: the work goes on, and whoever repeats the request asks how it stands then (T-2)."""

    async def give_back(self, owner: str, key: str) -> None:
        """Forget a key whose request was refused; it may be used again (T-2)."""

    async def leave_running(self, at: datetime, holder: str | None = None) -> int:
        """Have what was taken after `at` and never answered count as taken then: whoever took it is gone (T-8).

        Where several processes answer, only what the `holder` of that name took.
        """

    async def forget_before(self, at: datetime) -> int:
        """Remove keys taken before then."""


class NoticeShelf(Protocol):
    """Notices of customers (NTF-2, NTF-3)."""

    async def add(self, notice: NewNotice, id: NoticeId) -> Notice | None:
        """Keep the notice; None when the same fact was told already (NTF-2)."""

    async def page(self, user: UserId, before: int | None, most: int) -> tuple[Notice, ...]:
        """Notices that are not dismissed, newest first, from before a position."""

    async def after(self, user: UserId, position: int, most: int) -> tuple[Notice, ...]:
        """Notices behind a position, oldest first, for a page that was away (NTF-4)."""

    async def unread(self, user: UserId) -> int:
        """How many are neither read nor dismissed."""

    async def read(self, user: UserId, notice: NoticeId, at: datetime) -> bool:
        """Mark one as read; False when the user has no such notice."""

    async def read_all(self, user: UserId, at: datetime) -> int:
        """Mark all as read."""

    async def dismiss(self, user: UserId, notice: NoticeId, at: datetime) -> bool:
        """Take one off the list; False when the user has no such notice."""

    async def expire(self, created_before: datetime) -> int:
        """Remove notices made before then (NTF-3)."""


class NonceShelf(Protocol):
    """Nonces of signed calls (T-4)."""

    async def spend(self, key_id: str, nonce: str, now: datetime) -> bool:
        """Keep the nonce; False when it was seen."""

    async def forget_before(self, at: datetime) -> int:
        """Remove nonces seen before then."""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to what, when; never personal data beyond ids. `correlation` is the call it was done in."""

    at: datetime
    actor: str
    deed: str
    subject: str
    correlation: str | None = None
    details: dict[str, str] = {}


class AuditTrail(Protocol):
    """What was done, for good."""

    async def write(self, entry: AuditEntry) -> None:
        """Add one line."""

    async def of_subject(self, subject: str, most: int) -> tuple[AuditEntry, ...]:
        """The latest lines about a subject, newest first."""


class NumberSequence(Protocol):
    """Customer numbers (ACC-2)."""

    async def begin_above(self, highest: int) -> None:
        """Set the start, once per installation."""

    async def has_begun(self) -> bool:
        """Whether the start is set."""

    async def next(self) -> int:
        """The next number; never the same twice."""


class Flag(msgspec.Struct, frozen=True):
    """A feature flag: on for a stable percentage of customers, and for accounts named (OPS-3)."""

    name: str
    percentage: int
    accounts: tuple[str, ...] = ()


class FlagShelf(Protocol):
    """Feature flags that differ from their default (OPS-3)."""

    async def all(self) -> tuple[Flag, ...]:
        """Every flag that was set."""

    async def set(self, flag: Flag) -> None:
        """Set a flag."""


class TryShelf(Protocol):
    """Tries that a limit counts where what is tried is kept: undone together, so that what is refused costs none."""

    async def take(self, limit: Limited, subject: str, now: datetime) -> int | None:
        """As `ports.limits.Limits`, of those that are counted here."""

    async def forget_before(self, at: datetime) -> int:
        """Remove what counts no more then; how many tries it was."""


class FactShelf(Protocol):
    """What was learned from facts, and how far the stream was read (T-5).

    That a fact is learned once is the matter of its work, whose key is the fact's id.
    """

    async def position(self, stream: str) -> str | None:
        """Where to go on reading the stream."""

    async def set_position(self, stream: str, position: str) -> None:
        """Keep where to go on."""

    async def learned(self, subjects: Collection[str]) -> Mapping[str, str]:
        """The version that was learned last of each of these subjects, where one was."""

    async def learn(self, subject: str, version: str) -> None:
        """Keep which version of the subject was learned, in place of an earlier one."""

    async def learn_written(self, subject: str, version: str) -> None:
        """Keep the version that the portal wrote itself and nobody reads again; what was learned later stays (P-1).

        Only what nothing follows from is kept so: looking would not find it any more.
        """


class EsimRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Which eSIM belongs to an order and its service (SRV-4)."""

    order: OrderId
    account: AccountId
    esim: EsimId
    qr: str
    service: ServiceId | None = None


class CardMonth(msgspec.Struct, frozen=True):
    """The month a customer's first card ends, as last read (SRV-6)."""

    user: UserId
    client: ClientId
    last_four: str | None
    expires: str | None
    read_on: date

    @classmethod
    def of(cls, user: UserId, client: ClientId, methods: PaymentMethods, read_on: date) -> "CardMonth":
        """What is remembered of payment methods that were read."""
        first = methods.first
        ends = (first.last_four, first.expires) if first is not None else (None, None)
        return cls(user, client, *ends, read_on)


class ThingShelf(Protocol):
    """Small things the portal remembers about services, clients and addresses."""

    async def keep_esim(self, record: EsimRecord) -> None:
        """Keep an order's eSIM, in place of an earlier one."""

    async def esim_of_order(self, order: OrderId) -> EsimRecord | None:
        """The order's eSIM, or None."""

    async def esim_of_service(self, account: AccountId, service: ServiceId) -> EsimRecord | None:
        """The eSIM of that account's service, or None."""

    async def keep_sent(self, sending: Sent) -> None:
        """Remember that billing was asked to add an order, in place of what was remembered before."""

    async def sent(self, mark: OrderId) -> Sent | None:
        """What billing was asked to add under the mark and was not seen there yet, or None."""

    async def forget_sent(self, mark: OrderId) -> None:
        """Remember it no more."""

    async def keep_card(self, card: CardMonth) -> None:
        """Remember when a client's card ends."""

    async def cards_read_before(self, day: date, most: int) -> tuple[CardMonth, ...]:
        """Cards not read since then, longest ago first."""

    async def without_card(self, most: int) -> tuple[PortalUser, ...]:
        """Users of whose client no card was ever read, the earliest first."""

    async def cards_ending(self, month: str) -> tuple[CardMonth, ...]:
        """Cards whose month is on or before that one."""

    async def keep_no(self, account: AccountId, place: str, answered_on: date) -> None:
        """Remember the day on which an address got a no, in place of an earlier day; `place` is a fingerprint."""

    async def no_of(self, account: AccountId, place: str) -> date | None:
        """The day on which that address of the account got a no, as far as remembered (ELG-2)."""

    async def forget_noes_before(self, day: date) -> int:
        """Remove noes given before then."""


class Shelves(Protocol):
    """Everything the portal keeps, inside one unit of work."""

    users: UserShelf
    sign_ups: SignUpShelf
    sessions: SessionShelf
    resets: ResetShelf
    checkouts: CheckoutShelf
    intents: IntentShelf
    requests: RequestShelf
    answers: AnswerShelf
    notices: NoticeShelf
    nonces: NonceShelf
    audit: AuditTrail
    numbers: NumberSequence
    flags: FlagShelf
    facts: FactShelf
    tries: TryShelf
    things: ThingShelf

    async def alone(self, *what: str) -> None:
        """Wait until nobody else is alone with the same, and stay so until this unit of work is over.

        Before anything is read that decides what is written, where no constraint of a shelf guards it. Units of work
        that need several take them in one order, or two could wait for each other.
        """


class Store(Protocol):
    """The portal's database."""

    def begin(self, *, durable: bool = False) -> AbstractAsyncContextManager[Shelves]:
        """A unit of work: kept at the end of the block, undone when it raises.

        `durable` also waits for the disk, for what a customer is about to be promised.
        """

    def reading(self) -> AbstractAsyncContextManager[Shelves]:
        """Shelves to read from, without taking the write lock."""

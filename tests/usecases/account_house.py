"""A portal's accounts and support over a real database, a world of its own and the runner of durable work."""

from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from adapters.db.journal import SqlJournal
from adapters.db.migrate import migrate
from adapters.db.unit_of_work import SqlStore
from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.mailbox import FakeMailer, Mailbox, SentMail
from adapters.fakes.salesforce.customer_registry import FakeCustomerRegistry
from adapters.fakes.salesforce.eligibility_desk import FakeEligibilityDesk
from adapters.fakes.salesforce.support_desk import FakeSupportDesk
from adapters.fakes.whmcs.client_book import FakeClientBook
from adapters.fakes.world import World
from adapters.system.challenge import NoChallenge
from adapters.system.flags import ShelvedFlags
from adapters.system.ids import RandomIds
from adapters.system.limits import CountedInMemory
from adapters.system.passwords import Argon2Passwords
from adapters.system.secrets import RandomSecrets
from adapters.system.sessions import RememberedSessions
from core.domain.account import Address, Person, Phone
from core.domain.ids import AccountId, ClientId, RequestKey, UserId, request_key
from core.domain.policy import Policy
from core.domain.session import LogInForm, PortalUser, Session
from core.domain.sign_up import Confirmed, SignUpForm
from core.domain.work import WorkKind
from core.usecases.account.adopt_orphan import AdoptOrphan
from core.usecases.account.change_password import ChangePassword
from core.usecases.account.complete_sign_up import CompleteSignUp
from core.usecases.account.confirm_sign_up import ConfirmSignUp
from core.usecases.account.learn_account import LearnAccount
from core.usecases.account.log_in import LogIn
from core.usecases.account.log_out import LogOut
from core.usecases.account.note_sign_in import NoteSignIn
from core.usecases.account.read_session import ReadSession
from core.usecases.account.refresh_session import RefreshSession
from core.usecases.account.request_password_reset import RequestPasswordReset
from core.usecases.account.resend_sign_up import ResendSignUp
from core.usecases.account.reset_password import ResetPassword
from core.usecases.account.save_profile import SaveProfile
from core.usecases.account.send_account_letter import SendAccountLetter
from core.usecases.account.send_sign_up_mail import SendSignUpMail
from core.usecases.account.start_sign_up import StartSignUp
from core.usecases.account.write_profile import WriteProfile
from core.usecases.support.write_case import WriteCase
from core.usecases.support.write_comment import WriteComment
from core.usecases.support.write_contact import WriteContact
from core.usecases.work.accept_request import AcceptRequest
from core.usecases.work.close_intents import CloseIntents
from ports.durable import DurableWork
from tests.databases import copied, made, opened

SITE = "https://my.sonixnet.example"
PASSWORD = "a quiet morning in Yanaka"
ADDRESS = Address("110-0001", "Tokyo", "Taito-ku", "Yanaka 3-1-2", "Hill House 201")
PASSWORDS = Argon2Passwords(memory=8, passes=1)
"""The real hashing with the least it can be told to cost."""
POLICY = Policy()
SETTINGS = RunnerSettings(first_wait=timedelta(milliseconds=2), longest_wait=timedelta(milliseconds=20), poll=0.05)


def a_form(email: str = "mina@example.com", **changes: Any) -> SignUpForm:
    """A sign-up as Mina would send it."""
    person = Person(first_name="Mina", last_name="Okafor", company="Kite Ltd")
    values: dict[str, Any] = {
        "email": email,
        "password": PASSWORD,
        "person": person,
        "phone": Phone("81", "9012345678"),
        "address": ADDRESS,
        "terms_version": POLICY.terms_version,
    }
    return SignUpForm(**{**values, **changes})


class NoCaches:
    """Nothing is remembered, and what is dropped is counted."""

    def __init__(self) -> None:
        self.dropped: list[str] = []

    async def drop_account(self, account: AccountId) -> None:
        self.dropped.append(account)

    async def drop_client(self, client: ClientId) -> None:
        self.dropped.append(client)

    async def drop_catalog(self) -> None:
        self.dropped.append("catalog")

    def generation(self, account: AccountId, client: ClientId) -> int:
        return len(self.dropped)


class SilentBell:
    """A bell nobody listens to."""

    async def ring(self, user: UserId, what: str) -> None:
        return

    def listen(self, user: UserId) -> Any:
        raise NotImplementedError


@dataclass
class House:
    """Everything that accounts and support need, bound; `use` says who does the durable work."""

    store: SqlStore
    world: World

    def __post_init__(self) -> None:
        world, store = self.world, self.store
        self.clock, self.ids, self.policy = world.clock, RandomIds(), POLICY
        self.secrets = RandomSecrets(b"k" * 32)
        self.limits = CountedInMemory()
        self.registry, self.clients = FakeCustomerRegistry(world), FakeClientBook(world)
        self.mailer, self.desk = FakeMailer(world), FakeSupportDesk(world)
        self.caches = NoCaches()
        self.flags = ShelvedFlags(store, self.clock, timedelta())
        self.sessions = RememberedSessions(ReadSession(store, self.secrets, self.clock), self.clock)
        self.use(self.own_runner())

    def own_runner(self) -> Runner:
        """A runner over the house's own database."""
        journal = SqlJournal(self.store.database)
        runner = Runner(journal, self.clock, settings=SETTINGS, on_end=self.closing)
        runner.bind(self.handlers(runner))
        return runner

    def use(self, runner: Runner, wait: float = 2.0) -> None:
        """Let that runner do the durable work from now on; customers wait so many seconds for its end."""
        self.runner = runner
        self.reception = AcceptRequest(self.store, runner, self.clock, self.ids, wait)

    @property
    def closing(self) -> CloseIntents:
        return CloseIntents(self.store, self.clock)

    def handlers(self, work: DurableWork) -> dict[WorkKind, Any]:
        """Each kind of work of accounts and support."""
        store, clock, ids, policy = self.store, self.clock, self.ids, self.policy
        return {
            WorkKind.START_SIGN_UP: SendSignUpMail(
                store, self.registry, self.mailer, self.secrets, self.limits, ids, clock, policy, SITE
            ),
            WorkKind.SIGN_UP: CompleteSignUp(store, self.registry, self.clients, work, ids, clock, policy),
            WorkKind.ACCOUNT_LETTER: SendAccountLetter(
                store, self.registry, self.mailer, self.secrets, self.limits, ids, clock, policy, SITE
            ),
            WorkKind.NOTE_SIGN_IN: NoteSignIn(self.registry, work),
            WorkKind.ADOPT_ORPHAN: AdoptOrphan(
                self.registry, self.clients, store, PASSWORDS, self.secrets, work, ids, clock
            ),
            WorkKind.SAVE_PROFILE: WriteProfile(
                self.clients, self.registry, FakeEligibilityDesk(self.world), self.caches, store, SilentBell()
            ),
            WorkKind.SEND_CONTACT: WriteContact(self.desk),
            WorkKind.OPEN_CASE: WriteCase(self.desk),
            WorkKind.COMMENT_ON_CASE: WriteComment(self.desk),
            WorkKind.LEARN_FACT: LearnAccount(self.registry, store, self.caches, self.sessions, clock),
        }

    # --- use cases -------------------------------------------------------------------------------------------------
    @property
    def start_sign_up(self) -> StartSignUp:
        return StartSignUp(
            self.store, self.runner, PASSWORDS, self.secrets, self.ids, self.clock, self.flags, self.policy
        )

    @property
    def confirm_sign_up(self) -> ConfirmSignUp:
        return ConfirmSignUp(self.store, self.reception, self.runner, self.secrets, self.ids, self.clock, self.policy)

    @property
    def resend_sign_up(self) -> ResendSignUp:
        return ResendSignUp(self.runner, self.ids)

    @property
    def log_in(self) -> LogIn:
        return LogIn(
            self.store,
            PASSWORDS,
            self.secrets,
            self.limits,
            NoChallenge(),
            self.runner,
            self.ids,
            SilentBell(),
            self.clock,
            self.policy,
        )

    @property
    def log_out(self) -> LogOut:
        return LogOut(self.store, self.clock, self.sessions)

    @property
    def refresh(self) -> RefreshSession:
        return RefreshSession(self.store, self.secrets, self.clock, self.policy, self.sessions)

    @property
    def request_reset(self) -> RequestPasswordReset:
        return RequestPasswordReset(self.store, self.runner, self.ids)

    async def reset_password(self, token: str, password: str, key: str = "") -> None:
        known, runner = self.sessions, self.runner
        reset = ResetPassword(self.store, PASSWORDS, self.secrets, runner, self.ids, self.clock, known)
        await reset(request_key("test", key or self.ids.new()), token, password)

    async def change_password(self, session: Session, current: str, new: str, key: str = "") -> None:
        known, runner = self.sessions, self.runner
        change = ChangePassword(self.store, PASSWORDS, self.limits, runner, self.ids, self.clock, known)
        await change(request_key("test", key or self.ids.new()), session, current, new)

    @property
    def save_profile(self) -> SaveProfile:
        return SaveProfile(self.store, self.reception, self.registry, self.clock, self.policy)

    def key(self) -> RequestKey:
        """A key of one request more."""
        return request_key("call", self.ids.new())

    # --- what a customer does --------------------------------------------------------------------------------------
    async def settled(self) -> None:
        """Let all durable work that can end do so."""
        assert await self.runner.quiet(5)

    async def mails(self, to: str | None = None, letter: str | None = None) -> tuple[SentMail, ...]:
        """The mails that were sent, newest first."""
        await self.settled()
        return await Mailbox(self.world).mails(to, letter)

    async def mailing_is_tried(self, times: int) -> None:
        """Wait until the mail server was asked so often from now on."""
        until = self.world.calls["mail", "send"] + times
        for _ in range(1_000):
            if self.world.calls["mail", "send"] >= until:
                return
            await sleep(0.005)
        raise TimeoutError("the mail server was not asked")

    async def code(self, to: str) -> str:
        """The code in the latest mail to that address."""
        return (await self.mails(to, "sign_up_code"))[0].values["code"]

    async def sign_up(self, email: str = "mina@example.com", **changes: Any) -> Confirmed:
        """Sign up and complete it with the mailed code."""
        sign_up = await self.start_sign_up(a_form(email, **changes))
        return await self.confirm_sign_up(sign_up, await self.code(email), None)

    async def customer(self, email: str = "mina@example.com", **changes: Any) -> Session:
        """A new customer, logged in."""
        confirmed = await self.sign_up(email, **changes)
        assert confirmed.admitted is not None
        session = await self.sessions(confirmed.admitted.tokens.access)
        assert session is not None
        await self.settled()
        return session

    async def user(self, email: str = "mina@example.com") -> PortalUser | None:
        """The portal user with that canonical address."""
        async with self.store.reading() as shelves:
            return await shelves.users.by_email(email)

    async def logs_in(self, email: str = "mina@example.com", password: str = PASSWORD) -> Session | None:
        """The session that logging in gives."""
        admitted = await self.log_in(LogInForm(email=email, password=password))
        return await self.sessions(admitted.tokens.access)

    def made(self, table: str) -> int:
        """How many records of that table the portal ever made, by the ledger."""
        return len([e for e in self.world.ledger.of(f"create {table}") if e.by == "portal"])


@asynccontextmanager
async def a_house(folder: Path) -> AsyncIterator[House]:
    """A house in that folder, at work."""
    async with a_quiet_house(folder) as house:
        await house.runner.open()
        try:
            yield house
        finally:
            await house.runner.stop(0)


@asynccontextmanager
async def a_quiet_house(folder: Path) -> AsyncIterator[House]:
    """A house in that folder, in which nobody works yet."""
    database = opened(copied(await _migrated(), folder / f"{RandomIds().new()}.db"))
    try:
        yield House(SqlStore(database), World.new())
    finally:
        await database.close()


_EMPTY: list[Path] = []


async def _migrated() -> Path:
    """An empty database, migrated once and copied afterwards."""
    if not _EMPTY:
        database = opened(made(file := Path(mkdtemp()) / "empty.db"))
        await migrate(database)
        await database.close()
        _EMPTY.append(file)
    return _EMPTY[0]

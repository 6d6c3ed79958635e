"""A portal's checks, ID reviews, notices and standing over a real database and a world of its own."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from adapters.db.journal import SqlJournal
from adapters.db.migrate import migrate
from adapters.db.unit_of_work import SqlStore
from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.bindings import bind_world
from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from adapters.system.bell import InProcessBell
from adapters.system.cached_desks import CachedEligibilityDesk, CachedIdentityDesk, CachedProfiles, DroppedReadings
from adapters.system.flags import ShelvedFlags
from adapters.system.ids import RandomIds
from adapters.system.last_known import NotedTimes
from adapters.system.limits import CountedInMemory
from adapters.system.secrets import RandomSecrets
from core.domain.account import Address, Person, Phone
from core.domain.document import CleanDocument, document_name
from core.domain.eligibility import Eligibility
from core.domain.facts import AnyFact, EligibilityChanged, IdentityChanged, OpportunityChanged, learning
from core.domain.identity import Identity
from core.domain.ids import SessionId, UserId, customer_number, request_key
from core.domain.limits import LIMITS, Limit, Limited
from core.domain.notice import Notice
from core.domain.policy import Policy
from core.domain.session import PortalUser, Session, StoredSession
from core.domain.words import Language
from core.domain.work import Reply, WorkKind, WorkState
from core.usecases.cancellation.learn_opportunity import LearnOpportunity
from core.usecases.cancellation.read_ending import ReadEnding
from core.usecases.eligibility.learn_eligibility import LearnEligibility
from core.usecases.eligibility.list_late_checks import ListLateChecks
from core.usecases.eligibility.open_check import OpenCheck
from core.usecases.eligibility.raise_late_checks import RaiseLateChecks
from core.usecases.eligibility.read_eligibility import ReadEligibility
from core.usecases.eligibility.request_eligibility import RequestEligibility
from core.usecases.fulfilment.begin_activation import BeginActivation
from core.usecases.identity.follow_upload import FollowUpload
from core.usecases.identity.learn_id_review import LearnIdReview
from core.usecases.identity.read_identity import ReadIdentity
from core.usecases.identity.upload_document import UploadDocument
from core.usecases.notices.announce import Announce
from core.usecases.notices.give_notice import GiveNotice
from core.usecases.notices.send_notice_mail import SendNoticeMail
from core.usecases.standing.read_standing import ReadStanding
from core.usecases.standing.read_timeline import ReadTimeline
from core.usecases.work.accept_request import AcceptRequest
from core.usecases.work.catch_up import CatchUp
from core.usecases.work.close_intents import CloseIntents
from core.usecases.work.find_changes import FindChanges
from core.usecases.work.reconcile import Reconcile
from genkan.alarms import LoggedAlarms
from genkan.figures import AlarmCount
from ports.billing import NewClient
from ports.customer_registry import NewCustomer
from ports.durable import DurableWork, Steps
from tests.databases import copied, made, opened

LONG_AFTER = datetime(2040, 1, 1, tzinfo=UTC)
SITE = "https://my.sonixnet.example"
T = TypeVar("T")
HERE = Address("110-0001", "Tokyo", "Taito-ku", "Yanaka 3-1-2", "Hill House 201")
THERE = Address("530-0002", "Osaka", "Osaka-shi Kita-ku", "Sonezaki 2-4-9")
COVERED = Address("150-0001", "Tokyo", "Shibuya-ku", "Jingumae 4-5-6")
SETTINGS = RunnerSettings(first_wait=timedelta(milliseconds=2), longest_wait=timedelta(milliseconds=20), poll=0.05)
ROOMY = {
    **LIMITS,
    **{limit: Limit(10_000, timedelta(hours=1)) for limit in Limited},
    Limited.CHECK_NOW: LIMITS[Limited.CHECK_NOW],
}


class Sure:
    """A cleaner that takes everything as it is, for use cases that are not about cleaning."""

    async def clean(self, filename: str, data: bytes) -> CleanDocument:
        return CleanDocument(document_name(filename, "image/png"), "image/png", data, sha256(data).hexdigest())


@dataclass
class Learning:
    """Hands a fact to the use case that learns it."""

    house: "House"

    async def __call__(self, steps: Steps, fact: AnyFact) -> None:
        if isinstance(fact, EligibilityChanged):
            await self.house.learn_eligibility(steps, fact)
        elif isinstance(fact, IdentityChanged):
            await self.house.learn_id_review(steps, fact)
        elif isinstance(fact, OpportunityChanged):
            await self.house.learn_opportunity(steps, fact)


class House:
    """Everything bound; `use` says who does the durable work."""

    def __init__(self, store: SqlStore, world: World, limits: dict[Limited, Limit] | None = None) -> None:
        self.store, self.world, self.policy = store, world, Policy()
        self.up, self.staff, self.clock = bind_world(world), StaffDesk(world), world.clock
        self.ids, self.secrets = RandomIds(), RandomSecrets(b"k" * 32)
        self.limits = CountedInMemory(limits or ROOMY)
        self.bell, self.readings = InProcessBell(), DroppedReadings()
        self.flags = ShelvedFlags(store, self.clock, timedelta())
        self.cached_desk = CachedEligibilityDesk(self.up.eligibility_desk, self.clock, self.readings)
        self.cached_identity = CachedIdentityDesk(self.up.identity_desk, self.clock, self.readings)
        self.profiles = CachedProfiles(self.up.customer_registry, self.clock, self.readings)
        self.position: str | None = None
        self.file: Path | None = None
        self.use(self.own_runner())

    def own_runner(self) -> Runner:
        runner = Runner(SqlJournal(self.store.database), self.clock, settings=SETTINGS, on_end=self.closing)
        runner.bind(self.handlers(runner))
        return runner

    @property
    def closing(self) -> CloseIntents:
        return CloseIntents(self.store, self.clock)

    def use(self, runner: Any) -> None:
        self.runner = runner
        self.reception = AcceptRequest(self.store, runner, self.clock, self.ids)
        self.notifier = GiveNotice(self.store, runner, self.bell, self.ids)

    def handlers(self, work: DurableWork) -> dict[WorkKind, Any]:
        up = self.up
        return {
            WorkKind.REQUEST_ELIGIBILITY: OpenCheck(
                up.eligibility_desk, up.opportunities, up.customer_registry, up.client_book, up.line_checker,
                self.flags, work, self.store, self.readings, self.secrets, self.clock, self.policy,
            ),
            WorkKind.FOLLOW_UPLOAD: FollowUpload(up.identity_desk, self.store, self.readings, self.clock),
            WorkKind.LEARN_FACT: Learning(self),
            WorkKind.SEND_MAIL: SendNoticeMail(self.store, up.mailer, SITE),
            WorkKind.ANNOUNCE: Announce(self.store, GiveNotice(self.store, work, self.bell, self.ids), self.clock),
        }  # fmt: skip

    # --- use cases -------------------------------------------------------------------------------------------------
    @property
    def request(self) -> RequestEligibility:
        up = self.up
        return RequestEligibility(
            up.eligibility_desk, up.customer_registry, up.opportunities, up.order_book, up.service_book,
            up.catalog_shelf, self.store, self.reception, self.secrets, self.ids, self.clock, self.policy,
            self.cached_desk,
        )  # fmt: skip

    @property
    def read(self) -> ReadEligibility:
        return ReadEligibility(self.cached_desk, self.profiles, self.readings, self.limits, self.clock, self.policy)

    @property
    def learn_eligibility(self) -> LearnEligibility:
        up = self.up
        return LearnEligibility(
            up.eligibility_desk, self.store, self.notifier, self.readings, self.bell,
            LoggedAlarms(self.store, self.clock, AlarmCount()), self.clock,
        )  # fmt: skip

    @property
    def learn_id_review(self) -> LearnIdReview:
        return LearnIdReview(self.up.identity_desk, self.store, self.notifier, self.readings, self.bell, self.clock)

    @property
    def learn_opportunity(self) -> LearnOpportunity:
        up = self.up
        return LearnOpportunity(
            up.opportunities, up.order_book, BeginActivation(self.runner, self.clock), self.runner, self.store,
            self.readings, self.bell, LoggedAlarms(self.store, self.clock, AlarmCount()), self.clock,
        )  # fmt: skip

    @property
    def raise_late(self) -> RaiseLateChecks:
        return RaiseLateChecks(self.up.eligibility_desk, self.store, self.notifier, self.clock, self.policy)

    @property
    def list_late(self) -> ListLateChecks:
        return ListLateChecks(self.up.eligibility_desk, self.clock, self.policy)

    @property
    def upload(self) -> UploadDocument:
        return UploadDocument(
            self.up.identity_desk, Sure(), self.reception, self.limits, self.ids, self.clock, self.policy,
            self.cached_identity,
        )  # fmt: skip

    @property
    def read_identity(self) -> ReadIdentity:
        return ReadIdentity(self.cached_identity, self.clock, self.policy)

    @property
    def standing(self) -> ReadStanding:
        up = self.up
        return ReadStanding(
            self.cached_desk, self.cached_identity, up.order_book, up.payment_book, up.service_book, up.invoice_book,
            up.catalog_shelf, NotedTimes(self.clock), self.store, self.clock, self.policy,
        )  # fmt: skip

    @property
    def timeline(self) -> ReadTimeline:
        up = self.up
        return ReadTimeline(
            self.cached_desk, self.cached_identity, up.order_book, up.opportunities, up.service_book,
            ReadEnding(self.store, up.support_desk, self.clock), self.store, self.clock, self.policy,
        )  # fmt: skip

    @property
    def catch_up(self) -> CatchUp:
        up = self.up
        return CatchUp(self.changes, up.order_book, up.opportunities, self.runner, self.store, self.clock)

    @property
    def changes(self) -> FindChanges:
        up = self.up
        return FindChanges(up.customer_registry, up.opportunities, up.order_book, self.store, self.clock)

    @property
    def reconcile(self) -> Reconcile:
        return Reconcile(self.changes, self.runner, self.store, self.clock)

    # --- what happens ----------------------------------------------------------------------------------------------
    async def settled(self) -> None:
        """Let all durable work that can end do so."""
        assert await self.runner.quiet(5)

    async def hear(self) -> int:
        """Take in what upstream told since the last time, and learn it; how many facts there were."""
        batch = await self.up.fact_stream.after(self.position, 0)
        self.position = batch.position
        for fact in batch.facts:
            await self.runner.start(learning(fact))
        await self.settled()
        return len(batch.facts)

    async def customer(
        self, email: str = "mina@example.com", address: Address | None = HERE, number: int = 1
    ) -> Session:
        """A customer in all three systems."""
        person = Person(first_name="Mina", last_name="Okafor")
        phone, place = Phone("81", "9012345678"), customer_number(1_000_000 + number)
        made = await self.up.customer_registry.ensure_customer(
            request_key(email, "a"), NewCustomer(number=place, email=email, person=person, phone=phone, address=address)
        )
        new = NewClient(
            number=place, email=email, person=person, phone=phone, address=address, language=Language.EN,
            marketing_consent=False,
        )  # fmt: skip
        client = await self.up.client_book.ensure_client(request_key(email, "c"), new)
        user = PortalUser(
            id=UserId(f"user-{number}"), email=email, canonical=email, password="", account=made.account,
            contact=made.contact, client=client, number=place, language=Language.EN, marketing_consent=False,
            terms_version="2026-01", terms_accepted_at=self.clock.now(), created_at=self.clock.now(),
        )  # fmt: skip
        async with self.store.begin() as shelves:
            assert await shelves.users.add(user)
            session = StoredSession(
                id=SessionId(f"session-{number}"), user=user.id, access=f"access-{number}", refresh=f"refresh-{number}",
                csrf="", created_at=self.clock.now(), access_until=LONG_AFTER, refresh_until=LONG_AFTER,
            )  # fmt: skip
            await shelves.sessions.add(session)
        await self.hear()
        return Session(
            session=session.id, user=user.id, account=made.account, contact=made.contact,
            client=client, csrf="",
        )  # fmt: skip

    async def notices(self, session: Session) -> tuple[Notice, ...]:
        async with self.store.reading() as shelves:
            return await shelves.notices.page(session.user, None, 50)

    async def told(self, session: Session) -> list[str]:
        return [notice.type.value for notice in await self.notices(session)]

    async def waiting(self, kind: str) -> list[str]:
        async with self.store.reading() as shelves:
            return [intent.subject for intent in await shelves.intents.open(kind)]

    def made(self, table: str) -> int:
        """How many records of that table the portal ever made, by the ledger."""
        return len([entry for entry in self.world.ledger.of(f"create {table}") if entry.by == "portal"])


def done(reply: Reply | Eligibility | Identity) -> Reply:
    """The reply, which must be done."""
    assert isinstance(reply, Reply), reply
    assert reply.work.state is WorkState.DONE, reply
    return reply


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@asynccontextmanager
async def a_house(folder: Path, limits: dict[Limited, Limit] | None = None) -> AsyncIterator[House]:
    """A house in that folder, at work."""
    async with a_quiet_house(folder, limits) as house:
        await house.runner.open()
        try:
            yield house
        finally:
            await house.runner.stop(0)


async def _migrated() -> Path:
    """An empty database, made once for all tests: migrating is slower than copying."""
    if not _MIGRATED:
        file = made(Path(tempfile.mkdtemp()) / "empty.db")
        database = opened(file)
        await migrate(database)
        await database.close()
        _MIGRATED.append(file)
    return _MIGRATED[0]


_MIGRATED: list[Path] = []


@asynccontextmanager
async def a_quiet_house(
    folder: Path, limits: dict[Limited, Limit] | None = None, *, like: "Left | None" = None
) -> AsyncIterator[House]:
    """A house in that folder, in which nobody works yet: a new one, or a copy of one that was left."""
    file = folder / f"{RandomIds().new()}.db"
    database = opened(copied(like.file if like else await _migrated(), file))
    house = House(SqlStore(database, limits=limits or ROOMY), like.world.twin(like.at) if like else World.new(), limits)
    house.file = file
    house.position = like.position if like else None
    try:
        yield house
    finally:
        await database.close()


@dataclass(frozen=True)
class Left:
    """A house that was left as it is, to be copied any number of times."""

    file: Path
    world: World
    at: datetime
    position: str | None


async def left(folder: Path, prepare: Callable[[House], Awaitable[T]]) -> tuple[Left, T]:
    """A house in that folder that was prepared and left, with what preparing it answered."""
    async with a_house(folder) as house:
        answer = await prepare(house)
    assert house.file is not None
    return Left(house.file, house.world, house.clock.now(), house.position), answer

"""A tiny portal of one made-up area, with what it needs held in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Litestar, Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from adapters.http.app import create_app
from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.events_stream import Event, EventStream, Streams
from adapters.http.health import Check
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.paging import PAGE, Cursors, CursorText, Page, PageSize
from adapters.http.ready import Ready, at_once, at_once_for_customer
from adapters.http.replies import accepted
from adapters.http.surroundings import Answered, HttpSettings, SigningSecret, Surroundings
from adapters.system.limits import CountedInMemory
from core.domain.ids import AccountId, ClientId, ContactId, RequestId, RequestKey, SessionId, UserId
from core.domain.limits import Limited
from core.domain.refusals import AskedTooSoon, FieldFault, GateFailure, GatesClosed, Invalid, NotFound, TooLate
from core.domain.session import Session
from core.domain.words import Language
from core.domain.work import Reply, Work, WorkKind, WorkState
from ports.errors import Rejected, Unavailable
from ports.store import KeptAnswer, KeyState

NOON = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
SECRET = b"genkan-test-secret-0123456789abcdef"


def customer(name: str) -> Session:
    return Session(
        session=SessionId(f"s-{name}"),
        user=UserId(f"u-{name}"),
        account=AccountId(f"a-{name}"),
        contact=ContactId(f"c-{name}"),
        client=ClientId(f"w-{name}"),
        csrf=f"csrf-of-{name}",
    )


MINA, KEN = customer("mina"), customer("ken")
TOKENS = {"token-of-mina-0123456789": MINA, "token-of-ken-01234567890": KEN}
AS_MINA = {"Authorization": "Bearer token-of-mina-0123456789"}
AS_KEN = {"Authorization": "Bearer token-of-ken-01234567890"}


@dataclass
class HandClock:
    """A clock that is moved by hand."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class CountingIds:
    made: int = 0

    def new(self) -> str:
        self.made += 1
        return f"{self.made:032x}"


@dataclass
class Shelf:
    """Answers and nonces in memory, with the promises of ports/store."""

    answers_kept: dict[tuple[str, str], tuple[str, KeptAnswer]] = field(default_factory=dict)
    nonces_kept: set[tuple[str, str]] = field(default_factory=set)

    async def take(self, owner: str, key: str, digest: str, now: datetime) -> KeptAnswer:
        if (owner, key) not in self.answers_kept:
            self.answers_kept[owner, key] = digest, KeptAnswer(state=KeyState.RUNNING, taken_at=now)
            return KeptAnswer(state=KeyState.FRESH)
        first, kept = self.answers_kept[owner, key]
        return kept if first == digest else KeptAnswer(state=KeyState.DIFFERENT)

    async def keep(self, owner: str, key: str, status: int, body: bytes, headers: dict[str, str]) -> None:
        digest, _ = self.answers_kept[owner, key]
        kept = KeptAnswer(state=KeyState.ANSWERED, status=status, body=body, headers=headers)
        self.answers_kept[owner, key] = digest, kept

    async def leave_open(self, owner: str, key: str) -> None:
        digest, kept = self.answers_kept[owner, key]
        self.answers_kept[owner, key] = digest, KeptAnswer(state=KeyState.OPEN, taken_at=kept.taken_at)

    async def give_back(self, owner: str, key: str) -> None:
        self.answers_kept.pop((owner, key), None)

    async def spend(self, key_id: str, nonce: str, now: datetime) -> bool:
        seen = (key_id, nonce) in self.nonces_kept
        self.nonces_kept.add((key_id, nonce))
        return not seen


class MemoryStore:
    """As much of a store as the foundation touches."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.answers = self.nonces = self.shelf

    @asynccontextmanager
    async def begin(self, *, durable: bool = False) -> AsyncIterator[Any]:
        yield self

    reading = begin


@dataclass
class Notes:
    """A lookout that remembers."""

    calls: list[Answered] = field(default_factory=list)
    crashes: list[tuple[BaseException, str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def answered(self, call: Answered) -> None:
        self.calls.append(call)

    def crashed(self, error: BaseException, route: str, correlation_id: str) -> None:
        self.crashes.append((error, route, correlation_id))

    def upstream_refused(self, code: str, route: str, correlation_id: str) -> None:
        self.refused.append(code)


class Lamp(Ask, frozen=True):
    name: Annotated[str, msgspec.Meta(max_length=20)]
    watts: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    bought_on: date | None = None
    tags: tuple[str, ...] = ()
    anything: Any = None

    example: ClassVar[Any] = {"name": "hall", "watts": 7}


class LampShown(Answer, frozen=True):
    id: str
    name: str
    lit_for: int = 0

    example: ClassVar[Any] = {"id": "l-1", "name": "hall", "litFor": 3}


ERRORS: dict[str, Exception] = {
    "invalid": Invalid(FieldFault("name", "too_long", {"longest": 3}), FieldFault("watts", "required")),
    "gates": GatesClosed((GateFailure("id_not_verified", "upload_id", 1), GateFailure("price_changed", "review_cart"))),
    "soon": AskedTooSoon(until=date(2026, 3, 1)),
    "late": TooLate(),
    "away": Unavailable("salesforce: 安否 of Mina Ito", retry_after=7.2),
    "rejected": Rejected("FIELD_CUSTOM_VALIDATION", "Mina Ito"),
    "bug": KeyError("Mina Ito"),
    "odd": Invalid(FieldFault("name", "no_such_code")),
}
SHELF = Ready.of(LampShown(id="all", name="ランプ"))
OWN = {user: Ready.of(LampShown(id=user, name="own"), cache="private, no-cache") for user in ("u-mina",)}


@get("/lamps", **operation("lamps.list", tag="Lamps", summary="Lamps"))
async def lamps(
    session: Given[Session], cursors: Given[Cursors], limit: PageSize = PAGE, cursor: CursorText = None
) -> Page[LampShown]:
    start = cursors.read("lamps", cursor, tuple[int])[0] if cursor else 0
    items = tuple(LampShown(id=f"l-{n}", name=session.user) for n in range(start, min(start + limit, 45)))
    end = start + len(items)
    return Page(items=items, next_cursor=cursors.write("lamps", end) if end < 45 else None)


@get("/lamps/{id:str}", **operation("lamps.read", tag="Lamps", summary="One lamp"))
async def lamp(id: FromPath[str], session: Given[Session]) -> LampShown:
    if id != f"of-{session.user}":
        raise NotFound
    return LampShown(id=id, name="mine")


@post("/lamps", **operation("lamps.add", tag="Lamps", summary="Add a lamp", raises=(Invalid,)))
async def add_lamp(data: JSONBody[Lamp], once: Given[Once], made: Given[list[str]]) -> Response[LampShown]:
    async def make(key: RequestKey) -> Response[LampShown]:
        if data.name == "refused":
            raise Invalid(FieldFault("name", "required"))
        if data.name == "slow" and key not in made:
            made.append(key)
            work = Work(key=key, kind=WorkKind.SAVE_PROFILE, state=WorkState.IN_PROGRESS)
            return accepted(Reply(request=RequestId("r-1"), about="me", work=work))
        made.append(key)
        return Response(
            LampShown(id=f"l-{len(made)}", name=data.name), headers={"location": f"/api/lamps/l-{len(made)}"}
        )

    return await once(make)


@delete("/lamps/{id:str}", **operation("lamps.remove", tag="Lamps", summary="Remove"), status_code=204)
async def remove_lamp(id: FromPath[str], session: Given[Session]) -> None:
    return None


@post("/signed/{id:str}", **operation("signed", tag="Lamps", summary="Signed", who=Who.SIGNED), status_code=202)
async def signed(id: FromPath[str], once: Given[Once], made: Given[list[str]]) -> Response[dict[str, int]]:
    async def do(key: RequestKey) -> Response[dict[str, int]]:
        made.append(key)
        return Response({"done": len(made)})

    return await once(do)


@post("/orders/{id:str}/provision", **operation("provision", tag="Lamps", summary="Signed", who=Who.SIGNED))
async def provision(id: FromPath[str], data: JSONBody[dict[str, str]]) -> dict[str, str]:
    return data


@get("/faults/{kind:str}", **operation("faults", tag="Lamps", summary="Go wrong", who=Who.ANYONE))
async def faults(kind: FromPath[str]) -> None:
    raise ERRORS[kind]


@post("/open", **operation("open", tag="Lamps", summary="Limited", who=Who.ANYONE, limited=Limited.SIGN_UP))
async def limited(data: JSONBody[Lamp]) -> dict[str, str]:
    return {"name": data.name}


@get("/greeting", **operation("greeting", tag="Lamps", summary="Greeting", who=Who.EITHER))
async def greeting(
    caller: Given[Session | None], language: Given[Language], times: FromQuery[int] = 1
) -> dict[str, Any]:
    return {"user": caller.user if caller else None, "language": language, "times": times}


@post("/greeting", **operation("greeting.set", tag="Lamps", summary="Greeting", who=Who.EITHER))
async def set_greeting(caller: Given[Session | None]) -> dict[str, Any]:
    return {"user": caller.user if caller else None}


async def _shelf(scope: Any) -> Ready[LampShown] | None:
    return SHELF


async def _own(scope: Any, session: Session) -> Ready[LampShown] | None:
    return OWN.get(session.user)


@get("/shelf", **operation("shelf", tag="Lamps", summary="Ready", who=Who.ANYONE), middleware=[at_once(_shelf)])
async def shelf() -> Ready[LampShown]:
    raise AssertionError("answered from memory")


@get("/own", **operation("own", tag="Lamps", summary="Ready"), middleware=[at_once_for_customer(_own)])
async def own(session: Given[Session]) -> Ready[LampShown]:
    return Ready.of(LampShown(id=session.user, name="made"))


@get("/events", **operation("events", tag="Lamps", summary="Events"))
async def events(session: Given[Session], streams: Given[Streams]) -> EventStream:
    async def said() -> AsyncIterator[Event]:
        yield Event(event="greeting", data={"name": "ランプ\n"}, id="7")
        yield Event(event="end", data=None)

    return streams.stream(session.user, said())


AREA = (
    lamps,
    lamp,
    add_lamp,
    remove_lamp,
    signed,
    provision,
    faults,
    limited,
    greeting,
    set_greeting,
    shelf,
    own,
    events,
)


@dataclass
class Demo:
    """The portal and what stands around it."""

    settings: HttpSettings = field(default_factory=HttpSettings)
    clock: HandClock = field(default_factory=HandClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    notes: Notes = field(default_factory=Notes)
    signing: tuple[SigningSecret, ...] = (SigningSecret("first", SECRET), SigningSecret("second", b"another-secret"))
    checks: tuple[Check, ...] = ()
    made: list[str] = field(default_factory=list)

    def app(self) -> Litestar:
        async def read(token: str) -> Session | None:
            return TOKENS.get(token)

        around = Surroundings(
            clock=self.clock,
            ids=CountingIds(),
            store=self.store,  # type: ignore[arg-type]  # the shelves the foundation touches are there
            limits=CountedInMemory(),
            sessions=read,
            lookout=self.notes,
            signing=self.signing,
        )
        return create_app(self.settings, around, AREA, {"made": lambda: self.made}, checks=self.checks)

"""One org as the ports see it: its rows by the portal's names, its own ids, and writes that expect a state."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, Final

from adapters.calling.lanes import Lanes
from adapters.salesforce.client import Client
from adapters.salesforce.faults import HALTED
from adapters.salesforce.field_map import FieldMap
from adapters.salesforce.memory import Memory
from adapters.salesforce.picklists import Picklists
from adapters.salesforce.reading import Reading
from adapters.salesforce.requests import Get, Patch, Post, Record, Ref, SubAnswer, SubRequest
from adapters.salesforce.rows import Names, Row, value_of
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.soql import Compare, Condition, Select, any_of, eq, is_in, select
from adapters.salesforce.whole_texts import written_whole
from core.domain.ids import crm_id
from core.domain.support import CaseKind
from ports.clock import Clock
from ports.errors import Rejected, Unavailable

CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""By how much Salesforce's clock may be behind the portal's."""
KEYED: Final = ("account", "contact", "opportunity", "order", "case")
"""What is found again by its request key, where the org has a field for it."""
FOUND: Final = "records[0].Id"
"""Where a query's answer has the id of its first row, for parts that come after it."""


class Org:
    """What every port on Salesforce works with."""

    def __init__(
        self,
        client: Client,
        settings: SalesforceSettings,
        field_map: FieldMap,
        picklists: Picklists,
        clock: Clock,
    ) -> None:
        self.client = client
        self.settings = settings
        self.names = Names(field_map)
        self.picklists = picklists
        self.clock = clock
        self.keys_are_unique = settings.keys_are_unique and self.has_keys(*KEYED)
        """Whether the org itself takes no key twice; else all is looked for before it is made."""
        self.memory = Memory()
        self._reading = Reading(client)
        self._lanes = Lanes()
        self._record_types: dict[tuple[str, str], str] | None = None
        self._price_book: str | None = None

    def has_keys(self, *tables: str) -> bool:
        """Whether the org has a field for request keys on each of these; on a person account one is enough."""
        is_person = self.settings.person_accounts
        return all(self.names.has(table, "key") for table in tables if not (is_person and table == "contact"))

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Be the only one in this process who writes under that name."""
        return self._lanes.alone(name)

    # --- reading ---------------------------------------------------------------------------------------------------
    async def records(self, query: Select, *, background: bool = False) -> list[Record]:
        """The records of a query; those that somebody waits for go together with others of the same moment."""
        with self.own_words():
            if background:
                return await self.client.query(query, background=True)
            return await self._reading.rows(query)

    async def rows(self, table: str, query: Select, *, background: bool = False) -> list[Row]:
        """The same by the portal's names."""
        return [self.names.row(table, record) for record in await self.records(query, background=background)]

    def choose(self, table: str, *more: "str | Select", only: Sequence[str] = ()) -> Select:
        """A query for every field of a table, or `only` some, and `more` from above and below it."""
        return select(*self.names.fields(table, *only), *more).of(self.names.object(table))

    def is_(self, table: str, name: str, value: Any) -> Compare:
        """The condition that a field holds a value, or one of several."""
        field, value = self.names.field(table, name), value_of(name, value)
        return is_in(field, tuple(value)) if isinstance(value, tuple | list | frozenset) else eq(field, value)

    def by_id(self, table: str, id: str, *expected: Condition) -> Select:
        """The query for the id of a row that is as expected."""
        return self.choose(table, only=("id",)).where(self.is_(table, "id", id), *expected)

    def id_of(self, id: str) -> str | None:
        """The long form of an id; None for what can be none, which nobody need ask Salesforce about."""
        return crm_id(id)

    def sure_id(self, table: str, id: str) -> str:
        """The long form of an id; raises Rejected for what can be none, as Salesforce does."""
        long = crm_id(id)
        if long is None:
            raise Rejected("MALFORMED_ID", table, ("id",))
        return long

    # --- writing ---------------------------------------------------------------------------------------------------
    def post(self, table: str, values: Mapping[str, Any], ref: str) -> SubRequest:
        """The part of a composite that makes a row."""
        return Post(self.names.object(table), self.names.body(table, values), ref)

    def patch(self, table: str, id: str, values: Mapping[str, Any], ref: str) -> SubRequest:
        """The part of a composite that changes one."""
        return Patch(self.names.object(table), id, self.names.body(table, values), ref)

    async def at_once(self, *parts: SubRequest, by_key: bool = False) -> dict[str, SubAnswer]:
        """All or none of the parts, which may arrive twice: by the state they expect, or `by_key` if it is unique."""
        keyed = self.keys_are_unique or not by_key
        async with self.writing(keyed=keyed):
            answers = await self.client.composite(*parts, all_or_none=True, keyed=keyed)
        await written_whole(self.client, parts, answers)
        return {answer.ref: answer for answer in answers}

    async def apart(self, *parts: SubRequest) -> list[SubAnswer]:
        """Each of the parts by itself; what goes by something that is not there is not done, and no fault.

        Raises what was wrong with any other. The parts may arrive twice, by the state that they expect.
        """
        with self.own_words():
            answers = await self.client.composite(*parts, all_or_none=False, keyed=True)
            for answer in answers:
                if answer.fault is not None and answer.fault.code not in HALTED:
                    raise answer.fault.error(answer.ref)
        return answers

    async def change(
        self,
        table: str,
        id: str,
        expected: Sequence[Condition],
        values: Mapping[str, Any],
        after: Select,
        beside: Sequence[SubRequest] = (),
    ) -> tuple[Record, dict[str, SubAnswer]]:
        """Write `values` if the row is as expected; the record as it is then, and what was read `beside`.

        Looked at and written in one call, so that nobody comes in between; where the row is otherwise nothing is
        written and it is read by itself. Raises Rejected where there is no such row.
        """
        guard = Get.query(self.by_id(table, id, *expected).limit(1), "guard")
        read = [Get.query(after, "after"), *beside]
        try:
            answers = await self.at_once(guard, self.patch(table, Ref("guard", FOUND), values, "write"), *read)
        except Rejected as rejected:
            if not is_halted(rejected):
                raise
            answers = await self.at_once(*read)
        record = answers["after"].record
        if record is None:
            raise Rejected("NOT_FOUND", table, ("id",))
        return record, answers

    async def make(self, table: str, look: Callable[[], Awaitable[str | None]], values: Mapping[str, Any]) -> str:
        """The id of the row that `look` finds, made if it is not there; one that is stays as it is."""
        made = await look()
        if made is not None:
            return made
        try:
            async with self.writing(keyed=self.keys_are_unique):
                body = self.names.body(table, values)
                return await self.client.create(self.names.object(table), body, keyed=self.keys_are_unique)
        except Rejected as rejected:
            made = await look() if is_taken(rejected) else None
            if made is None:
                raise
            return made

    async def create(self, table: str, values: Mapping[str, Any]) -> str:
        """Make a row that has no key of its own; a lost answer is waited for, and then for the caller to look for."""
        async with self.writing(keyed=False):
            return await self.client.create(self.names.object(table), self.names.body(table, values), keyed=False)

    @asynccontextmanager
    async def writing(self, *, keyed: bool) -> AsyncIterator[None]:
        """A write, refused in the portal's words; one without a key is waited for where its answer is lost."""
        try:
            with self.own_words():
                yield
        except Unavailable as lost:
            if lost.outcome_unknown and not keyed:
                # it may be done yet: who asks again and looks now would not see it
                await asyncio.sleep(self.settings.patience.settle)
            raise

    @contextmanager
    def own_words(self) -> Iterator[None]:
        """Whatever is refused inside names the portal's tables and fields."""
        try:
            yield
        except Rejected as rejected:
            raise self.names.own(rejected) from rejected

    # --- the org's own ids -----------------------------------------------------------------------------------------
    async def record_type(self, table: str, developer_name: str) -> str:
        """The id of a record type, looked up once."""
        if self._record_types is None:
            await self.look_round()
        found = (self._record_types or {}).get((self.names.object(table), developer_name))
        if found is None:
            self._record_types = None  # whoever makes it need not start the portal anew
            raise Rejected("no_record_type", table, ("record_type",))
        return found

    async def case_type(self, kind: CaseKind) -> str:
        """The id of the record type for a kind of case."""
        return await self.record_type("case", self.case_type_name(kind))

    def case_type_name(self, kind: CaseKind) -> str:
        """What the org calls the record type for a kind of case."""
        return self.settings.case_record_types.get(kind, kind.value)

    async def price_book(self) -> str:
        """The id of the price book of portal orders, looked up once."""
        if self._price_book is None:
            await self.look_round()
        if self._price_book is None:
            raise Rejected("no_price_book", "price_book", ("name",))
        return self._price_book

    async def look_round(self) -> None:
        """Learn the org's own ids, in one call."""
        types = self.choose("record_type").where(
            self.is_("record_type", "object", (self.names.object("account"), self.names.object("case")))
        )
        name = self.settings.price_book
        book = self.is_("price_book", "name", name) if name else self.is_("price_book", "is_standard", True)
        books = self.choose("price_book", only=("id", "name")).where(book)
        with self.own_words():
            typed, booked = await self.client.composite(
                Get.query(types, "types"), Get.query(books, "books"), all_or_none=False, keyed=True
            )
            for answer in (typed, booked):
                if answer.fault is not None:
                    raise answer.fault.error("query")
        rows = [self.names.row("record_type", record) for record in typed.records]
        self._record_types = {(row["object"], row["developer_name"]): row["id"] for row in rows}
        self._price_book = next((self.names.row("price_book", each)["id"] for each in booked.records), None)


def empty_or(field: str, *conditions: Condition) -> Condition:
    """The field is empty, or one of the conditions holds."""
    return any_of(eq(field, None), *conditions)


def overtaken(what: str) -> Unavailable:
    """Others wrote meanwhile, again and again, so that nothing was written; it may be tried anew."""
    return Unavailable(f"salesforce.{what} overtaken", outcome_unknown=False)


def part_of(rejected: Rejected) -> str:
    """The part of a composite that was refused; "" for what had none."""
    told = rejected.__cause__
    return told.what.partition("#")[2] if isinstance(told, Rejected) else ""


def is_halted(rejected: Rejected) -> bool:
    """Whether a composite failed for nothing but what one part expected of another."""
    return rejected.code in HALTED


def is_taken(rejected: Rejected) -> bool:
    """Whether a unique value is held already."""
    return rejected.code == "DUPLICATE_VALUE"

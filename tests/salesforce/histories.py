"""Random histories of accounts whose events come twice, out of order, with gaps or not at all.

python -m tests.salesforce.histories --count 10000 --seed 1

A history is the life of one account: changes of it, its contact, its order and its sale, by staff and by the portal.
Many go on at once, while streams are cut and the process that reads them ends and begins again. In the end the portal
must have read each record after its last change; of what never came it learns by looking, and of nothing else.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from adapters.fakes.tables import Row
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace as ServerPace
from core.domain.facts import (
    AccountChanged,
    AnyFact,
    EligibilityChanged,
    EventUnreadable,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
)
from ports.errors import Rejected, Unavailable
from tests.salesforce.events_house import Ear, EventsHouse, events_house
from tests.salesforce.fates import Fates, told_of
from tests.wire.salesforce.pubsub_house import topics_of

TOPICS: Final = topics_of("Account", "Contact", "Opportunity", "Order", "Product2")
AT_ONCE: Final = 20
KEEPALIVE: Final = ServerPace(keepalive=0.005)


@dataclass
class Reader:
    """The portal as far as it matters here: it reads again what a fact is about, once for each fact's id."""

    house: EventsHouse
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    learned: set[str] = field(default_factory=set)
    unread: int = 0

    def learn(self, fact: AnyFact) -> None:
        if fact.id in self.learned:
            return
        self.learned.add(fact.id)
        match fact:
            case EligibilityChanged():
                self.read("eligibility", fact.account)
            case IdentityChanged():
                self.read("identity", fact.account)
            case AccountChanged():
                self.read("account", fact.account)
            case OrderChanged():
                assert self.row("order", fact.order)["account"] == fact.account
                self.read("order", fact.order)
            case OpportunityChanged():
                assert self.row("opportunity", fact.opportunity)["account"] == fact.account
                self.read("opportunity", fact.opportunity)
            case EventUnreadable():
                self.unread += 1
            case _:
                self.read("catalog", "")

    def row(self, table: str, id: str) -> Row:
        row = self.house.world.records.get(table, id)
        assert row is not None
        return row

    def read(self, what: str, id: str) -> None:
        self.known[what, id] = self.truth(what, id)

    def truth(self, what: str, id: str) -> Any:
        """What there is to know, as it is now."""
        records = self.house.world.records
        if what == "catalog":
            return [dict(row) for row in records.find("product")]
        if what in ("order", "opportunity"):
            return dict(self.row(what, id))
        prefix = {"eligibility": "eligibility_", "identity": "id_"}.get(what)
        row = self.row("account", id)
        if prefix is not None:
            return {name: value for name, value in row.items() if name.startswith(prefix)}
        silent = ("eligibility_", "id_", "last_sign_in", "changed_at")
        contacts = [dict(contact) for contact in records.find("contact", account=id)]
        return {name: value for name, value in row.items() if not name.startswith(silent)} | {"contacts": contacts}

    def look(self, object: str, id: str) -> None:
        """Read what was changed and never told."""
        if object == "Account":
            for what in ("eligibility", "identity", "account"):
                self.read(what, id)
        elif object == "Contact":
            self.read("account", self.row("contact", id)["account"])
        elif object == "Product2":
            self.read("catalog", "")
        else:
            self.read(object.lower(), id)


@dataclass
class Life:
    """One account and what is its."""

    account: str
    contact: str
    order: str
    sale: str

    @property
    def subjects(self) -> list[tuple[str, str]]:
        of_account = [(what, self.account) for what in ("eligibility", "identity", "account")]
        return [*of_account, ("order", self.order), ("opportunity", self.sale)]


class Histories:
    """Rounds of histories over one sandbox and one portal."""

    def __init__(self, house: EventsHouse, seed: int) -> None:
        self.house = house
        self.chance = random.Random(seed)
        self.reader = Reader(house)
        self.ear: Ear = house.ear()
        self.tally: Counter[str] = Counter()
        self.fates = Fates(house.pubsub.bus, self.chance, self.tally)
        self.lives: list[Life] = []
        self.count = 0
        self.reader.read("catalog", "")

    async def round(self, lives: int) -> None:
        """So many histories, all at once, from beginning to end."""
        self.fates.hold()
        self.lives = [self._born() for _ in range(lives)]
        for _ in range(self.chance.randint(2, 4)):
            for _ in range(lives * 2):
                self._change(self.chance.choice(self.lives))
            self.fates.let_go(self.chance.random())
            await self._meanwhile()
        self.fates.let_go(1)
        await self._hear_all()
        for object, id in self.fates.unheard:
            self.reader.look(object, id)
        self.fates.unheard.clear()
        for what, id in self._subjects():
            known, truth = self.reader.known.get((what, id)), self.reader.truth(what, id)
            assert known == truth, f"the portal does not know how {what} {id} stands"
        self.tally["histories"] += lives
        # what is old is forgotten by everybody, as it is after 72 hours
        self.house.world.clock.advance(timedelta(hours=80))

    def _subjects(self) -> list[tuple[str, str]]:
        return [("catalog", ""), *(subject for life in self.lives for subject in life.subjects)]

    def _born(self) -> Life:
        records = self.house.world.records
        account = self.house.pubsub.account()
        # a new account tells of nothing that it does not have
        for what in ("eligibility", "identity"):
            self.reader.read(what, account)
        person = {"account": account, "last_name": "Mori"}
        sale = {"account": account, "name": "Sale", "stage": "Introduction", "close_date": date(2026, 2, 1)}
        with records.all_or_none():
            contact = records.create("contact", person, "portal")
            opportunity = records.create("opportunity", sale, "portal")
        return Life(account, contact, self.house.an_order(account, "portal"), opportunity)

    def _change(self, life: Life) -> None:
        self.count += 1
        records, word, by = self.house.world.records, f"word {self.count}", self.chance.choice(["staff", "portal"])
        changes: list[tuple[str, str, dict[str, Any]]] = [
            ("account", life.account, {"eligibility_value": word}),
            ("account", life.account, {"id_note": word}),
            ("account", life.account, {"city": word, "eligibility_notes": word}),
            ("account", life.account, {"last_sign_in": self.house.world.clock.now()}),
            ("contact", life.contact, {"street": word}),
            ("order", life.order, {"cancel_message": word}),
            ("opportunity", life.sale, {"name": word}),
        ]
        if self.chance.random() < 0.02:
            product = self.chance.choice(records.find("product"))
            records.update("product", product["id"], {"description": word}, "staff")
        with records.all_or_none():
            for table, id, values in self.chance.sample(changes, self.chance.choice([1, 1, 2, 3])):
                by = "staff" if "id_note" in values else by
                records.update(table, id, values, by)

    async def _meanwhile(self) -> None:
        """What can happen between two changes."""
        match self.chance.choice(["hear", "hear", "cut", "cut", "restart", "die"]):
            case "hear":
                await self._hear()
            case "cut":
                self.tally["cut"] += 1
                self.house.pubsub.server.cut("service.unavailable")
            case "restart":
                self.tally["restarted"] += 1
                await self._restart()
            case "die":
                # what was learned stays learned, and is told again
                self.tally["died"] += 1
                await self._hear(stores=False)
                await self._restart()

    async def _restart(self) -> None:
        await self.ear.stream.close()
        self.house.ears.remove(self.ear)
        self.ear = self.house.ear(self.ear.last)

    async def _hear_all(self) -> None:
        while await self._hear():
            pass

    async def _hear(self, *, stores: bool = True) -> bool:
        """Take in a batch as the portal does; answers whether there may be more."""
        try:
            batch = await self.ear.peek()
        except Unavailable:
            await asyncio.sleep(0.005)
            return True
        except Rejected:
            self.tally["reconciled"] += 1
            # everything that can have changed since is read again
            for what, id in self._subjects():
                self.reader.read(what, id)
            self.ear.last = None
            return True
        for fact in batch.facts:
            self.reader.learn(fact)
        self.tally["facts"] += len(batch.facts)
        if stores:
            self.ear.last = batch.position
        return bool(batch.facts)


async def live(count: int, seed: int) -> Counter[str]:
    """Live that many histories; AssertionError for one in which the portal missed something."""
    async with events_house(TOPICS, KEEPALIVE) as house:
        histories = Histories(house, seed)
        while (left := count - histories.tally["histories"]) > 0:
            await histories.round(min(AT_ONCE, left))
        return histories.tally


if __name__ == "__main__":
    told_of(lambda count, seed: asyncio.run(live(count, seed)), __doc__)

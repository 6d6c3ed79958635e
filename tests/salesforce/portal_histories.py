"""Random histories of customers as a whole portal learns of them, by events that come twice, shuffled, as gaps or not.

python -m tests.salesforce.portal_histories --count 10000 --seed 1

A history is what staff do about one customer between two quiet minutes: they answer, decide on a document, correct a
name, move an order's day and its sale, bar the account. Twenty go on at once over one portal, which listens and looks
for what it lost by itself, while its streams are cut and it is closed and opened again. A minute after the last change
each customer must be shown what Salesforce holds, and the portal must have learned each record as it stands (T-5).
"""

import io
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rich.console import Console

from adapters.fakes.tables import Row
from adapters.fakes.wire.salesforce.pubsub.bus import WIRE, EventBus
from adapters.fakes.wire.salesforce.pubsub.log import RETENTION
from adapters.fakes.world import World
from adapters.salesforce.events.settings import EventSettings
from adapters.salesforce.events.topics import topics_of
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.settings import SalesforceSettings
from core.domain.account import PortalStatus
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.notice import fact_version
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus
from genkan import salesforce as link
from genkan.client import Customer, Json, NotExpected, Portal
from genkan.demo.people import signed_up
from genkan.demo.placing import placed, with_card
from genkan.demo.play import Play
from genkan.running import Running
from genkan.settings import WHMCS, Choice, Profile
from tests.model.morning import migrated
from tests.portal import HASTE, QUICK, portal_in, warm_cleaner
from tests.salesforce.fates import Fates, told_of
from tests.worlds import a_world

TOPICS: Final = tuple(topic for topic in topics_of(DEFAULT) if topic.startswith("/data/"))
"""Changes alone: the event by which an org tells of answers as well would make good what is lost of them."""
AT_ONCE: Final = 20
MINUTE: Final = timedelta(seconds=61)
"""What is lost is looked for once a minute."""
RECENT: Final = timedelta(minutes=10)
"""How long ago the oldest events happened that are still kept."""
SETTLES: Final = 60.0
"""Seconds until a busy machine must be quiet."""


@dataclass
class Life:
    """One customer, and what is theirs in Salesforce."""

    customer: Customer
    account: str
    contact: str
    order: str
    sale: str


class Histories:
    """Rounds of histories over one world and one portal."""

    def __init__(self, folder: Path, database: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.tally: Counter[str] = Counter()
        self.lives: list[Life] = []
        self.count = 0
        self._folder, self._database = folder, database
        self._world: World = a_world()
        self._open()
        self._play = Play(Portal(self._http), Console(file=io.StringIO()))

    # --- the portal ------------------------------------------------------------------------------------------------
    def _open(self) -> None:
        link.KEEPALIVE = 0.01
        changes: dict[str, Any] = {
            "profile": Profile.SANDBOX,
            "ports": dict.fromkeys(WHMCS, Choice.FAKE),
            "salesforce": SalesforceSettings(patience=QUICK, events=EventSettings(pace=HASTE, topics=TOPICS)),
        }
        self._held: AbstractContextManager[tuple[Any, Running]] = portal_in(
            self._folder, self._database, self._world, warm_cleaner(), **changes
        )
        self._http, self._running = self._held.__enter__()
        bus = self._world.wires[WIRE]
        assert isinstance(bus, EventBus)
        self._fates = Fates(bus, self.chance, self.tally)

    def close(self) -> None:
        """Stop the portal."""
        self._held.__exit__(None, None, None)

    def _reopen(self) -> None:
        self.tally["opened again"] += 1
        self.close()
        self._open()
        self._play.portal.http = self._http

    def _there(self, deed: Callable[..., Any], *arguments: Any) -> Any:
        """Do it in the portal's own loop, where the world and its events live."""
        return self._http.blocking_portal.call(deed, *arguments)

    def _settle(self) -> None:
        if not self._there(self._running.settle, SETTLES):
            left = self._there(self._running.container.work().unsettled)
            raise AssertionError(f"after {dict(self.tally)} the portal does not come to rest: {left}")

    # --- the histories ---------------------------------------------------------------------------------------------
    def begin(self, lives: int) -> None:
        """Have so many customers, each with an order that waits for its day."""
        while len(self.lives) < lives:
            number = len(self.lives)
            customer = signed_up(self._play, "Aiko", email=f"aiko{number}@example.com")
            with_card(self._play, customer)
            day = (self._world.clock.now() + timedelta(days=9)).isoformat()
            order = placed(self._play, customer, [{"plan": "VPN-LONDON"}], activation="scheduled", activateAt=day)
            sale = self._play.of_order(order)["opportunity"]
            account = self._play.backstage.account(customer)["id"]
            contact = self._world.records.one("contact", account=account)
            assert contact is not None
            self._world.records.update("account", account, {"id_status": IdStatus.VERIFIED}, "staff")
            self._world.records.update("order", order, {"status": OrderStatus.APPROVED}, "staff")
            self.lives.append(Life(customer, account, contact["id"], order, sale))
        self._settle()
        wrong = [finding for finding in self._play.findings if not finding.holds]
        assert not wrong, wrong

    def round(self) -> None:
        """A history of each customer, all at once, from one quiet minute to the next."""
        self._there(self._fates.hold)
        for _ in range(self.chance.randint(1, 3)):
            self._there(self._changes)
            self._there(self._fates.let_go, self.chance.random())
            self._meanwhile()
        self._there(self._let_all_go)
        self._settle()
        self._world.clock.advance(MINUTE)
        self._settle()
        for life in self.lives:
            self._compare(life)
        self._there(self._forget_old)
        self.tally["histories"] += len(self.lives)

    def _forget_old(self) -> None:
        # a place that is lost has the oldest kept told again, which are those of a few rounds and not of thousands
        for topic in self._fates.bus.topics.values():
            topic.forget(self._world.clock.now() + RETENTION - RECENT)

    def _let_all_go(self) -> None:
        self._fates.let_go(1)
        # what the portal itself writes from now on is told as it is
        self._fates.bus.faults.holding = False

    def _meanwhile(self) -> None:
        match self.chance.choices(["hear", "minute", "cut", "open again"], [50, 20, 28, 2])[0]:
            case "hear":
                self._settle()
            case "minute":
                self._world.clock.advance(MINUTE)
            case "cut":
                self.tally["cut"] += 1
                self._play.backstage.world.switch_wire_fault(
                    system=WIRE, kind="corrupted replay id", operation="*", times=1, after=self.chance.randrange(9)
                )
            case _:
                self._reopen()
                self._there(self._fates.hold)

    def _changes(self) -> None:
        records = self._world.records
        for life in self.chance.choices(self.lives, k=len(self.lives)):
            with records.all_or_none():
                for table, id, values in self.chance.sample(self._possible(life), self.chance.choice([1, 1, 2])):
                    records.update(table, id, values, "staff")
                    self.tally["changes"] += 1

    def _possible(self, life: Life) -> list[tuple[str, str, dict[str, Any]]]:
        self.count += 1
        word, now, chance = f"word {self.count}", self._world.clock.now(), self.chance
        answer = chance.choice([EligibilityStatus.ELIGIBLE, EligibilityStatus.INELIGIBLE])
        decision = chance.choice([IdStatus.VERIFIED, IdStatus.REJECTED])
        account: list[dict[str, Any]] = [
            {"eligibility_status": answer, "eligibility_notes": word, "eligibility_checked_at": now},
            {"id_status": decision, "id_message": word, "id_reviewed_at": now},
            {"city": word},
            {"portal_status": chance.choices([PortalStatus.ACTIVE, PortalStatus.INACTIVE], [3, 1])[0]},
        ]
        return [
            *(("account", life.account, values) for values in account),
            ("contact", life.contact, {"first_name": word}),
            ("order", life.order, {"activate_at": now + timedelta(days=chance.randint(2, 20))}),
            ("opportunity", life.sale, {"stage": chance.choice([Stage.PENDING, Stage.POST_PROCESSING])}),
        ]

    # --- what must be known ----------------------------------------------------------------------------------------
    def _compare(self, life: Life) -> None:
        account, contact = self._row("account", life.account), self._row("contact", life.contact)
        order, sale = self._row("order", life.order), self._row("opportunity", life.sale)
        subjects = {
            f"order:{life.order}": fact_version(OrderStatus(order["status"]), order["changed_at"]),
            f"opportunity:{life.sale}": fact_version(Stage(sale["stage"]), sale["changed_at"]),
        }
        learned = self._there(self._learned, [*subjects])
        assert learned == subjects, f"{life.account}: learned {learned}, and not {subjects}"
        if account["portal_status"] == PortalStatus.INACTIVE:
            self.tally["barred"] += 1
            assert self._is_shut_out(life.customer), f"{life.account} is barred, and is let in"
            return
        held = {
            "name": contact["first_name"],
            "city": account["city"],
            "notes": account["eligibility_notes"],
            "checked": account["eligibility_checked_at"],
            "reviewed": account["id_reviewed_at"],
            "message": account["id_message"] if account["id_status"] == IdStatus.REJECTED else None,
            "day": order["activate_at"],
        }
        shown = _shown(life)
        assert shown == held, f"{life.account}: shown {shown}, and not {held}"

    def _row(self, table: str, id: str) -> Row:
        row = self._world.records.get(table, id)
        assert row is not None
        return row

    def _is_shut_out(self, customer: Customer) -> bool:
        try:
            customer.profile()
        except NotExpected as refused:
            return refused.status in (401, 403)
        return False

    async def _learned(self, subjects: list[str]) -> dict[str, str]:
        async with self._running.container.store().reading() as shelves:
            return dict(await shelves.facts.learned(subjects))


def _shown(life: Life) -> dict[str, Any]:
    customer = life.customer
    profile, availability, identity = customer.profile(), customer.availability(), customer.identity()
    return {
        "name": profile["firstName"],
        "city": profile["address"]["city"],
        "notes": availability["notes"],
        "checked": _instant(availability["checkedAt"]),
        "reviewed": _instant(identity["reviewedAt"]),
        "message": identity["rejection"] and identity["rejection"]["reason"],
        "day": _instant(customer.order_detail(life.order)["activateAt"]),
    }


def _instant(told: Json) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def live(count: int, seed: int, at_once: int = AT_ONCE) -> Counter[str]:
    """Live that many histories, or a few more; AssertionError for one of which the portal missed something."""
    with TemporaryDirectory(prefix="genkan-histories-") as folder:
        histories = Histories(Path(folder) / "portal", migrated(Path(folder)), seed)
        try:
            histories.begin(at_once)
            while histories.tally["histories"] < count:
                histories.round()
        finally:
            histories.close()
        return histories.tally


if __name__ == "__main__":
    told_of(live, __doc__)

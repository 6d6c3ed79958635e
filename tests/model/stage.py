"""Where everybody acts: the portal, the world behind it, and what the model knows; with what each action needs."""

import shutil
import sys
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.tables import Row
from tests.databases import copied
from tests.model.house import NO_ANSWER, Answer, Call, House
from tests.model.people import PASSWORD, Person
from tests.model.safety import Watch, holds
from tests.model.tally import Tally

T = TypeVar("T")


@dataclass
class Morning:
    """How a run begins: a folder that was left, the world beside it, and what is known of it."""

    migrated: Path
    folder: Path | None = None
    like: House | None = None
    people: list[Person] = field(default_factory=list)
    watch: Watch | None = None


def action(when: Callable[[Any], object] | None = None, **drawn: Any) -> Callable[[Callable[..., None]], Any]:
    """Something that can happen: a rule of the machine, counted, and possible only `when` that is so."""

    def made(act: Callable[..., None]) -> Any:
        @wraps(act)
        def acting(self: "Stage", **given: Any) -> None:
            self.begin(act.__name__)
            act(self, **given)
            self.look_around()

        ruled = rule(**drawn)(acting)
        return precondition(when)(ruled) if when is not None else ruled

    return made


class Stage(RuleBasedStateMachine):
    """A run of the model; each class of actions adds its own."""

    morning: ClassVar[Morning]
    tally: ClassVar[Tally] = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.step = 0
        self.quiet_at = -1
        """The step at which all was quiet last."""
        self.doing = ""
        self._nonces = count(1)
        self._folder = TemporaryDirectory(prefix="genkan-model-")
        folder = Path(self._folder.name) / "portal"
        begun = self.morning
        if begun.folder is not None:
            copy_of(begun.folder, folder)
        self.house = House(folder, begun.like)
        self.people: list[Person] = deepcopy(begun.people)
        self.watch = Watch(self.house.world, self.people)
        if begun.watch is not None:
            self.watch.go_on_from(begun.watch)
        self.house.open(begun.migrated)
        self.tally.runs += 1

    # --- reading ---------------------------------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        """The world's time."""
        return self.house.world.clock.now()

    @property
    def customers(self) -> list[Person]:
        """Those who have an account."""
        return [each for each in self.people if each.is_customer]

    def somebody(self, who: int) -> Person:
        """One of the customers."""
        return one_of(self.customers, who)

    def find(self, table: str, where: Callable[[Row], bool] | None = None, **equals: Any) -> list[Row]:
        """Records of the world."""
        return self.house.world.records.find(table, where, **equals)

    def row(self, table: str, id: str | None) -> Row:
        """A record of the world that is there."""
        found = self.house.world.records.get(table, id)
        assert found is not None, (table, id)
        return found

    # --- acting ----------------------------------------------------------------------------------------------------
    def begin(self, name: str) -> None:
        """A step begins."""
        self.step += 1
        self.doing = name
        self.tally.took(name)
        self._was_bad = self.is_bad

    @property
    def is_bad(self) -> bool:
        """Whether some system fails the portal at the moment."""
        return bool(self.house.world.faults.on)

    @property
    def staff(self) -> StaffDesk:
        """Staff in Salesforce."""
        return StaffDesk(self.house.world)

    @property
    def billing(self) -> BillingDesk:
        """People in WHMCS."""
        return BillingDesk(self.house.world)

    def deed(self, doing: Any) -> Any:
        """Have somebody do something in the world, at once: the portal has no part in it."""
        try:
            doing.send(None)
        except StopIteration as done:
            return done.value
        raise AssertionError("a deed waits for nobody")

    def ask(
        self, person: Person, method: str, path: str, body: Any = None, key: str | None = None, **more: Any
    ) -> Answer:
        """The answer to a customer's call; who is not logged in any more logs in again."""
        answer = self.ask_at_once([self.call(person, method, path, body, key, **more)])[0]
        if answer.code != "not_logged_in":
            return answer
        if self.log_in(person).status != 200:
            return Answer(NO_ANSWER)
        return self.ask_at_once([self.call(person, method, path, body, key, **more)])[0]

    def call(
        self, person: Person, method: str, path: str, body: Any = None, key: str | None = None, **more: Any
    ) -> Call:
        """A customer's call."""
        headers = {"authorization": f"Bearer {person.token}"} | ({"idempotency-key": key} if key else {})
        return method, path, {"headers": headers} | ({"json": body} if body is not None else {}) | more

    def ask_at_once(self, calls: Sequence[Call]) -> list[Answer]:
        """The answers to calls; what no answer may ever be is looked at here (T-6, T-9)."""
        answers = self.house.at_once(calls)
        for answer, call in zip(answers, calls, strict=True):
            self.tally.went(self.doing, shown(answer))
            self.tally.checks["answers"] += 1
            told = f"{call[0]} {call[1]} answered {answer.status} {answer.body}"
            holds(answer.status not in (429, 500), told)
            if answer.status > 500:
                holds(answer.status == 503 and (self.is_bad or self._was_bad), told)
            if answer.status == 503 or answer.code == "still_running":
                holds("retry-after" in answer.headers, told)
        return answers

    def log_in(self, person: Person) -> Answer:
        """Log in; right, the answer has fresh tokens."""
        body = {"email": person.email, "password": PASSWORD}
        answer = self.ask_at_once([("POST", "/auth/login", {"json": body})])[0]
        if answer.status == 200:
            person.token = answer.body["accessToken"]
        elif answer.status != NO_ANSWER:
            person.token = None
        return answer

    def accepted(self, person: Person, answer: Answer) -> None:
        """Remember what was accepted: it has to come true (T-1)."""
        if answer.status in (200, 201, 202) and "requestId" in (answer.body or {}) and answer.body["requestId"]:
            person.requests.setdefault(answer.body["requestId"], self.now)

    # --- after each step, and at the end ---------------------------------------------------------------------------
    def look_around(self) -> None:
        """What must be so after each step."""
        self.watch.look()
        holds(not self.house.heard, f"the log tells of {[*self.house.heard]}")

    def teardown(self) -> None:
        """End a run; one that went well has to come to a good end."""
        try:
            if sys.exc_info()[0] is None:
                self.come_to_an_end()
                self.tally.checks.update(self.watch.counts)
        finally:
            self.house.end()
            self._folder.cleanup()

    def come_to_an_end(self) -> None:
        """What has to be so in the end."""


def copy_of(left: Path, to: Path) -> None:
    """A portal's folder, as it was left."""
    to.mkdir(parents=True)
    for file in left.iterdir():
        (copied if file.name == "genkan.db" else shutil.copyfile)(file, to / file.name)


def shown(answer: Answer) -> str:
    """How a call went, in a word or two."""
    words = {200: "done", 201: "done", 202: "received", 204: "done", NO_ANSWER: "no answer"}
    return words.get(answer.status) or answer.code or str(answer.status)


def one_of(these: Sequence[T], number: int) -> T:
    """One of these, whatever the number."""
    return these[number % len(these)]

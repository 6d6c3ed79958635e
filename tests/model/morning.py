"""How each run begins: a morning on which there are customers already, made once in a process by asking the portal."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from tests.databases import made, opened
from tests.model.machine import Portal
from tests.model.people import Person, Service
from tests.model.safety import holds
from tests.model.shopping import INTERNET
from tests.model.stage import Morning
from tests.model.tally import Tally


@contextmanager
def a_morning() -> Iterator[type[Portal]]:
    """The machine, on a morning on which Mina has an account, Kenji may order all, and Aiko has two services."""
    with TemporaryDirectory(prefix="genkan-morning-") as folder:

        class Dawn(Portal):
            """Nothing is there yet."""

        Dawn.tally = Tally()
        Dawn.morning = Morning(migrated=migrated(Path(folder)))
        dawn = Dawn()
        try:
            dawn.begin("morning")
            for name in ("Mina", "Kenji", "Aiko"):
                _sign_up(dawn, name)
            _, kenji, aiko = dawn.people
            for person in (kenji, aiko):
                _open_every_gate(dawn, person)
            for service in (INTERNET, Service("VPN-LONDON")):
                dawn._order(aiko, (service,), f"morning-{service.plan}")
            for row in dawn.find("order"):
                dawn.deed(dawn.staff.approve_order(row["id"]))
            dawn._calm()
            dawn.look_around()
            holds(len(dawn.find("order", status="Completed")) == 2, "the morning went wrong")
            dawn.house.close()
            left = Path(folder) / "left"
            dawn.house.folder.rename(left)

            class Day(Portal):
                """A day that begins like that."""

            Day.tally = Tally()
            Day.morning = Morning(Dawn.morning.migrated, left, dawn.house, dawn.people, dawn.watch)
            yield Day
        finally:
            dawn.house.end()


def migrated(folder: Path) -> Path:
    async def migrate_it(path: Path) -> None:
        from adapters.db.migrate import migrate  # noqa: PLC0415

        database = opened(path)
        await migrate(database)
        await database.close()

    path = made(folder / "empty.db")
    asyncio.run(migrate_it(path))
    return path


def _sign_up(dawn: Portal, name: str) -> None:
    person = Person(name=name, email=f"{name.lower()}@example.com")
    dawn.people.append(person)
    dawn._begin_sign_up(person)
    dawn.house.settle()
    dawn.follows_the_link(who=0, at_once=1)
    holds(person.is_customer, f"{name} is no customer")


def _open_every_gate(dawn: Portal, person: Person) -> None:
    who = dawn.customers.index(person)
    dawn.adds_payment_method(who=who)
    dawn.asks_for_internet(who=who, where=None)
    dawn.sends_card(who=who, which=0)
    dawn.deed(dawn.staff.answer_availability(person.account, EligibilityStatus.ELIGIBLE, "Home 1G"))
    dawn.deed(dawn.staff.review_id(person.account, IdStatus.VERIFIED))
    dawn.house.settle()

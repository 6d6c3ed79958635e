"""A world kept in a file: what was answered is there again, however the process ended."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.fakes.bindings import bind_world
from adapters.fakes.demo_catalog import stock
from adapters.fakes.world import World
from core.domain.facts import CatalogChanged
from core.domain.identity import IdStatus
from ports.errors import Rejected
from tests.contracts.samples import AT, Samples


def whole(world: World) -> dict[str, Any]:
    return {
        "rows": {name: [dict(row) for row in world.records.find(name)] for name in world.records.tables},
        "counts": world.records.counts,
        "ledger": world.ledger.entries,
        "facts": world.stream.facts,
        "position": world.stream.behind(None).position,
        "pair": world.pair,
    }


async def live(world: World) -> None:
    """Write a bit of everything."""
    stock(world.records)
    bound = bind_world(world)
    mina = await bound.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    opened = await bound.eligibility_desk.ensure_check(Samples.check(mina), None)
    document = await bound.identity_desk.ensure_document(Samples.key("card"), mina.account, Samples.document())
    await bound.identity_desk.ensure_submitted(mina.account, document, AT)
    await bound.staff_desk.review_id(mina.account, IdStatus.REJECTED, "BLURRY")
    catalog = await bound.catalog_shelf.catalog()
    await bound.order_book.ensure_order(Samples.draft(mina.account, catalog, opportunity=opened.opportunity))
    case = await bound.support_desk.ensure_case(Samples.case(mina.account, mina.contact))
    world.records.delete("case", case, "staff")
    await bound.staff_desk.change_price("VPN-LONDON", 2_600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "world.db"


async def test_a_world_is_loaded_as_it_was(path: Path) -> None:
    world = World.new(path=path, pair="pair-7")
    await live(world)
    world.clock.advance(timedelta(days=2))
    world.emit(CatalogChanged(id="", at=world.clock.now()))
    before, moved = whole(world), world.clock.now()
    world.close()
    again = World.load(path)
    assert whole(again) == before
    assert again.pair == "pair-7"
    assert timedelta() <= again.clock.now() - moved < timedelta(seconds=5)
    again.close()


async def test_a_loaded_world_goes_on(path: Path) -> None:
    world = World.new(path=path)
    await live(world)
    position = world.stream.behind(None).position
    closed = world.records.find("case")[0]["id"]
    ids = {row["id"] for row in world.records.find("account")}
    world.close()
    again = World.load(path)
    # rules hold: unique keys, deleted rows, counters
    bound = bind_world(again)
    found = await bound.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    assert {found.account} == ids
    with pytest.raises(Rejected, match="DUPLICATE_VALUE"):
        await bound.customer_registry.ensure_customer(Samples.key("kenji"), Samples.customer())
    made = await bound.staff_desk.add_account(None, Samples.customer().person, "kenji@example.jp")
    assert made not in ids
    case = await bound.support_desk.ensure_case(Samples.case(found.account, found.contact, key=Samples.key("2")))
    row = again.records.get("case", case)
    assert row is not None
    assert row["number"] == "00000003"
    assert again.records.get("case", closed) is not None
    assert (await bound.fact_stream.after(position, 0)).facts
    with pytest.raises(ValueError, match="does not go back"):
        again.clock.set(AT - timedelta(days=1))
    again.close()


async def test_no_byte_of_a_document_is_on_the_disk(path: Path) -> None:
    world = World.new(path=path)
    bound = bind_world(world)
    mina = await bound.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    secret = b"\x89PNG the face on the card"
    await bound.identity_desk.ensure_document(Samples.key("card"), mina.account, Samples.document(secret))
    assert list(world.records.files.values()) == [secret]
    world.close()
    for file in path.parent.iterdir():
        assert b"the face on the card" not in file.read_bytes()


def test_nothing_of_a_transaction_that_failed_is_saved(path: Path) -> None:
    world = World.new(path=path)
    with pytest.raises(ZeroDivisionError), world.records.all_or_none():
        world.records.create("account", {"name": "Mina"})
        _ = 1 / 0
    world.close()
    again = World.load(path)
    assert again.records.find("account") == []
    assert again.ledger.entries == ()
    again.close()


def test_a_new_world_needs_a_new_file_and_a_loaded_one_an_old(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        World.load(path)
    World.new(path=path).close()
    with pytest.raises(FileExistsError):
        World.new(path=path)


def test_a_world_is_held_by_one_process(path: Path) -> None:
    world = World.new(path=path)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        World.load(path)
    world.close()


def test_an_offset_outlives_the_process_with_a_real_clock(path: Path) -> None:
    class Real:
        at = datetime(2026, 3, 1, tzinfo=UTC)

        def now(self) -> datetime:
            return self.at

    real = Real()
    world = World.new(real, path=path)
    world.clock.advance(timedelta(days=10))
    world.close()
    real.at += timedelta(hours=2)
    again = World.load(path, real)
    assert again.clock.now() == datetime(2026, 3, 11, 2, tzinfo=UTC)
    again.close()


CHILD = """
import asyncio, sys
from pathlib import Path
from adapters.fakes.bindings import bind_world
from adapters.fakes.world import World
from tests.contracts.samples import Samples

async def main() -> None:
    world = World.new(path=Path(sys.argv[1]), pair="pair-9")
    registry = bind_world(world).customer_registry
    number = 0
    while True:
        number += 1
        customer = Samples.customer(number=f"P{1_000_000 + number}", email=f"m{number}@example.jp")
        made = await registry.ensure_customer(Samples.key(str(number)), customer)
        print(made.account, flush=True)

asyncio.run(main())
"""


def test_a_killed_process_loses_nothing_it_answered(path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert child.stdout is not None
    answered = [child.stdout.readline().strip() for _ in range(40)]
    child.send_signal(signal.SIGKILL)
    answered += [line.strip() for line in child.stdout.read().splitlines() if len(line.strip()) == 18]
    child.stdout.close()
    child.wait()
    world = World.load(path)
    accounts = world.records.find("account")
    assert world.pair == "pair-9"
    assert {row["id"] for row in accounts} >= set(answered)
    assert len(accounts) <= len(answered) + 1
    # each is whole: an account with its contact, both in the ledger, and told
    assert all(world.records.find("contact", account=row["id"]) for row in accounts)
    assert len(world.ledger.of("create account")) == len(world.ledger.of("create contact")) == len(accounts)
    # told once as account and once as contact are one fact of one transaction
    assert len(world.stream.facts) == len(accounts)
    made = asyncio.run(
        bind_world(world).customer_registry.ensure_customer(Samples.key("1"), Samples.customer(number="P1000001"))
    )
    assert made.account == answered[0]
    world.close()


def test_nobody_else_on_the_machine_reads_a_world(tmp_path: Path) -> None:
    world = World.new(path=tmp_path / "world.db", pair="a pair")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    world.close()
    assert set(modes.values()) == {0o600}, modes

"""The record store: ids, transactions, versions, what is told and what is written down."""

import string
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fakes.records import Records, Refused
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.facts import AccountChanged, EligibilityChanged, OpportunityChanged
from core.domain.ids import crm_id


@pytest.fixture
def world() -> World:
    return World.new()


@pytest.fixture
def records(world: World) -> Records:
    return world.records


def row_of(records: Records, table: str, id: str) -> Row:
    row = records.get(table, id)
    assert row is not None
    return row


def snapshot(records: Records) -> dict[str, Any]:
    return {name: [dict(row) for row in records.find(name)] for name in records.tables}


def test_ids_are_salesforces(records: Records) -> None:
    ids = [records.create("account", {"name": str(n)}) for n in range(500)]
    assert len(set(ids)) == 500
    for id in ids:
        assert len(id) == 18
        assert id.startswith("001")
        assert crm_id(id) == id == crm_id(id[:15])
    # letters of both cases stand in them, so that the checksum has something to say
    assert any(c in string.ascii_lowercase for c in ids[0][:15])
    assert len({id[15:] for id in ids}) > 5


@pytest.mark.parametrize(
    ("table", "prefix"),
    [
        ("account", "001"),
        ("contact", "003"),
        ("opportunity", "006"),
        ("lead", "00Q"),
        ("record_type", "012"),
        ("price_book", "01s"),
        ("product", "01t"),
        ("price_entry", "01u"),
        ("document_version", "068"),
        ("document", "069"),
        ("document_link", "06A"),
        ("case", "500"),
        ("order", "801"),
        ("order_line", "802"),
    ],
)
def test_prefixes_are_salesforces(records: Records, table: str, prefix: str) -> None:
    assert records.tables[table].prefix == prefix


def test_other_systems_count(records: Records) -> None:
    first = records.create("mail", {"sender": "portal", "to": "a@b.cd", "letter": "welcome", "language": "en"})
    second = records.create("mail", {"sender": "portal", "to": "a@b.cd", "letter": "welcome", "language": "en"})
    assert int(second) == int(first) + 1


def test_a_transaction_is_all_or_nothing(world: World, records: Records) -> None:
    account = records.create("account", {"name": "Mina", "number": "P1000001"})
    before = (snapshot(records), world.ledger.entries, world.stream.facts)
    with pytest.raises(Refused), records.all_or_none():
        records.update("account", account, {"number": "P1000002", "eligibility_status": "Eligible"})
        case = records.create("case", {"account": account})
        records.delete("case", case)
        records.create("contact", {"last_name": ""})
    assert (snapshot(records), world.ledger.entries, world.stream.facts) == before
    # the indexes went back too
    assert records.one("account", number="P1000002") is None
    assert records.one("account", number="P1000001") is not None
    assert records.create("account", {"name": "Kenji", "number": "P1000002"})


def test_an_inner_transaction_that_is_caught_takes_only_itself_back(records: Records) -> None:
    with records.all_or_none():
        kept = records.create("account", {"name": "Kept"})
        with pytest.raises(Refused), records.all_or_none():
            records.create("account", {"name": "Dropped"})
            records.create("account", {})
        also = records.create("account", {"name": "Also kept"})
    assert [row["id"] for row in records.find("account")] == [kept, also]


def test_a_deletion_that_is_taken_back_leaves_the_record_whole(records: Records) -> None:
    account = records.create("account", {"name": "Mina"})
    with pytest.raises(Refused), records.all_or_none():
        records.delete("account", account)
        records.create("account", {})
    records.delete("account", account)
    made = records.create("account", {"name": "Kenji"})
    with pytest.raises(Refused), records.all_or_none():
        records.delete("account", made)
        records.create("account", {})
    # not in the bin: it can be referred to, and an unknown id is unknown, not deleted
    assert records.create("contact", {"last_name": "Sato", "account": made})
    with pytest.raises(Refused), records.all_or_none():
        ghost = records.create("account", {"name": "Ghost"})
        records.delete("account", ghost)
        records.create("account", {})
    with pytest.raises(Refused, match="NOT_FOUND"):
        records.update("account", ghost, {"name": "Back"})


def test_nothing_is_told_before_the_end(world: World, records: Records) -> None:
    with records.all_or_none():
        records.create("account", {"name": "Mina"})
        assert (world.ledger.entries, world.stream.facts) == ((), ())
    assert len(world.ledger.entries) == len(world.stream.facts) == 1


def test_a_record_is_told_of_once_for_a_transaction(world: World, records: Records) -> None:
    account = records.create("account", {"name": "Mina"})
    with records.all_or_none():
        sale = records.create("opportunity", {"name": "x", "stage": "Ready", "close_date": date(2026, 1, 1)})
        records.update("opportunity", sale, {"stage": "Post Processing", "account": account})
        records.update("account", account, {"eligibility_status": "Pending"})
        records.update("account", account, {"eligibility_notes": "x"}, "staff")
    assert [type(fact) for fact in world.stream.facts] == [AccountChanged, OpportunityChanged, EligibilityChanged]
    # every write is in the ledger all the same
    assert len(world.ledger.entries) == 5


def test_what_changes_nothing_leaves_no_trace(world: World, records: Records) -> None:
    account = records.create("account", {"name": "Mina"})
    before = (row_of(records, "account", account), world.ledger.entries)
    records.update("account", account, {"name": " Mina ", "phone": ""})
    assert (row_of(records, "account", account), world.ledger.entries) == before


def test_the_time_of_change_grows_with_every_write(world: World, records: Records) -> None:
    account = records.create("account", {"name": "0"})
    seen = [row_of(records, "account", account)["changed_at"]]
    for number in range(1, 50):
        seen.append(records.update("account", account, {"name": str(number)})["changed_at"])
    assert len(set(seen)) == 50
    assert seen == sorted(seen)
    row = row_of(records, "account", account)
    assert row["created_at"] == seen[0]
    assert row["created_by"] == "portal"


def test_a_row_can_not_be_changed_from_outside(records: Records) -> None:
    row = row_of(records, "account", records.create("account", {"name": "Mina"}))
    with pytest.raises(TypeError):
        row["name"] = "Kenji"  # type: ignore[index]


def test_instants_are_kept_in_utc_to_the_millisecond(records: Records) -> None:
    at = datetime(2026, 1, 31, 23, 59, 59, 123_999, tzinfo=datetime.now(UTC).astimezone().tzinfo)
    row = row_of(records, "account", records.create("account", {"name": "Mina", "last_sign_in": at}))
    assert row["last_sign_in"] == at.replace(microsecond=123_000)
    assert row["last_sign_in"].tzinfo is UTC


def test_texts_are_found_whatever_their_case(records: Records) -> None:
    made = records.create("account", {"name": "Mina", "number": "P1000001", "key": "Sign:1"})
    for found in (
        records.one("account", key="sign:1"),
        records.one("account", number="p1000001"),
        records.one("account", name="MINA"),
    ):
        assert found is not None
        assert found["id"] == made
    assert records.one("account", number=None) is None
    assert len(records.find("account", client=None)) == 1


def test_found_records_come_oldest_first_though_they_changed(records: Records) -> None:
    account = records.create("account", {"name": "Mina"})
    made = [records.create("case", {"account": account, "subject": str(n)}) for n in range(5)]
    records.update("case", made[0], {"account": None})
    records.update("case", made[0], {"account": account})
    assert [row["id"] for row in records.find("case", account=account)] == made


class Ghost(Exception):
    """Something that breaks in the middle of a write."""


@given(st.lists(st.tuples(st.sampled_from(["create", "update", "delete", "break"]), st.integers(0, 9)), max_size=30))
def test_indexes_and_rows_agree_after_any_writes(deeds: list[tuple[str, int]]) -> None:
    records = World.new().records
    ids: list[str] = []
    for deed, number in deeds:
        try:
            with records.all_or_none():
                if deed in ("create", "break"):
                    made = records.create("account", {"name": "x", "number": f"N{number}"})
                    if deed == "break":
                        records.update("account", made, {"number": f"N{number + 10}"})
                        raise Ghost
                    ids.append(made)
                elif ids and deed == "update":
                    records.update("account", ids[number % len(ids)], {"number": f"n{number}"})
                elif ids:
                    records.delete("account", ids[number % len(ids)])
        except (Refused, Ghost):
            pass
    rows = records.find("account")
    numbers = [row["number"].casefold() for row in rows]
    assert len(set(numbers)) == len(numbers)
    for number in range(20):
        by_index = [row["id"] for row in records.find("account", number=f"N{number}")]
        assert by_index == [row["id"] for row in rows if row["number"].casefold() == f"n{number}"]


def test_the_ledger_says_who_did_what_and_nothing_personal(world: World, records: Records) -> None:
    secrets = {"name": "Mina Kowalska", "phone": "+81 9012345678", "street": "Shibuya 1-2-3", "key": "sign-up:1"}
    account = records.create("account", secrets)
    contact = {"last_name": "Kowalska", "email": "mina@example.jp", "gender": "Female", "account": account}
    records.create("contact", contact | {"birth_date": date(1990, 5, 4)})
    records.update("account", account, {"eligibility_status": "Pending", "eligibility_address": "Shibuya 1-2-3"})
    records.update("account", account, {"eligibility_status": "Eligible", "eligibility_notes": "Call Mina"}, "staff")
    entries = world.ledger.entries
    created, answered = entries[0], entries[3]
    assert (created.seq, created.system, created.deed, created.table) == (1, "salesforce", "create account", "account")
    assert (created.id, created.by, created.key) == (account, "portal", "sign-up:1")
    assert created.fields == ("key", "name", "phone", "street")
    assert answered.moves == {"eligibility_status": ("Pending", "Eligible")}
    assert (answered.deed, answered.by) == ("update account", "staff")
    for personal in ("Kowalska", "Mina", "9012345678", "Shibuya", "mina@", "1990", "Female"):
        assert personal not in repr(entries)


def test_the_clock_is_moved_but_never_before_what_has_happened(world: World, records: Records) -> None:
    start = world.clock.now()
    world.clock.set(start - timedelta(days=400))
    assert world.clock.now() < start
    world.clock.advance(timedelta(days=30))
    records.create("account", {"name": "Mina"})
    with pytest.raises(ValueError, match="time does not go back"):
        world.clock.set(start - timedelta(days=380))
    with pytest.raises(ValueError, match="needs its zone"):
        world.clock.set(datetime(2027, 1, 1))  # noqa: DTZ001 - the case
    world.clock.set(start + timedelta(days=30))
    assert world.clock.now() >= start + timedelta(days=30)


def test_the_clock_ticks_and_never_runs_back() -> None:
    class Jumping:
        def __init__(self) -> None:
            self.at = datetime(2026, 1, 1, tzinfo=UTC)

        def now(self) -> datetime:
            return self.at

    real = Jumping()
    world = World.new(real)
    first = world.clock.now()
    real.at += timedelta(seconds=5)
    second = world.clock.now()
    real.at -= timedelta(hours=1)
    assert first < second <= world.clock.now()

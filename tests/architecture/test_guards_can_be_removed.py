"""Each guard stands where the mutation run takes it away, and no unique key goes without a word."""

import re
from collections import Counter
from functools import cache

from sqlalchemy import Table, UniqueConstraint

from adapters.db.schema import metadata
from tests.architecture.source import ROOT
from tests.guards import GUARDS
from tests.guards.keys import NO_GUARDS
from tests.guards_removed import every_removal
from tests.mutants import missing


def test_each_guard_stands_there_once() -> None:
    assert missing(every_removal()) == []


def test_each_guard_has_a_name_of_its_own_and_a_promise_that_is_written_down() -> None:
    names = Counter(each.name for each in GUARDS)
    assert [name for name, times in names.items() if times > 1] == []
    rules = set(re.findall(r"\*\*([A-Z]{3}-[0-9]+)\*\*", (ROOT / "docs" / "rules.md").read_text("utf-8")))
    promises = {f"T-{number}" for number in range(1, 11)} | {f"DBOS {number}" for number in range(1, 11)}
    assert {promise for each in GUARDS for promise in each.keeps.split(", ")} <= rules | promises


def test_each_test_that_is_to_notice_is_there() -> None:
    asked = [test.partition("[")[0].split("::") for each in GUARDS for test in each.noticed_by]
    assert all(each.noticed_by for each in GUARDS)
    assert [(file, name) for file, name in asked if name not in named_in(file)] == []


@cache
def named_in(file: str) -> frozenset[str]:
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)", (ROOT / file).read_text("utf-8"), re.MULTILINE))


def test_every_condition_of_dbos_has_a_guard() -> None:
    kept = {promise for each in GUARDS for promise in each.keeps.split(", ")}
    assert {f"DBOS {number}" for number in range(1, 11)} <= kept


def unique_keys(table: Table) -> list[str]:
    """What may be once in a table, as `table: columns`."""
    sets = [table.primary_key.columns]
    sets += [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    sets += [index.columns for index in table.indexes if index.unique]
    return [f"{table.name}: {', '.join(column.name for column in columns)}" for columns in sets]


def test_every_unique_key_is_a_guard_or_has_a_reason() -> None:
    keys = [key for table in metadata.sorted_tables for key in unique_keys(table)]
    assert sorted([*(each.unique for each in GUARDS if each.unique), *NO_GUARDS]) == sorted(keys)

"""A query reads no more than it has to, and an index changes no answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from tests.wire.salesforce.small_org import EMI, KEN, MINA, ROWS, Rows, asked


def test_each_object_is_read_once() -> None:
    class Counted(Rows):
        def __init__(self) -> None:
            super().__init__(ROWS)
            self.read: list[str] = []

        def rows(self, object_name: str) -> Iterable[Mapping[str, Any]]:
            self.read.append(object_name)
            return super().rows(object_name)

    counted = Counted()
    text = "SELECT Account.Name, Account.Parent.Name, Contact__r.Account.Name FROM Order WHERE Account.Name != null"
    assert asked(text, counted)["totalSize"] == 3
    assert sorted(counted.read) == ["Account", "Contact", "Order"]
    itself = Counted()
    asked("SELECT Parent.Name, (SELECT Name FROM ChildAccounts) FROM Account", itself)
    assert itself.read == ["Account"]


class Indexed(Rows):
    """Records that are found by some fields, and are never read whole but where none of those is told."""

    def __init__(self, *whole: str) -> None:
        super().__init__(ROWS)
        self.whole = whole
        self.told: list[tuple[str, str]] = []

    def rows(self, object_name: str) -> Iterable[Mapping[str, Any]]:
        assert object_name in self.whole, f"{object_name} is read whole"
        return super().rows(object_name)

    def found(self, object_name: str, field: str, values: Sequence[str]) -> Iterable[Mapping[str, Any]] | None:
        if field not in ("Id", "AccountId", "Contact__c", "Name", "Tags__c"):
            return None
        self.told.append((object_name, field))
        wanted = [value.casefold() for value in values]
        # the first record in any case: an index may tell more than it was asked for
        rows = enumerate(ROWS[object_name])
        return [row for place, row in rows if place == 0 or str(row.get(field)).casefold() in wanted]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (f"SELECT Id FROM Account WHERE Id = '{MINA[:15]}'", ()),
        (f"SELECT Id FROM Account WHERE Fee__c > 1 AND (Name != 'x' AND id IN ('{MINA}', '{KEN[:15]}'))", ()),
        ("SELECT Id FROM Account a WHERE a.Name = 'KEN'", ()),
        (f"SELECT Id, Account.Parent.Name FROM Order WHERE AccountId = '{MINA}' AND Account.Name != null", ()),
        (f"SELECT Id, (SELECT LastName FROM Contacts) FROM Account WHERE Id = '{MINA}'", ()),
        (f"SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id = '{EMI}')", ("Account",)),
        (f"SELECT COUNT(Id) FROM Order WHERE Contact__c = '{EMI[:15]}'", ()),
        ("SELECT Id FROM Account WHERE Plan__c = 'Large'", ("Account",)),
        ("SELECT Id FROM Contact WHERE AccountId = ''", ("Contact",)),
        ("SELECT Id FROM Account WHERE Name IN ('ken', null)", ("Account",)),
        ("SELECT Id FROM Account WHERE Tags__c = 'B;A'", ("Account",)),
        ("SELECT Id FROM Account WHERE Name != 'ken'", ("Account",)),
        (f"SELECT Id FROM Account WHERE Id NOT IN ('{MINA}')", ("Account",)),
        (f"SELECT Id FROM Account WHERE Id = '{MINA}' OR Name = 'ken'", ("Account",)),
        (f"SELECT Id FROM Account WHERE (NOT Id = '{MINA}')", ("Account",)),
        ("SELECT Id FROM Account WHERE Parent.Name = 'ken'", ("Account",)),
        ("SELECT Id FROM Order WHERE Account.Name = 'ken'", ("Order",)),
    ],
)
def test_an_index_spares_reading_and_changes_no_answer(text: str, whole: tuple[str, ...]) -> None:
    indexed = Indexed(*whole)
    assert asked(text, indexed) == asked(text)
    assert asked(text)["totalSize"] > 0
    assert indexed.told or whole


def test_an_index_is_asked_once_for_one_parent() -> None:
    indexed = Indexed("Contact")
    asked("SELECT Account.Name, Account.Fee__c FROM Contact WHERE Account.Name != null", indexed)
    assert indexed.told == [("Account", "Id")]

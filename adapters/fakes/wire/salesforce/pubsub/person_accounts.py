"""The change events of person accounts: the account's bears what its person holds, and each change is told of both.

That both records change is the record store's doing, see `persons.date_both`; here is what the account's event holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.fakes.records import Records
from adapters.fakes.tables import Change, Column, Kind, Row, Table
from adapters.fakes.wire.salesforce.made import PERSON, is_person, person_of
from adapters.fakes.wire.salesforce.persons import LINK
from adapters.fakes.wire.salesforce.pubsub.capturing import person_fields, told_fields

_ID: Final = f"{PERSON}id"


@dataclass(frozen=True, slots=True)
class PersonAccounts:
    """The accounts of an org that has persons among them, each as one record with its person.

    Where contacts are not selected, an update's event bears the account's own fields alone.
    """

    records: Records
    contacts_are_told: bool

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields that an event of an account can bear, each with its column; the person's with PERSON before it."""
        return {**told_fields("Account"), **person_fields(), LINK: _ID}

    @property
    def table(self) -> Table:
        """The accounts with the columns of their persons."""
        account, contact = self.records.tables["account"], self.records.tables["contact"]
        persons = {f"{PERSON}{name}": column for name, column in contact.columns.items()}
        return replace(account, columns={**account.columns, **persons, _ID: Column(kind=Kind.REFERENCE)})

    def whole(self, change: Change, changes: Sequence[Change]) -> Change:
        """The change of an account with what changed of its person in that transaction."""
        if change.after is None:
            return change
        person = person_of(self.records, change.after)
        was = person
        for each in changes if self.contacts_are_told else ():
            if person is not None and (each.table.name, each.id) == ("contact", person["id"]):
                was = each.before
        before = None if change.before is None else _one(change.before, was, named=person is None)
        return replace(change, table=self.table, before=before, after=_one(change.after, person, named=person is None))

    def together(self, change: Change, changes: Sequence[Change]) -> list[Change]:
        """The change and that of the other record of the same person, or the change alone."""
        id = {"account": change.id, "contact": change.row.get("account")}.get(change.table.name)
        account = next((each for each in changes if each.table.name == "account" and each.id == id), None)
        if account is None or not is_person(self.records, account.row):
            return [change]
        return [account, *(each for each in changes if each.table.name == "contact" and each.row["account"] == id)]


def _one(account: Row, person: Row | None, *, named: bool) -> dict[str, Any]:
    # the name of a person is told in its parts
    name = account["name"] if named else None
    return {**account, "name": name, **{f"{PERSON}{column}": value for column, value in (person or {}).items()}}

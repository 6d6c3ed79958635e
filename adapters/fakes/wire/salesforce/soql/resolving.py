"""Names of a query found in the schema: objects, fields by way of their parents, relationships to children."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from adapters.fakes.wire.salesforce.describe import Child, Described, Field, Schema
from adapters.fakes.wire.salesforce.soql.nodes import Operand, Path, Query
from adapters.fakes.wire.salesforce.soql.refused import Code, QueryRefused, at

FARTHEST_PARENT: Final = 5
"""Parents on the way to a field."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field as it is reached from a record: the look-ups on the way, and the field at their end.

    `names` is what they are called in answers: relationships and the field, as the schema spells them.
    """

    parents: tuple[Field, ...]
    field: Field
    names: tuple[str, ...]


def column_by(parents: Iterable[Field], field: Field) -> Column:
    """The column at the end of the look-ups."""
    way = tuple(parents)
    return Column(way, field, (*(parent.relationship or parent.name for parent in way), field.name))


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean within one query or sub-query."""

    schema: Schema
    of: Described
    query: Query
    text: str

    def refused(self, place: int, code: Code, said: str) -> QueryRefused:
        """The refusal that points to a place in the whole text."""
        return at(self.text, place, code, said)

    def column(self, path: Path) -> Column:
        """The field of that path; raises QueryRefused for none."""
        names = path.names
        if len(names) > 1 and names[0].lower() in self._own_names():
            names = names[1:]
        if len(names) - 1 > FARTHEST_PARENT:
            said = f"Maximum depth of a relationship path is {FARTHEST_PARENT}: {path}"
            raise self.refused(path.at, Code.MALFORMED_QUERY, said)
        there: tuple[Described, ...] = (self.of,)
        parents: list[Field] = []
        for name in names[:-1]:
            parents.append(self._parent(there, name, path))
            there = tuple(each for to in parents[-1].reference_to if (each := self.schema.object(to)) is not None)
        found = self._common(there, names[-1])
        if found is None:
            entity = there[0].name if len(there) == 1 else "Name"
            said = f"No such column '{names[-1]}' on entity '{entity}'."
            raise self.refused(path.at, Code.INVALID_FIELD, said)
        return column_by(parents, found)

    def own(self, operand: Operand) -> Field | None:
        """The field when it is one of the record itself, no parent's and no function."""
        column = self.column(operand) if isinstance(operand, Path) else None
        return None if column is None or column.parents else column.field

    def _own_names(self) -> set[str]:
        """By what a path may begin that means the queried object itself."""
        own = {self.of.name.lower(), (self.query.alias or self.of.name).lower()}
        return own - {(field.relationship or "").lower() for field in self.of.fields.values()}

    def _parent(self, there: tuple[Described, ...], name: str, path: Path) -> Field:
        for field in there[0].fields.values() if len(there) == 1 else ():
            if field.relationship is not None and field.relationship.lower() == name.lower():
                return field
        said = f"Didn't understand relationship '{name}' in field path."
        raise self.refused(path.at, Code.INVALID_FIELD, said)

    def _common(self, there: tuple[Described, ...], name: str) -> Field | None:
        """The field that every one of the objects has, as the first one has it."""
        found = [each.field(name) for each in there]
        return found[0] if found and all(found) else None

    def child(self, sub: Query) -> tuple[Child, "Scope"]:
        """The children that a sub-query names, and what names mean within it."""
        for child in self.of.children:
            if child.relationship.lower() == sub.object.lower():
                described = self.schema.object(child.object)
                if described is not None:
                    return child, Scope(self.schema, described, sub, self.text)
        said = f"Didn't understand relationship '{sub.object}' in FROM part of query call."
        raise self.refused(sub.at, Code.INVALID_TYPE, said)

    def joined(self, sub: Query) -> "Scope":
        """What names mean within the query of a semi-join."""
        return scope_of(sub, self.schema, self.text)


def scope_of(query: Query, schema: Schema, text: str) -> Scope:
    """What names mean within a query; raises QueryRefused for an object that the org does not have."""
    described = schema.object(query.object)
    if described is None:
        said = f"sObject type '{query.object}' is not supported."
        raise at(text, query.at, Code.INVALID_TYPE, said)
    return Scope(schema, described, query, text)

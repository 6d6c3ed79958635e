"""How the columns and tables of the made-up Salesforce are declared, and its own codes for what they refuse."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from adapters.fakes.salesforce.values import SHARE_TYPES, VISIBILITIES
from adapters.fakes.tables import Access, Breach, Column, Kind, Rule, Table

CODES: Final[Mapping[Breach, str]] = MappingProxyType(
    {
        Breach.UNKNOWN_COLUMN: "INVALID_FIELD",
        Breach.READ_ONLY: "INVALID_FIELD_FOR_INSERT_UPDATE",
        Breach.REQUIRED: "REQUIRED_FIELD_MISSING",
        Breach.WRONG_TYPE: "JSON_PARSER_ERROR",
        Breach.TOO_LONG: "STRING_TOO_LONG",
        Breach.NOT_A_CHOICE: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        Breach.NOT_AN_EMAIL: "INVALID_EMAIL_ADDRESS",
        Breach.OUT_OF_RANGE: "NUMBER_OUTSIDE_VALID_RANGE",
        Breach.MALFORMED_ID: "MALFORMED_ID",
        Breach.WRONG_REFERENCE: "INVALID_CROSS_REFERENCE_KEY",
        Breach.DUPLICATE: "DUPLICATE_VALUE",
        Breach.NOT_FOUND: "NOT_FOUND",
        Breach.DELETED: "ENTITY_IS_DELETED",
        Breach.INTEGRITY: "FIELD_INTEGRITY_EXCEPTION",
    }
)
LONG: Final = 32_768
CASE_TEXT: Final = 32_000


def text(length: int = 255, *, required: bool = False, indexed: bool = False) -> Column:
    """A line or an area of text."""
    return Column(length=length, required=required, indexed=indexed)


def email() -> Column:
    """An email address."""
    return Column(kind=Kind.EMAIL, length=80, indexed=True)


def pick(choices: Iterable[str], *, required: bool = False, default: str | None = None, shown: bool = True) -> Column:
    """A restricted picklist; its words are a closed set, so the ledger may show them."""
    words = tuple(str(choice) for choice in choices)
    return Column(kind=Kind.PICKLIST, choices=words, required=required, default=default, shown=shown)


def to(*tables: str, required: bool = False, fixed: bool = False) -> Column:
    """A reference to a record of one of the tables."""
    return Column(kind=Kind.REFERENCE, references=tables, required=required, fixed=fixed)


def staffs(column_kind: Kind = Kind.TEXT, length: int = 255, portal: Access = Access.READS) -> Column:
    """A column that is staff's own; the portal reads or at most clears it."""
    return Column(kind=column_kind, length=length, portal=portal)


def address(prefix: str = "") -> dict[str, Column]:
    """The columns of an address."""
    lengths = {"street": 255, "city": 40, "state": 80, "postcode": 20, "country": 80}
    return {prefix + part: text(length) for part, length in lengths.items()}


KEY: Final = Column(length=255, unique=True)
INSTANT: Final = Column(kind=Kind.INSTANT)
DATE: Final = Column(kind=Kind.DATE)
FLAG: Final = Column(kind=Kind.CHECKBOX, default=False)
MADE: Final = Column(system=True)
SHARED: Final = {
    "share_type": pick(SHARE_TYPES, default=SHARE_TYPES[0]),
    "visibility": pick(VISIBILITIES, default=VISIBILITIES[0]),
}
"""The columns that say how a file is shared."""


def table(
    name: str,
    prefix: str,
    columns: dict[str, Column],
    *rules: Rule,
    deletions: tuple[Rule, ...] = (),
    autonumber: str | None = None,
    silent: bool = False,
) -> Table:
    """A table of Salesforce; a column `key` is its request key."""
    return Table(
        name=name,
        system="salesforce",
        codes=CODES,
        prefix=prefix,
        columns=columns,
        rules=rules,
        deletions=deletions,
        autonumber=autonumber,
        key="key" if "key" in columns else None,
        silent=silent,
    )

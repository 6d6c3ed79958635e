"""The table of mails sent, by whomever."""

from types import MappingProxyType
from typing import Final

from adapters.fakes.tables import Breach, Column, Kind, Table, Upstream

MAIL: Final = Table(
    name="mail",
    system="mail",
    codes=MappingProxyType(dict.fromkeys(Breach, "validation") | {Breach.DUPLICATE: "conflict"}),
    key="key",
    columns={
        "key": Column(unique=True),
        "sender": Column(kind=Kind.PICKLIST, choices=("portal", "salesforce"), required=True, shown=True),
        "to": Column(kind=Kind.EMAIL, length=254, required=True, indexed=True),
        "copy_to": Column(kind=Kind.EMAIL, length=254),
        "letter": Column(required=True),
        "language": Column(kind=Kind.PICKLIST, choices=("en", "ja"), required=True),
        # the places of the letter, as a JSON object
        "values": Column(length=100_000),
    },
)
MAILBOX: Final = Upstream(tables=(MAIL,))

"""The line checker's table: what was found in buildings before."""

from types import MappingProxyType
from typing import Final

from adapters.fakes.tables import Breach, Column, Kind, Table, Upstream

LINE_RESULT: Final = Table(
    name="line_result",
    system="line_checker",
    codes=MappingProxyType(dict.fromkeys(Breach, "validation")),
    columns={
        "postcode": Column(length=7, required=True, indexed=True),
        "town": Column(required=True),
        # its name, where it has one
        "building": Column(),
        "status": Column(kind=Kind.PICKLIST, choices=("available", "unavailable"), required=True, shown=True),
        "value": Column(length=80),
    },
)

LINE_CHECKER: Final = Upstream(tables=(LINE_RESULT,))

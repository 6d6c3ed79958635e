"""The eSIM issuer's tables: profiles it made, and what was done under which key."""

from types import MappingProxyType
from typing import Final

from adapters.fakes.tables import Breach, Column, Kind, Table, Upstream

_CODES: Final = MappingProxyType(
    dict.fromkeys(Breach, "validation")
    | {Breach.DUPLICATE: "conflict", Breach.NOT_FOUND: "not_found", Breach.WRONG_REFERENCE: "not_found"}
)

ESIM: Final = Table(
    name="esim",
    system="esim",
    codes=_CODES,
    key="key",
    columns={
        "key": Column(required=True, unique=True, fixed=True),
        "order": Column(required=True, fixed=True, indexed=True),
        "plan": Column(required=True, fixed=True),
        "eid": Column(length=32, fixed=True),
        "porting_reservation": Column(fixed=True),
        "qr": Column(required=True, unique=True, fixed=True),
        "replaces": Column(kind=Kind.REFERENCE, references=("esim",), fixed=True),
        "megabytes": Column(kind=Kind.NUMBER, default=0),
        "status": Column(
            kind=Kind.PICKLIST, choices=("active", "replaced", "ended"), default="active", required=True, shown=True
        ),
    },
)

TOP_UP: Final = Table(
    name="top_up",
    system="esim",
    codes=_CODES,
    key="key",
    columns={
        "key": Column(required=True, unique=True, fixed=True),
        "esim": Column(kind=Kind.REFERENCE, references=("esim",), required=True, fixed=True),
        "megabytes": Column(kind=Kind.NUMBER, least=1, required=True, fixed=True),
    },
)

ESIM_END: Final = Table(
    name="esim_end",
    system="esim",
    codes=_CODES,
    key="key",
    # the effect is the profile's own; this says under which key it came
    silent=True,
    columns={
        "key": Column(required=True, unique=True, fixed=True),
        "esim": Column(kind=Kind.REFERENCE, references=("esim",), required=True, fixed=True),
        "status": Column(required=True, fixed=True),
    },
)

ESIM_ISSUER: Final = Upstream(tables=(ESIM, TOP_UP, ESIM_END))

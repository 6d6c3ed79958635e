"""What is asked in one composite, and what comes back for each part of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from adapters.salesforce.bodies import Ref, checked_ref
from adapters.salesforce.faults import Fault
from adapters.salesforce.soql import Select, checked_name
from core.domain.ids import crm_id

__all__ = ["Get", "Patch", "Post", "Record", "Ref", "SubAnswer", "SubRequest", "id_in_path", "is_id"]

Record = dict[str, Any]
"""A row by API names: parents nested, children of a sub-query as a list with all of their pages."""


class SubRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a composite; `path` begins after the version, and `ref` names its answer."""

    method: str
    path: str
    ref: str
    about: str
    """The object it is about, or "query"."""
    values: Mapping[str, Any] | None = None

    @property
    def is_read(self) -> bool:
        """Whether it writes nothing."""
        return self.method == "GET"


class Get:
    """Parts that read."""

    @staticmethod
    def query(soql: str | Select, ref: str) -> SubRequest:
        """The rows of a query, every page of them."""
        text = soql if isinstance(soql, str) else soql.soql()
        return SubRequest(method="GET", path=f"/query/?q={quote(text, safe='')}", ref=checked_ref(ref), about="query")

    @staticmethod
    def row(sobject: str, row: str | Ref, fields: Sequence[str], ref: str) -> SubRequest:
        """One row by its id, or by the id that another part answers with."""
        names = ",".join(checked_name(field) for field in fields)
        path = f"/sobjects/{checked_name(sobject)}/{id_in_path(row)}?fields={names}"
        return SubRequest(method="GET", path=path, ref=checked_ref(ref), about=sobject)


def Post(sobject: str, values: Mapping[str, Any], ref: str) -> SubRequest:  # noqa: N802 - reads as what it makes
    """A part that creates a row; its id is `Ref(ref)` to those after it."""
    path = f"/sobjects/{checked_name(sobject)}"
    return SubRequest(method="POST", path=path, ref=checked_ref(ref), about=sobject, values=values)


def Patch(sobject: str, row: str | Ref, values: Mapping[str, Any], ref: str) -> SubRequest:  # noqa: N802 - as above
    """A part that updates a row, by its id or by the id that another part answers with."""
    path = f"/sobjects/{checked_name(sobject)}/{id_in_path(row)}"
    return SubRequest(method="PATCH", path=path, ref=checked_ref(ref), about=sobject, values=values)


class SubAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one part was answered with; `fault` is set where it failed."""

    ref: str
    status: int
    body: Any = None
    fault: Fault | None = None

    @property
    def id(self) -> str:
        """The id of the row that a Post made."""
        return str(self.body["id"])

    @property
    def record(self) -> Record | None:
        """The row that a Get.row read, or the first one of a query."""
        if isinstance(self.body, list):
            return self.body[0] if self.body else None
        return self.body if isinstance(self.body, dict) else None

    @property
    def records(self) -> list[Record]:
        """The rows of a query."""
        return self.body if isinstance(self.body, list) else []


def id_in_path(row: str) -> str:
    """The id as it may stand in a path; ValueError for what is no id."""
    if not isinstance(row, Ref) and not is_id(row):
        raise ValueError("this is no id of Salesforce")
    return row


def is_id(text: str) -> bool:
    """Whether this may be an id of Salesforce."""
    return crm_id(text) is not None

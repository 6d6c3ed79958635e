"""What the made-up line checker knows of a building: what was found there before, else its coverage table (ELG-8)."""

from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from adapters.fakes.records import Records
from core.domain.eligibility import EligibilityStatus
from core.domain.premises import Premises
from ports.partners import LineAnswer

_FOUND: Final = "earlier-result"
"""Where an answer comes from that was found in the same building before."""
_SURE: Final = 0.95
Word = Literal["available", "unavailable"]


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the coverage table: a postcode, or a part of it."""

    postcode: str
    status: Word
    value: str | None = None
    town: str = ""
    confidence: float = 0.97

    def holds(self, premises: Premises) -> bool:
        """Whether the building stands there."""
        return premises.postcode == self.postcode and premises.is_within(self.town)


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The coverage table, and what an answer from it is said to come from."""

    source: str
    area: tuple[Area, ...]


@cache
def coverage() -> Coverage:
    """The table in coverage.toml."""
    return msgspec.toml.decode(Path(__file__).with_name("coverage.toml").read_bytes(), type=Coverage)


def known_of(records: Records, premises: Premises) -> LineAnswer | None:
    """The latest result in that building, else what the narrowest area around it says; None where nobody knows."""
    rows = records.find("line_result", postcode=premises.postcode)
    found = [row for row in rows if (row["town"], row["building"] or "") == (premises.town, premises.building)]
    if found:
        return _answer(found[-1]["status"], found[-1]["value"], _SURE, _FOUND)
    areas = [area for area in coverage().area if area.holds(premises)]
    if not areas:
        return None
    area = max(areas, key=lambda each: len(each.town))
    return _answer(area.status, area.value, area.confidence, coverage().source)


def note(records: Records, premises: Premises, status: Word, value: str | None = None) -> None:
    """Keep what somebody found out on the spot."""
    fields = {"postcode": premises.postcode, "town": premises.town, "building": premises.building or None}
    records.create("line_result", {**fields, "status": status, "value": value}, "staff")


def _answer(status: Word, value: str | None, confidence: float, source: str) -> LineAnswer:
    is_there = status == "available"
    told = EligibilityStatus.ELIGIBLE if is_there else EligibilityStatus.INELIGIBLE
    return LineAnswer(status=told, value=value, confidence=confidence, source=source)

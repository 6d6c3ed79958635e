"""What another system lacks for the portal, and what breaks by it: found by an adapter, told to an operator."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

_RULE: Final = re.compile(r"\b[A-Z]{1,3}-[0-9]+\b")
COLUMNS: Final = ("Where", "What is wrong", "Which", "What breaks")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a system lacks.

    `place` is where, `detail` what exactly is wrong there. What `weakens` leaves the portal working, less well.
    """

    place: str
    trouble: StrEnum
    detail: str = ""
    breaks: str
    weakens: bool = False

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that can't be kept."""
        return tuple(_RULE.findall(self.breaks))


def table(findings: Iterable[Finding]) -> list[tuple[str, str, str, str]]:
    """The findings as a table for people, under COLUMNS."""
    return [
        (each.place, each.trouble.value, each.detail, f"{'weaker: ' if each.weakens else ''}{each.breaks}")
        for each in findings
    ]


def plain(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as data for scripts."""
    return [{**msgspec.to_builtins(each), "rules": list(each.rules)} for each in findings]


def summary(findings: Sequence[Finding], system: str) -> str:
    """One line on all that the system lacks."""
    if not findings:
        return f"{system} has all that the portal needs."
    stops = sum(not each.weakens for each in findings)
    return f"{stops} that stop something, {len(findings) - stops} that weaken it."

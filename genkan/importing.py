"""The import of a former portal's export: line by line, each once, the bad ones told (OPS-7)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.system.former_portal import FormerPortal, Line
from core.domain.ids import AccountId
from core.domain.importing import Fate, FormerDocument, FormerUser, Imported, LineFault, refused
from core.domain.session import canonical_email
from genkan.container import use_case_of
from ports.errors import Unavailable

TRIES: Final = 4
LONGEST_WAIT: Final = 30.0
KINDS: Final = ("users", "documents")


@dataclass
class Report:
    """How an import went: how many lines of each kind had which fate, and what was wrong with the refused ones."""

    for_good: bool
    counts: dict[str, Counter[Fate]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every line was imported, now or before."""
        return not self.refused and not any(counted[Fate.NOT_REACHED] for counted in self.counts.values())

    def note(self, kind: str, line: Line, imported: Imported) -> None:
        """Count a line, and keep what was wrong with it."""
        self.counts[kind][imported.fate] += 1
        for fault in imported.faults:
            told = {"file": line.file, "line": line.number, "field": fault.field, "code": fault.code}
            self.refused.append(fault.data | told)

    def plain(self) -> dict[str, Any]:
        """The report for programs."""
        counts = {kind: {fate.value: counted[fate] for fate in Fate} for kind, counted in self.counts.items()}
        return {"forGood": self.for_good, **counts, "refused": self.refused}


class Import:
    """One run over an export. It stops where another system stays away, and the next run goes on from there."""

    def __init__(self, container: Any, *, for_good: bool, first_wait: float = 1.0) -> None:
        self._user = use_case_of(container, "import_user")
        self._document = use_case_of(container, "import_document")
        self._for_good = for_good
        self._first_wait = first_wait
        self._seen: dict[str, Line] = {}
        self._expected: set[AccountId] = set()

    async def __call__(self, export: FormerPortal, told: Callable[[], None]) -> Report:
        """Go through users, then documents; `told` is called after each line."""
        report = Report(self._for_good)
        for kind, lines, take in (
            (KINDS[0], export.users(), self._take_user),
            (KINDS[1], export.documents(), self._take_document),
        ):
            if not await self._all(report, kind, lines, take, told):
                break
        return report

    async def _all(
        self,
        report: Report,
        kind: str,
        lines: Iterable[tuple[Line, Any]],
        take: Callable[[Line, Any], Awaitable[Imported]],
        told: Callable[[], None],
    ) -> bool:
        for line, read in lines:
            imported = refused(*read) if isinstance(read, tuple) else await self._patiently(lambda: take(line, read))  # noqa: B023 awaited at once
            report.note(kind, line, imported)
            told()
            if imported.fate is Fate.NOT_REACHED:
                return False
        return True

    async def _patiently(self, call: Callable[[], Awaitable[Imported]]) -> Imported:
        wait = self._first_wait
        for turn in range(TRIES):
            try:
                return await call()
            except Unavailable as away:
                if turn + 1 < TRIES:
                    await asyncio.sleep(min(max(away.retry_after or 0.0, wait), LONGEST_WAIT))
                    wait *= 2
        return Imported(Fate.NOT_REACHED)

    async def _take_user(self, line: Line, user: FormerUser) -> Imported:
        marks = {
            "email": canonical_email(user.email),
            "accountId": user.account,
            "clientId": user.client,
        }
        twice = [
            LineFault(name, "twice", {"first": self._seen[f"{name} {mark}"].number})
            for name, mark in marks.items()
            if self._seen.get(f"{name} {mark}", line) != line
        ]
        if twice:
            return refused(*twice)
        imported: Imported = await self._user(user, for_good=self._for_good)
        if imported.fate is not Fate.REFUSED:
            self._seen |= {f"{name} {mark}": line for name, mark in marks.items()}
            self._expected.add(user.account)
        return imported

    async def _take_document(self, _: Line, document: FormerDocument) -> Imported:
        expected = not self._for_good and document.account in self._expected
        imported: Imported = await self._document(document, for_good=self._for_good, expected=expected)
        return imported

"""What was seen of WHMCS and in which state, so that a later look finds what changed."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Row, id_of
from core.domain.billing import PaymentMethods
from core.domain.facts import AnyFact
from core.domain.ids import ClientId

_IGNORED: Final = frozenset({"password", "fraudoutput", "orderdata", "lastupdate"})
"""Members of a row that say nothing of its state, or are nobody's business."""


class Watch:
    """The clients whose payment methods the portal asked about last, and what they were then."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._seen: OrderedDict[ClientId, tuple[float, PaymentMethods]] = OrderedDict()

    def asked(self, client: ClientId, methods: PaymentMethods) -> None:
        """Go by what the portal was told just now."""
        self._seen[client] = time.monotonic(), methods
        self._seen.move_to_end(client)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)

    @property
    def clients(self) -> tuple[ClientId, ...]:
        """Whom to look at now."""
        since = time.monotonic() - self._seconds
        return tuple(client for client, (at, _) in self._seen.items() if at >= since)

    def is_news(self, client: ClientId, methods: PaymentMethods) -> bool:
        """Whether they differ from what is known, which they are from now on."""
        at, known = self._seen.get(client, (0.0, methods))
        if client in self._seen:
            self._seen[client] = at, methods
        return known != methods


@dataclass
class Round:
    """A way round a long list, one page a look: how each row was when it was last seen, and where to go on.

    `leaves` says that a row which is not there any more has changed: the list is of rows in one state.
    """

    action: str
    plural: str
    singular: str
    fact: Callable[[Row], AnyFact]
    params: Mapping[str, Any] = field(default_factory=dict)
    leaves: bool = False
    start: int = 0
    is_known: bool = False
    passed: bool = False
    seen: dict[str, tuple[int, AnyFact]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    async def look(self, whmcs: Client, size: int) -> list[AnyFact]:
        """The changes on the next page, and at the end of the round what is gone."""
        page, total = await whmcs.page(self.action, self.plural, self.singular, self.start, size, **self.params)
        found: list[AnyFact] = []
        with reading(self.action):
            for row in page:
                id, fact, state = id_of(row, "id"), self.fact(row), _state(row)
                known = self.seen.get(id)
                if self.is_known if known is None else known[0] != state:
                    found.append(fact)
                self.seen[id] = state, fact
                self.met.add(id)
        self.start += len(page)
        if not page or self.start >= total:
            found += self._end()
        return found

    def pass_over(self, size: int) -> None:
        """Go on behind a page that can't be read; a list that ends there begins anew."""
        self.passed = True
        self.start += size

    def _end(self) -> list[AnyFact]:
        # what stood on a page that was passed over is not gone
        gone = [] if self.passed else [id for id in self.seen if id not in self.met]
        found = [self.seen.pop(id)[1] for id in gone]
        self.start, self.is_known, self.met, self.passed = 0, True, set(), False
        return found if self.leaves else []


def _state(row: Row) -> int:
    """The row as it is, in a number: nothing of it is kept."""
    return hash(tuple((name, str(value)) for name, value in sorted(row.items()) if name not in _IGNORED))

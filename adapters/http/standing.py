"""Where the customer stands in one look, from memory while it holds (STA-1)."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from litestar import Request, get

from adapters.http.calls import call_of
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.ready import Ready, at_once_for_customer
from adapters.http.standing_shown import StatusShown
from adapters.http.surroundings import HttpSettings
from core.domain.ids import UserId
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.standing.read_standing import ReadStanding
from ports.bell import Bell
from ports.caches import Caches
from ports.clock import Clock

FRESH_FOR: Final = timedelta(seconds=10)
"""How long a standing is the answer without being read again, unless something of it changed."""
PATCHY_FOR: Final = timedelta(seconds=2)
"""The same where a part could not be read."""
KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Ready[StatusShown]
    mark: tuple[int, int]
    good_until: datetime


class KeptStatuses:
    """The statuses that were just made, ready to be sent again while nothing of them changed (STA-1)."""

    def __init__(self, caches: Caches, bell: Bell, clock: Clock) -> None:
        self._caches = caches
        self._bell = bell
        self._clock = clock
        self._kept: OrderedDict[tuple[UserId, Language], _Kept] = OrderedDict()

    def mark(self, session: Session) -> tuple[int, int]:
        """What differs once something of the customer changed; taken before their standing is read."""
        return self._caches.generation(session.account, session.client), self._bell.rung(session.user)

    def find(self, session: Session, language: Language) -> Ready[StatusShown] | None:
        """The answer that still holds, or None."""
        kept = self._kept.get((session.user, language))
        if kept is None or kept.mark != self.mark(session) or self._clock.now() >= kept.good_until:
            return None
        return kept.answer

    def keep(
        self, session: Session, language: Language, mark: tuple[int, int], answer: Ready[StatusShown], whole: bool
    ) -> None:
        """Keep an answer that was made after `mark` was taken."""
        key = (session.user, language)
        self._kept[key] = _Kept(answer, mark, self._clock.now() + (FRESH_FOR if whole else PATCHY_FOR))
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


_IN_STATE: Final = "kept_statuses"


async def _look(scope: Mapping[str, Any], session: Session) -> Ready[StatusShown] | None:
    kept: KeptStatuses | None = scope["litestar_app"].state.get(_IN_STATE)
    return kept.find(session, call_of(scope).language) if kept is not None else None


@get(
    "/me/status",
    **operation("me.status", tag="Me", summary="Where you stand", waits=False),
    middleware=[at_once_for_customer(_look)],
)
async def status(
    request: Request[Any, Any, Any],
    session: Given[Session],
    language: Given[Language],
    settings: Given[HttpSettings],
    read_standing: Given[ReadStanding],
    readings: Given[Caches],
    bell: Given[Bell],
    clock: Given[Clock],
) -> Ready[StatusShown]:
    """Check, ID, payment, checkout, orders, services, invoices, notices, and what is best done next (STA-1, STA-2).

    A part that can't be read says so, the rest is told. Read again after ten seconds, or once something changed.
    """
    state = request.app.state
    kept: KeptStatuses = state.setdefault(_IN_STATE, KeptStatuses(readings, bell, clock))
    mark = kept.mark(session)
    shown = StatusShown.of(await read_standing(session), settings, language)
    headers = {"vary": "Accept-Language", "content-language": language.value}
    answer = Ready.of(shown, cache="private, no-cache", headers=headers)
    kept.keep(session, language, mark, answer, shown.is_whole)
    return answer


STANDING: Final = (status,)

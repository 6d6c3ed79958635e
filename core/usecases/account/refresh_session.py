"""New tokens for old ones."""

from dataclasses import dataclass

from core.domain.policy import Policy
from core.domain.refusals import TokenSpent
from core.domain.session import Admitted, UserState, new_tokens, pair_of
from ports.caches import KnownSessions
from ports.clock import Clock
from ports.secrets import Secrets
from ports.store import RefreshTurn, Store


@dataclass(frozen=True, slots=True)
class RefreshSession:
    """Change a refresh token for a new pair, once; a used one that comes again ends its session (ACC-9).

    For who never got the answer, the same request key within a little while gives another pair instead (T-2).
    """

    store: Store
    secrets: Secrets
    clock: Clock
    policy: Policy
    known: KnownSessions

    async def __call__(self, refresh: str, key: str | None = None) -> Admitted:
        """The new tokens; raises TokenSpent."""
        now = self.clock.now()
        admitted = None
        async with self.store.begin() as shelves:
            turn, session, user_id = await shelves.sessions.take_refresh(
                self.secrets.fingerprint(refresh),
                now,
                self.secrets.fingerprint(key) if key is not None else None,
                now - self.policy.refresh_again_for,
            )
            user = await shelves.users.find(user_id) if user_id is not None else None
            good = turn is RefreshTurn.GOOD and user is not None and user.state is UserState.ACTIVE
            if good and session is not None and user is not None:
                tokens = new_tokens(session, self.secrets.token, now, self.policy)
                await shelves.sign_ups.spend(user.id)
                await shelves.sessions.renew(pair_of(tokens, user.id, self.secrets.fingerprint, now))
                admitted = Admitted(tokens=tokens, user=user.id, number=user.number, language=user.language)
        if session is not None:
            self.known.forget(session)
        if admitted is None:  # outside of the unit of work, which has ended a replayed session
            raise TokenSpent
        return admitted

"""Forgetting what has served its time."""

from dataclasses import dataclass

from core.domain.japan import tokyo_date
from core.domain.placing import ORDER
from core.domain.policy import Policy
from core.domain.work import ASKED_UNDER
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ForgetOld:
    """Remove keys, nonces, tries, sign-ups, checkouts, wishes and noes that are over, each by its own life.

    T-2, T-4, ORD-7, ELG-2. Run daily. What it answers is how many things were removed.
    """

    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        now, policy = self.clock.now(), self.policy
        async with self.store.begin() as shelves:
            return sum(
                [
                    await shelves.answers.forget_before(now - policy.key_life),
                    await shelves.nonces.forget_before(now - policy.nonce_life),
                    await shelves.tries.forget_before(now),
                    await shelves.sign_ups.forget_before(now - policy.sign_up_life),
                    await shelves.checkouts.forget_before(now),
                    await shelves.intents.close_before(ORDER, now - policy.same_intent_for),
                    await shelves.intents.close_before(ASKED_UNDER, now - policy.key_life),
                    await shelves.things.forget_noes_before(tokyo_date(now) - policy.ask_again_after),
                ]
            )

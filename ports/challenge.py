"""Something a person can do and a program can't."""

from typing import Protocol


class Challenge(Protocol):
    """What may admit a log-in past the limit of failures, where the operator has such a thing (ACC-8)."""

    @property
    def offered(self) -> bool:
        """Whether there is one to solve; without it, waiting is the only way."""

    async def solved(self, answer: str) -> bool:
        """Whether `answer` solves a challenge that was given out; each is good once."""

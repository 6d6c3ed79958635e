"""No challenge: past the limit of failed log-ins, waiting is the only way (ports/challenge.py)."""


class NoChallenge:
    """What an operator has who has set none up (ACC-8)."""

    @property
    def offered(self) -> bool:
        return False

    async def solved(self, answer: str) -> bool:
        return False

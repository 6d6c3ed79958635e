"""What was sent to billing, while the process lasts."""

from dataclasses import dataclass, field

from core.domain.ids import OrderId
from ports.sendings import Sent


@dataclass(slots=True)
class FakeSendings:
    """`ports.sendings.Sendings` in memory."""

    sent: dict[OrderId, Sent] = field(default_factory=dict)

    async def find(self, mark: OrderId) -> Sent | None:
        return self.sent.get(mark)

    async def keep(self, sent: Sent) -> None:
        self.sent[sent.mark] = sent

    async def forget(self, mark: OrderId) -> None:
        self.sent.pop(mark, None)

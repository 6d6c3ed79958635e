"""Setting the activation of an approved order going."""

from typing import Protocol

from core.domain.order import Order
from core.domain.work import Work


class Activation(Protocol):
    """Where the provisioning of approved orders is begun: one attempt at a time (FUL-1, FUL-4, FUL-5)."""

    async def __call__(self, order: Order, *, asked: bool) -> Work:
        """The order's provisioning as it stands, begun if nothing keeps it.

        What begins by itself waits for the order's date and its SIM card, and follows no attempt that failed. `asked`:
        somebody wants it now, so no date is waited for and what failed is tried again.
        """

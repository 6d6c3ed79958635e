"""The harness that kills finds what it is there to find."""

from collections.abc import Mapping

import pytest

from adapters.durable.doing import Handler
from core.domain.ids import RequestKey
from core.domain.work import Job, WorkKind
from ports.durable import DurableWork, Steps
from ports.errors import Unavailable
from tests.usecases.killing import kill_at_every_point


class Shop:
    """A remote system that writes what it is told; `careful` looks before it writes."""

    def __init__(self, careful: bool) -> None:
        self.careful = careful
        self.orders: list[str] = []
        self.busy = 1

    async def order(self, key: str) -> str:
        if not (self.careful and key in self.orders):
            self.orders.append(key)
        return key

    async def flaky(self) -> None:
        if self.busy:
            self.busy -= 1
            raise Unavailable("shop")


def handlers(shop: Shop, durable: DurableWork) -> Mapping[WorkKind, Handler]:
    async def place(steps: Steps, data: dict[str, str]) -> str:
        await steps.do("flaky", None, shop.flaky)
        first: str = await steps.do("order", str, lambda: shop.order(data["key"]))
        job = Job(key=RequestKey("mail:" + first), kind=WorkKind.SEND_MAIL, data={"key": "mail"})
        await steps.do("mail", None, lambda: start(job))
        return first

    async def start(job: Job) -> None:
        await durable.start(job)

    async def mail(steps: Steps, data: dict[str, str]) -> None:
        await steps.do("send", str, lambda: shop.order(data["key"]))

    return {WorkKind.PLACE_ORDERS: place, WorkKind.SEND_MAIL: mail}


async def act(shop: Shop, durable: DurableWork) -> None:
    await durable.start(Job(key=RequestKey("order"), kind=WorkKind.PLACE_ORDERS, data={"key": "one"}))


async def check(shop: Shop) -> None:
    assert shop.orders == ["one", "mail"]


@pytest.mark.parametrize("kills", [1, 2])
async def test_careful_work_is_done_once_wherever_it_is_killed(kills: int) -> None:
    assert await kill_at_every_point(lambda: Shop(careful=True), handlers, act, check, kills=kills) == 32


async def test_a_blind_write_is_found_and_its_point_named() -> None:
    with pytest.raises(AssertionError) as found:
        await kill_at_every_point(lambda: Shop(careful=False), handlers, act, check)
    assert any("order: done" in note for note in found.value.__notes__)

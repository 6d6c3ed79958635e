"""Two may read the stream: the one that waits for news, and one that wants to know what is there now."""

import asyncio

from adapters.fakes.wire.salesforce.pubsub.subscription import Pace
from tests.contracts.test_salesforce_fact_stream import now
from tests.salesforce.events_house import events_house
from tests.wire.salesforce.pubsub_house import topics_of


async def test_who_waits_for_news_makes_room_for_who_comes() -> None:
    async with events_house(topics_of("Account"), pace=Pace(keepalive=0.02)) as house:
        stream = house.ear().stream
        position = await now(stream)
        waiting = asyncio.ensure_future(stream.after(position, 60))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        async with asyncio.timeout(10):
            assert (await stream.after(position, 0)).facts == ()
            assert (await waiting).facts == ()


async def test_two_who_do_not_wait_both_hear_what_was_told() -> None:
    async with events_house(topics_of("Account"), pace=Pace(keepalive=0.02)) as house:
        stream = house.ear().stream
        position = await now(stream)
        account = house.pubsub.account()
        heard = await asyncio.gather(*(stream.after(position, 0) for _ in range(2)))
        assert [[getattr(fact, "account", None) for fact in batch.facts] for batch in heard] == [[account]] * 2

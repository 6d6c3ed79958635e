"""Listening from one position on: topics kept open, and what came of them in batches."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from adapters.salesforce.events.inbox import Entry, Inbox
from adapters.salesforce.events.news import News
from adapters.salesforce.events.subscription import Subscription

MOST: Final = 100
"""How many pieces of news one batch brings, unless a single event brings more."""


OpenTopic = Callable[[str, bytes | None], Subscription]


class Listening:
    """Streams of all topics from the replay ids `at` on; `began` is the position that it was asked for by.

    What was offered stays until the reader comes back with the position that goes with it.
    """

    def __init__(
        self,
        began: str | None,
        at: Mapping[str, bytes],
        inbox: Inbox,
        topics: Sequence[str],
        open_topic: OpenTopic,
    ) -> None:
        self.began = began
        self.inbox = inbox
        self.at = {topic: at[topic] for topic in topics if topic in at}
        self.subscriptions = [open_topic(topic, at.get(topic)) for topic in topics]
        self._tasks = [asyncio.create_task(each.forever()) for each in self.subscriptions]

    async def stop(self) -> None:
        """Close every stream."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def abandon(self) -> None:
        """Have every stream close by itself."""
        for task in self._tasks:
            task.cancel()

    @property
    def is_down(self) -> bool:
        """Whether facts are missing that Salesforce may have: a topic could not be taken up again.

        A topic that an operator must see to keeps nobody from the others.
        """
        standing = [each for each in self.subscriptions if not each.is_refused]
        return not standing or any(each.is_down for each in standing)

    def ready(self, is_passed: Callable[[Entry], bool]) -> Sequence[Entry]:
        """The entries of the next batch, up to the first that tells of an overflow which is not to be passed."""
        found: list[Entry] = []
        pieces = 0
        for entry in self.inbox.entries:
            if (entry.is_overflow and not is_passed(entry)) or (found and pieces + len(entry.news) > MOST):
                break
            found.append(entry)
            pieces += len(entry.news)
        return found

    def behind(self, entries: Sequence[Entry]) -> dict[str, bytes]:
        """Where each topic stands once those entries are dealt with."""
        return self.at | {entry.topic: entry.replay_id for entry in entries}

    def offer(self, entries: Sequence[Entry]) -> None:
        """Note how many were given to a reader."""
        self.inbox.offered = len(entries)

    def settle(self, at: Mapping[str, bytes]) -> None:
        """Take out what the reader has dealt with; it stands there now."""
        self.inbox.take()
        self.at = dict(at)


def news_in(entries: Sequence[Entry]) -> list[News]:
    """What the entries bring, in their order."""
    return [news for entry in entries for news in entry.news]

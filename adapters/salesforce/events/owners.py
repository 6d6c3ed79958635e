"""Whose a record is: of an order that changed, an event names the account only when that changed too."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

from core.domain.changes import owner_of
from core.domain.ids import AccountId
from ports.store import Store

FindOwners = Callable[[str, Collection[str]], Awaitable[Mapping[str, AccountId]]]
"""The account of each record that has one: of that object (by what the portal calls it), by these ids, in one call."""
_MOST_KNOWN: Final = 20_000


class KeptOwners:
    """Looks for owners among what was learned first, so that a process that begins anew asks the org of new ones alone.

    `store` is there once the portal is put together.
    """

    def __init__(self, ask: FindOwners) -> None:
        self.store: Callable[[], Store] | None = None
        self._ask = ask

    async def __call__(self, object: str, records: Collection[str]) -> Mapping[str, AccountId]:
        """`FindOwners`."""
        kept = await self._kept(records)
        left = [record for record in records if record not in kept]
        return {**kept, **(await self._ask(object, left) if left else {})}

    async def _kept(self, records: Collection[str]) -> Mapping[str, AccountId]:
        if self.store is None:
            return {}
        async with self.store().reading() as shelves:
            learned = await shelves.facts.learned([owner_of(record) for record in records])
        return {record: AccountId(learned[owner_of(record)]) for record in records if owner_of(record) in learned}


class Owners:
    """Accounts of records, as events told them or the org answered."""

    def __init__(self, find: FindOwners) -> None:
        self._find = find
        self._known: OrderedDict[tuple[str, str], AccountId] = OrderedDict()

    def learn(self, object: str, record: str, account: AccountId) -> None:
        """Remember what an event told."""
        self._known[object, record] = account
        self._known.move_to_end((object, record))
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

    async def of(self, object: str, records: Collection[str]) -> Mapping[str, AccountId]:
        """The account of each record that has one; raises Unavailable."""
        asked = [record for record in records if (object, record) not in self._known]
        if asked:
            for record, account in (await self._find(object, asked)).items():
                self.learn(object, record, account)
        return {record: self._known[object, record] for record in records if (object, record) in self._known}

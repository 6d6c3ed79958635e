"""What a customer may do with an eSIM once it works (SRV-4)."""

from typing import Final

import msgspec

from core.domain.ids import AccountId, EsimId, OrderId, RequestKey, ServiceId, UserId
from core.domain.work import Job, WorkKind

TOP_UPS: Final = (1_000, 3_000, 5_000, 10_000)
"""The amounts of data that can be added, in megabytes."""


class EsimChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done to which eSIM; `megabytes` None re-issues it."""

    key: RequestKey
    account: AccountId
    order: OrderId
    service: ServiceId
    esim: EsimId
    megabytes: int | None = None


def change_job(change: EsimChange, owner: UserId) -> Job:
    """The work of one change: beside nothing else of that service, and not in the way of the account's other work."""
    return Job(
        key=change.key,
        kind=WorkKind.REISSUE_ESIM if change.megabytes is None else WorkKind.TOP_UP,
        data=msgspec.to_builtins(change),
        owner=owner,
        lane=f"esim of {change.service}",
    )

"""What a customer may do with an eSIM once it works (SRV-4)."""

from typing import Final

import msgspec

from core.domain.ids import AccountId, EsimId, OrderId, RequestKey, ServiceId

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

"""Payment methods, read and never kept: the last four digits of a card are all there is of it."""

import re
from collections.abc import Callable
from typing import Any, Final

from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Row, Unreadable, last_four, maybe_id, month_of_card, raw, rows, shown
from core.domain.billing import PaymentMethod, PaymentMethods
from core.domain.ids import ClientId

_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){6,}")


class WhmcsPaymentBook:
    """`ports.billing.PaymentBook` on a WHMCS; `asked` is told whose methods the portal looks at, and what they are."""

    def __init__(self, client: Client, asked: Callable[[ClientId, PaymentMethods], Any]) -> None:
        self._whmcs = client
        self._asked = asked

    async def payment_methods(self, client: ClientId) -> PaymentMethods:
        methods = await methods_of(self._whmcs, client)
        self._asked(client, methods)
        return methods


async def methods_of(whmcs: Client, client: ClientId) -> PaymentMethods:
    """The client's payment methods, in WHMCS's order."""
    body = await whmcs.read("GetPayMethods", clientid=client)
    with reading("GetPayMethods"):
        if maybe_id(body, "clientid") not in (None, client):
            raise Unreadable("clientid")
        return PaymentMethods(tuple(map(_method_of, rows(body, "paymethods", "paymethod"))))


def _method_of(row: Row) -> PaymentMethod:
    names = (shown(row, name).strip() for name in ("description", "card_type", "bank_name"))
    return PaymentMethod(
        kind=raw(row, "type"),
        # people describe a card by its number at times
        label=_NUMBER.sub(lambda number: f"…{number[0][-4:]}", next(filter(None, names), "")),
        last_four=last_four(row, "card_last_four"),
        expires=month_of_card(row, "expiry_date"),
    )

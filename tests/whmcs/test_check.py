"""What the check makes of answers that the made-up WHMCS does not give."""

from typing import Any

import pytest

from adapters.whmcs.checking import NEEDED, Lack, check
from tests.whmcs.house import House, client_of, listed

ANSWERS: dict[str, Any] = {
    **{action: {} for action in NEEDED},
    "WhmcsDetails": {"whmcs": {"version": "8.13.1", "canonicalversion": "8.13.1-release.1"}},
    "GetCurrencies": {"currencies": {"currency": [{"id": 1, "code": "JPY", "rate": "1.00000"}]}},
    "GetPaymentMethods": {"paymentmethods": {"paymentmethod": [{"module": "stripe", "displayname": "Card"}]}},
    "GetClients": listed("clients", "client", [{"id": "1"}]),
    "GetClientsDetails": {"client": {"id": "1", "customfields": [{"id": "7", "value": ""}]}},
}


async def troubles(**said: Any) -> list[tuple[Lack, str, bool]]:
    found = await check(client_of(House(**{**ANSWERS, **said})), {})
    return [(each.trouble, each.detail, each.weakens) for each in found]


async def test_nothing_is_found_where_all_is_there() -> None:
    assert await troubles() == []


@pytest.mark.parametrize("version", ["9" * 5_000, "²", "x", "", "7.10.2", "8"])
async def test_a_version_is_one_or_too_old_and_never_a_crash(version: str) -> None:
    found = await troubles(WhmcsDetails={"whmcs": {"version": version}})
    assert found == ([] if version == "8" else [(Lack.OLD, version, False)])


async def test_another_currency_beside_the_yen_is_told() -> None:
    codes = [{"code": "USD"}, {"code": "JPY"}, {"code": "EUR"}]
    assert await troubles(GetCurrencies={"currencies": {"currency": codes}}) == [
        (Lack.MORE_CURRENCIES, "USD, EUR", True)
    ]

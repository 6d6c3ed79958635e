"""Which Accounts are taken up, and which are left to staff with a reason (ACC-4)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.domain.adopting import Orphan
from core.domain.ids import AccountId
from core.domain.work import Work, WorkState
from tests.usecases.account_house import ADDRESS, House, a_form, a_house
from tests.usecases.test_account_durable import is_an_orphan


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        await is_an_orphan(house)
        yield house


def orphan(house: House) -> dict[str, Any]:
    (account,) = house.world.records.find("account")
    return account


async def adopted(house: House) -> Work:
    work = await house.runner.start(Orphan(AccountId(orphan(house)["id"]), "once").job())
    ended = await house.runner.outcome(work.key, 5)
    assert ended is not None
    return ended


async def test_an_orphan_gets_client_link_and_user(house: House) -> None:
    assert (await adopted(house)).state is WorkState.DONE
    user = await house.user()
    assert user is not None
    [client] = house.world.records.find("client")
    assert (client["email"], client["city"]) == (user.email, ADDRESS.city)
    with pytest.raises(Exception, match="wrong_login"):
        await house.logs_in()


async def test_a_barred_account_is_left_to_staff(house: House) -> None:
    house.world.records.update("account", orphan(house)["id"], {"portal_status": "Inactive"}, by="staff")
    ended = await adopted(house)
    assert (ended.state, ended.code) == (WorkState.WITH_STAFF, "account_barred_or_gone")
    assert house.world.records.find("client") == []


async def test_an_account_without_an_address_to_write_to_is_left_to_staff(house: House) -> None:
    [contact] = house.world.records.find("contact")
    house.world.records.update("contact", contact["id"], {"email": None}, by="staff")
    assert (await adopted(house)).code == "account_incomplete"


async def test_a_client_of_somebody_else_is_not_taken(house: House) -> None:
    values = {"email": a_form().email, "user_email": a_form().email, "firstname": "Some", "lastname": "Body"}
    house.world.records.create("client", {**values, "customer_number": "P7777777"}, by="staff")
    assert (await adopted(house)).code == "conflict"
    assert orphan(house)["client"] is None
    assert await house.user() is None


async def test_whose_own_sign_up_is_open_is_not_adopted_beside_it(house: House) -> None:
    house.world.records.delete("contact", house.world.records.find("contact")[0]["id"], by="staff")
    house.world.records.delete("account", orphan(house)["id"], by="staff")
    house.world.faults.switch("whmcs", "ensure_client", "unavailable")
    sign_up = await house.start_sign_up(a_form())
    await house.confirm_sign_up(sign_up, await house.code(a_form().email), None)
    ended = await adopted(house)
    assert (ended.state, ended.code) == (WorkState.WITH_STAFF, "sign_up_open")


async def test_who_signed_up_meanwhile_is_left_as_they_are(house: House) -> None:
    await house.sign_up()
    there = await house.user()
    assert (await adopted(house)).state is WorkState.DONE
    assert await house.user() == there

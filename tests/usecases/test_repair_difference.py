"""What the systems disagree on is put right where that is safe, by one write that looks first (OPS-5)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.fakes.bindings import WorldBindings
from adapters.fakes.schema_whmcs import BILLING_ORDER, SERVICE
from core.domain.cart import CartService
from core.domain.drift import Difference, Disagreement, Outcome, Repair
from core.domain.ids import Sku
from core.domain.session import Session
from core.usecases.work.find_drift import FindDrift
from core.usecases.work.repair_difference import RepairDifference
from tests.usecases.service_house import ServiceHouse, a_house

VPN = CartService(plan=Sku("VPN-SAN-FRANCISCO"))


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path) as house:
        yield house


@pytest.fixture
async def mina(house: ServiceHouse) -> Session:
    return await house.customer()


def finding(house: ServiceHouse) -> FindDrift:
    up: WorldBindings = house.up
    return FindDrift(
        up.customer_registry, up.client_book, up.opportunities, up.order_book, up.service_book, house.store
    )


def repairing(house: ServiceHouse) -> RepairDifference:
    up: WorldBindings = house.up
    return RepairDifference(
        up.customer_registry,
        up.client_book,
        up.opportunities,
        up.order_book,
        up.service_book,
        up.provisioner,
        house.store,
        house.world.clock,
    )


async def found(house: ServiceHouse) -> list[tuple[str, str]]:
    return [(each.kind.value, each.repair.value) for each in await finding(house)()]


async def repaired(house: ServiceHouse) -> list[tuple[str, str, str | None]]:
    done = [await repairing(house)(each) for each in await finding(house)()]
    return [(each.difference.kind.value, each.outcome.value, each.code) for each in done]


async def test_everything_in_order_is_nothing_to_do(house: ServiceHouse, mina: Session) -> None:
    await house.active(mina, VPN)
    assert await found(house) == []


async def test_a_service_is_linked_to_the_sale_of_its_order(house: ServiceHouse, mina: Session) -> None:
    service = await house.active(mina, VPN)
    [sale] = house.rows("opportunity")
    house.world.records.update("opportunity", sale["id"], {"service": None}, "staff")
    assert await found(house) == [("active_without_service", "by_hand"), ("service_not_linked", "link_service")]
    assert await repaired(house) == [
        ("active_without_service", "by_hand", None),
        ("service_not_linked", "repaired", None),
    ]
    assert str(house.rows("opportunity")[0]["service"]) == service.id
    assert await found(house) == []


async def test_a_sale_behind_its_order_and_without_its_service_is_put_right_at_once(
    house: ServiceHouse, mina: Session
) -> None:
    await house.active(mina, VPN)
    [sale] = house.rows("opportunity")
    house.world.records.update("opportunity", sale["id"], {"service": None, "stage": "Post Processing"}, "staff")
    kinds = ("stage_behind_order", "service_not_linked")
    assert await repaired(house) == [(kind, "repaired", None) for kind in kinds]
    assert await found(house) == []


async def test_the_sale_of_a_cancelled_order_is_void(house: ServiceHouse, mina: Session) -> None:
    order = await house.ordered(mina, VPN)
    [sale] = house.rows("opportunity")
    house.world.records.update("order", order, {"status": "Cancelled"}, "staff")
    assert await found(house) == [("void_not_set", "set_stage")]
    assert await repaired(house) == [("void_not_set", "repaired", None)]
    row = house.world.records.get("opportunity", sale["id"])
    assert row is not None
    assert row["stage"] == "Void"
    assert await found(house) == []


async def test_a_service_of_a_cancelled_order_is_left_to_a_person(house: ServiceHouse, mina: Session) -> None:
    await house.active(mina, VPN)
    [order], [sale] = house.rows("order"), house.rows("opportunity")
    house.world.records.update("opportunity", sale["id"], {"service": None, "stage": "Post Processing"}, "staff")
    house.world.records.update("order", order["id"], {"status": "Cancelled", "activation": "Not Started"}, "staff")
    # the sale is not void while the service of its order runs
    assert await found(house) == [("void_not_set", "by_hand"), ("orphan_service", "by_hand")]
    assert {outcome for _, outcome, _ in await repaired(house)} == {"by_hand"}
    # what was safe when it was found is not any more
    stale = Difference(
        kind=Disagreement.VOID_NOT_SET, account=mina.account, subject=sale["id"], repair=Repair.SET_STAGE
    )
    assert (await repairing(house)(stale)).outcome is Outcome.GONE
    assert house.rows("opportunity")[0]["stage"] == "Post Processing"


def billed_again(house: ServiceHouse) -> str:
    """The only order, added to WHMCS once more; it was not accepted. Answers the order there."""
    [order], [service] = house.rows("billing_order"), house.rows("service")
    twice = {name: order[name] for name in BILLING_ORDER.columns} | {"ordernum": "9999999999", "status": "Pending"}
    made = house.world.records.create("billing_order", twice, "portal")
    alike = {name: service[name] for name in SERVICE.columns} | {"order": made, "status": "Pending"}
    house.world.records.create("service", alike, "portal")
    return made


async def test_an_order_that_billing_holds_twice_is_left_once(house: ServiceHouse, mina: Session) -> None:
    service = await house.active(mina, VPN)
    made = billed_again(house)
    assert await found(house) == [("billed_twice", "drop_pending")]
    assert await repaired(house) == [("billed_twice", "repaired", None)]
    assert [row["id"] for row in house.rows("service")] == [service.id]
    assert house.world.records.get("billing_order", made) is None
    assert house.rows("service")[0]["status"] == house.rows("billing_order")[0]["status"] == "Active"
    assert await found(house) == []


async def test_nothing_is_dropped_while_the_customers_own_order_is_pending(house: ServiceHouse, mina: Session) -> None:
    await house.active(mina, VPN)
    [order] = house.rows("billing_order")
    billed_again(house)
    house.world.records.update("billing_order", order["id"], {"status": "Pending"}, "staff")
    assert await repaired(house) == [("billed_twice", "refused", "not_accepted")]
    assert (len(house.rows("billing_order")), len(house.rows("service"))) == (2, 2)


async def test_a_link_is_written_only_to_the_customers_own_client(house: ServiceHouse, mina: Session) -> None:
    client = mina.client
    house.world.records.update("account", mina.account, {"client": None}, "staff")
    assert await found(house) == [("link_missing", "write_link")]
    house.world.records.update("client", client, {"customer_number": "P9999999"}, "staff")
    assert ("link_missing", "by_hand") in await found(house)
    stale = Difference(
        kind=Disagreement.LINK_MISSING, account=mina.account, subject=str(client), repair=Repair.WRITE_LINK
    )
    refused = await repairing(house)(stale)
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "client_of_another")
    house.world.records.update("client", client, {"customer_number": "P1000001"}, "staff")
    assert await repaired(house) == [("link_missing", "repaired", None)]
    assert await found(house) == []


async def test_what_somebody_put_right_meanwhile_is_gone(house: ServiceHouse, mina: Session) -> None:
    await house.active(mina, VPN)
    [sale] = house.rows("opportunity")
    house.world.records.update("opportunity", sale["id"], {"stage": "Post Processing"}, "staff")
    [difference] = await finding(house)()
    house.world.records.update("opportunity", sale["id"], {"stage": "Active"}, "staff")
    before = len(house.world.ledger.entries)
    assert (await repairing(house)(difference)).outcome is Outcome.GONE
    assert len(house.world.ledger.entries) == before


@pytest.mark.parametrize("kind", ["unavailable", "timeout_after", "refused"])
async def test_a_repair_without_an_answer_is_told_and_looked_at_again(
    house: ServiceHouse, mina: Session, kind: str
) -> None:
    await house.active(mina, VPN)
    [sale] = house.rows("opportunity")
    house.world.records.update("opportunity", sale["id"], {"stage": "Post Processing"}, "staff")
    house.fail("salesforce", "ensure_stage", kind, times=1)
    [(_, outcome, _)] = await repaired(house)
    assert outcome == ("refused" if kind == "refused" else "unavailable")
    await repaired(house)
    assert await found(house) == []


async def test_each_repair_is_written_down_before_and_after(house: ServiceHouse, mina: Session) -> None:
    house.world.records.update("account", mina.account, {"client": None}, "staff")
    await repaired(house)
    async with house.store.reading() as shelves:
        trail = await shelves.audit.of_subject(str(mina.client), 10)
    assert [(line.actor, line.deed, line.details["outcome"]) for line in trail] == [
        ("operator", "repair write_link", "repaired"),
        ("operator", "repair write_link", "wanted"),
    ]


async def test_an_account_that_can_not_be_read_keeps_nobody_from_the_others(house: ServiceHouse, mina: Session) -> None:
    other = await house.customer(name="hana")
    records = house.world.records
    for session, change in ((mina, {"portal_status": "Under Survey"}), (other, {"client": None})):
        row = records.get("account", session.account)
        assert row is not None
        records.restore("account", session.account, {**row, **change})
    assert await found(house) == [("link_missing", "write_link")]

"""What counts as a disagreement between a sale and its service (OPS-5)."""

from datetime import UTC, datetime

import pytest

from core.domain.billing import Service, ServiceStatus
from core.domain.cancellation import Kit
from core.domain.catalog import BillingCycle, ItemClass, ProductType
from core.domain.drift import differences
from core.domain.ids import AccountId, ClientId, OpportunityId, OrderId, ServiceId, Sku
from core.domain.money import Yen
from core.domain.opportunity import Opportunity, Stage
from core.domain.order import ActivationStatus, ActivationType, Order, OrderLine, OrderStatus

MINA, AT = AccountId("a1"), datetime(2026, 1, 20, 1, 0, tzinfo=UTC)


def service(status: ServiceStatus, mark: OrderId | None = None, id: str = "7") -> Service:
    return Service(
        id=ServiceId(id),
        client=ClientId("3"),
        name="VPN London",
        group="VPN",
        billing_product="31",
        product_type=ProductType.VPN,
        status=status,
        cycle=BillingCycle.MONTHLY,
        price=Yen(1000),
        mark=mark,
    )


def order(quantity: int = 1) -> Order:
    line = OrderLine(
        sku=Sku("VPN"),
        name="VPN London",
        item_class=ItemClass.PLAN,
        billing_cycle=BillingCycle.MONTHLY,
        quantity=quantity,
        unit_price=Yen(1000),
        price_entry="p1",
        billing_product="31",
        service=ServiceId("7"),
    )
    return Order(
        id=OrderId("r1"),
        number="1",
        key=None,
        account=MINA,
        opportunity=OpportunityId("o1"),
        product_type=ProductType.VPN,
        status=OrderStatus.COMPLETED,
        activation=ActivationStatus.ACTIVATED,
        activation_type=ActivationType.IMMEDIATE,
        activate_at=None,
        lines=(line,),
        address=None,
        placed_at=AT,
        changed_at=AT,
    )


def sale(stage: Stage, kit: Kit | None = None) -> Opportunity:
    return Opportunity(
        id=OpportunityId("o1"),
        account=MINA,
        product_type=ProductType.VPN,
        stage=stage,
        created_at=AT,
        changed_at=AT,
        service=ServiceId("7"),
        kit=kit,
    )


@pytest.mark.parametrize(
    ("stage", "status", "found"),
    [
        (Stage.ACTIVE, ServiceStatus.ACTIVE, []),
        (Stage.ACTIVE, ServiceStatus.SUSPENDED, []),
        (Stage.ACTIVE, ServiceStatus.PENDING, ["active_but_pending"]),
        (Stage.ACTIVE, ServiceStatus.TERMINATED, ["ended_but_active"]),
        (Stage.ACTIVE, None, ["active_without_service"]),
        (Stage.CANCELLED, ServiceStatus.ACTIVE, ["cancelled_but_running"]),
        (Stage.CANCELLED, ServiceStatus.TERMINATED, []),
        (Stage.VOID, ServiceStatus.SUSPENDED, ["cancelled_but_running"]),
        (Stage.VOID, ServiceStatus.CANCELLED, []),
        (Stage.CANCELLING, ServiceStatus.ACTIVE, []),
        (Stage.CANCELLING, ServiceStatus.TERMINATED, ["ended_but_cancelling"]),
    ],
)
def test_a_sale_and_its_service(stage: Stage, status: ServiceStatus | None, found: list[str]) -> None:
    services = [service(status)] if status is not None else []
    assert [each.kind for each in differences(MINA, opportunities=[sale(stage)], orders=[], services=services)] == found


@pytest.mark.parametrize(
    ("status", "mark", "found"),
    [
        (ServiceStatus.ACTIVE, None, ["service_without_sale"]),
        (ServiceStatus.TERMINATED, None, []),
        (ServiceStatus.ACTIVE, OrderId("r1"), ["orphan_service"]),
    ],
)
def test_a_service_no_sale_knows(status: ServiceStatus, mark: OrderId | None, found: list[str]) -> None:
    listed = differences(MINA, opportunities=[], orders=[], services=[service(status, mark)])
    assert [each.kind for each in listed] == found


@pytest.mark.parametrize(("kit", "found"), [(Kit.SENT, []), (Kit.RETURNED_1, ["ended_but_cancelling"])])
def test_an_ended_service_waits_for_its_kit(kit: Kit, found: list[str]) -> None:
    listed = differences(
        MINA, opportunities=[sale(Stage.CANCELLING, kit)], orders=[], services=[service(ServiceStatus.TERMINATED)]
    )
    assert [each.kind for each in listed] == found


ACTIVE, PENDING, OVER = ServiceStatus.ACTIVE, ServiceStatus.PENDING, ServiceStatus.CANCELLED


@pytest.mark.parametrize(
    ("own", "other", "quantity", "found"),
    [
        (ACTIVE, OVER, 1, []),
        (ACTIVE, PENDING, 1, [("billed_twice", "drop_pending")]),
        (ACTIVE, ACTIVE, 1, [("billed_twice", "by_hand")]),
        # two were ordered
        (ACTIVE, ACTIVE, 2, []),
        # the customer's own would go with the other
        (PENDING, PENDING, 1, [("billed_twice", "by_hand"), ("active_but_pending", "by_hand")]),
    ],
)
def test_an_order_is_billed_as_often_as_it_says(
    own: ServiceStatus, other: ServiceStatus, quantity: int, found: list[tuple[str, str]]
) -> None:
    mark = OrderId("r1")
    services = [service(other, mark, "8"), service(own, mark)]
    listed = differences(MINA, opportunities=[sale(Stage.ACTIVE)], orders=[order(quantity)], services=services)
    assert {(each.kind.value, each.repair.value) for each in listed} == set(found)

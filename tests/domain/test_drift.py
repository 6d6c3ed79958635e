"""What counts as a disagreement between a sale and its service (OPS-5)."""

from datetime import UTC, datetime

import pytest

from core.domain.billing import Service, ServiceStatus
from core.domain.catalog import BillingCycle, ProductType
from core.domain.drift import differences
from core.domain.ids import AccountId, ClientId, OpportunityId, OrderId, ServiceId
from core.domain.money import Yen
from core.domain.opportunity import Opportunity, Stage

MINA, AT = AccountId("a1"), datetime(2026, 1, 20, 1, 0, tzinfo=UTC)


def service(status: ServiceStatus, mark: OrderId | None = None) -> Service:
    return Service(
        id=ServiceId("7"),
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


def sale(stage: Stage) -> Opportunity:
    return Opportunity(
        id=OpportunityId("o1"),
        account=MINA,
        product_type=ProductType.VPN,
        stage=stage,
        created_at=AT,
        changed_at=AT,
        service=ServiceId("7"),
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

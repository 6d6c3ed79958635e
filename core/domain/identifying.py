"""Which products ask who the customer is, and how they may show it (ORD-1, IDV-7)."""

from collections.abc import Collection
from datetime import date, datetime

from core.domain.catalog import ProductType, SimPlanType
from core.domain.id_methods import IdMethod
from core.domain.japan import tokyo_date
from core.domain.policy import Policy


def needs_id(products: Collection[ProductType], policy: Policy) -> bool:
    """Whether a cart of these products asks for a verified ID (ORD-1, IDV-7)."""
    return ProductType.SIM in products or (policy.internet_needs_id and ProductType.INTERNET in products)


def methods_for(
    product_type: ProductType, sim_plan: SimPlanType | None, policy: Policy, day: date
) -> frozenset[IdMethod]:
    """How a customer may be identified for one product on `day` in Japan; none where it asks for no ID (IDV-7)."""
    if not needs_id((product_type,), policy):
        return frozenset()
    return frozenset(r.method for r in policy.id_methods if r.holds(day) and r.covers(product_type, sim_plan))


def methods_open(policy: Policy, day: date) -> frozenset[IdMethod]:
    """How a customer may be identified on `day` in Japan for any product that asks for it (IDV-7)."""
    return frozenset(r.method for r in policy.id_methods if r.holds(day) and needs_id((r.product_type,), policy))


def takes_pictures(policy: Policy, now: datetime) -> bool:
    """Whether a picture of a card is a way to be identified today, for a product that asks for it (IDV-7)."""
    return IdMethod.DOCUMENT_IMAGE in methods_open(policy, tokyo_date(now))

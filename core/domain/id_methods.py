"""How a customer may be identified, for which product, from and until when: data, since the law changes (IDV-7)."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.catalog import ProductType, SimPlanType


class IdMethod(StrEnum):
    """A way of telling who a customer is; each has a port of its own."""

    DOCUMENT_IMAGE = "document_image"


class MethodRule(msgspec.Struct, frozen=True):
    """One method, allowed for one product line from `begins` on and up to `ends`; None is without a bound.

    With `sim_plan` it is for SIM plans of that kind alone: the law asks more of a SIM that speaks.
    """

    product_type: ProductType
    method: IdMethod
    begins: date | None = None
    ends: date | None = None
    sim_plan: SimPlanType | None = None

    def holds(self, day: date) -> bool:
        """Whether the method is allowed on `day` in Japan."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)

    def covers(self, product_type: ProductType, sim_plan: SimPlanType | None) -> bool:
        """Whether it is for this product; a plan whose kind is not known has no rule of a kind."""
        return product_type is self.product_type and self.sim_plan in (None, sim_plan)


ID_METHODS: Final = (
    MethodRule(ProductType.SIM, IdMethod.DOCUMENT_IMAGE),
    MethodRule(ProductType.INTERNET, IdMethod.DOCUMENT_IMAGE),
)
"""What holds unless the operator decides otherwise; Internet's only counts while policy has Internet ask for ID."""

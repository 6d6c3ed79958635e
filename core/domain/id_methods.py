"""How a customer may be identified, for which product, from and until when: data, since the law changes (IDV-7)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.catalog import ProductType


class IdMethod(StrEnum):
    """A way of telling who a customer is; each has a port of its own."""

    DOCUMENT_IMAGE = "document_image"


class MethodRule(msgspec.Struct, frozen=True):
    """One method, allowed for one product line from `begins` on and up to `ends`; None is without a bound."""

    product_type: ProductType
    method: IdMethod
    begins: date | None = None
    ends: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the method is allowed on `day` in Japan."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


ID_METHODS: Final = (
    MethodRule(ProductType.SIM, IdMethod.DOCUMENT_IMAGE),
    MethodRule(ProductType.INTERNET, IdMethod.DOCUMENT_IMAGE),
)
"""What holds unless the operator decides otherwise."""


def methods_on(rules: Iterable[MethodRule], day: date, product_type: ProductType | None = None) -> frozenset[IdMethod]:
    """The methods allowed on that day, for one product line or for any (IDV-7)."""
    return frozenset(rule.method for rule in rules if rule.holds(day) and product_type in (None, rule.product_type))

"""Carts, as callers write them and as they are priced (CAT-8, ORD-11)."""

from datetime import date
from typing import Annotated, Any, ClassVar

import msgspec

from adapters.http.body import Answer, Ask
from adapters.http.texts.saying import filled
from adapters.http.texts.shop import FIRST_BILL_NOTE, TAX_NOTE
from core.domain.account import Gender
from core.domain.cart import (
    Cart,
    CartLine,
    CartService,
    FirstBill,
    PricedCart,
    PricedService,
    SimChoice,
    SimType,
    Totals,
)
from core.domain.ids import Sku
from core.domain.money import Yen
from core.domain.order import OrderLine
from core.domain.porting import Porting
from core.domain.words import Language

SkuText = Annotated[str, msgspec.Meta(min_length=1, max_length=180)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
_Short = Annotated[str, msgspec.Meta(max_length=80)]


class PortingAsk(Ask, frozen=True):
    """What the losing operator needs to let a number go; names in katakana."""

    reservation: _Short
    expires: date
    phone_number: _Short
    last_kana: _Short
    first_kana: _Short
    birth_date: date
    gender: Gender

    example: ClassVar[Any] = {
        "reservation": "1234567890",
        "expires": "2026-02-04",
        "phoneNumber": "09012345678",
        "lastKana": "パク",
        "firstKana": "ミナ",
        "birthDate": "1994-05-06",
        "gender": "female",
    }

    @classmethod
    def of(cls, porting: Porting) -> "PortingAsk":
        """The porting as it was asked for."""
        return msgspec.convert(porting, cls, from_attributes=True)


class SimAsk(Ask, frozen=True):
    """How a SIM reaches the phone, and a number that is brought along."""

    type: SimType
    eid: _Short | None = None
    porting: PortingAsk | None = None

    example: ClassVar[Any] = {"type": "esim", "eid": "89049032000000000000000000000123"}


class ServiceAsk(Ask, frozen=True):
    """One service: a plan, what goes with it, and for a SIM how it comes."""

    plan: SkuText
    extras: Annotated[tuple[SkuText, ...], msgspec.Meta(max_length=20)] = ()
    sim: SimAsk | None = None

    example: ClassVar[Any] = {"plan": "INTERNET-HOME-1G-SILVER", "extras": ["INTERNET-INSTALL-SINGLE"]}

    @classmethod
    def of(cls, service: CartService) -> "ServiceAsk":
        """The service as it was asked for."""
        sim = service.sim
        return cls(
            plan=service.plan,
            extras=service.extras,
            sim=None
            if sim is None
            else SimAsk(
                type=sim.sim_type,
                eid=sim.eid,
                porting=PortingAsk.of(sim.porting) if sim.porting is not None else None,
            ),
        )


class CartAsk(Ask, frozen=True):
    """A cart of one to five services."""

    services: Annotated[tuple[ServiceAsk, ...], msgspec.Meta(max_length=20)]

    example: ClassVar[Any] = {"services": [ServiceAsk.example]}

    @property
    def cart(self) -> Cart:
        """As the core knows it."""
        return Cart(tuple(_service(each) for each in self.services))

    @classmethod
    def of(cls, cart: Cart) -> "CartAsk":
        """The cart as it was asked for."""
        return cls(services=tuple(ServiceAsk.of(each) for each in cart.services))


def _service(asked: ServiceAsk) -> CartService:
    sim = None
    if asked.sim is not None:
        ported = asked.sim.porting
        porting = msgspec.convert(ported, Porting, from_attributes=True) if ported is not None else None
        sim = SimChoice(asked.sim.type, asked.sim.eid, porting)
    return CartService(Sku(asked.plan), tuple(Sku(each) for each in asked.extras), sim)


class TotalsAsk(Ask, frozen=True):
    """The totals the customer saw, in whole yen with tax."""

    monthly: Amount
    one_time: Amount

    example: ClassVar[Any] = {"monthly": 5500, "oneTime": 22800}

    @property
    def totals(self) -> Totals:
        """As the core knows them."""
        return Totals(Yen(self.monthly), Yen(self.one_time))


class TotalsShown(Answer, frozen=True):
    """What is paid each month and once, in whole yen with tax."""

    monthly: int
    one_time: int

    example: ClassVar[Any] = TotalsAsk.example

    @classmethod
    def of(cls, totals: Totals) -> "TotalsShown":
        """The totals."""
        return cls(monthly=totals.monthly, one_time=totals.one_time)


class LineShown(Answer, frozen=True):
    """One line of a cart or an order, in whole yen with tax; an order's has its price as it was when ordered."""

    sku: str
    name: str
    item_class: str
    billing_cycle: str
    quantity: int
    unit_price: int
    total: int

    example: ClassVar[Any] = {
        "sku": "INTERNET-HOME-1G-SILVER",
        "name": "Internet Home 1G Silver",
        "itemClass": "plan",
        "billingCycle": "monthly",
        "quantity": 1,
        "unitPrice": 5500,
        "total": 5500,
    }

    @classmethod
    def of(cls, line: CartLine | OrderLine) -> "LineShown":
        """The line."""
        return cls(
            sku=line.sku,
            name=line.name,
            item_class=line.item_class.value,
            billing_cycle=line.billing_cycle.value,
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.quantity * line.unit_price,
        )


class PricedServiceShown(Answer, frozen=True):
    """One service with its lines, plan first."""

    type: str
    lines: tuple[LineShown, ...]
    totals: TotalsShown

    example: ClassVar[Any] = {"type": "internet", "lines": [LineShown.example], "totals": TotalsAsk.example}

    @classmethod
    def of(cls, service: PricedService) -> "PricedServiceShown":
        """The service."""
        return cls(
            type=service.product_type.value,
            lines=tuple(LineShown.of(line) for line in service.lines),
            totals=TotalsShown(monthly=service.monthly, one_time=service.one_time),
        )


class FirstBillShown(Answer, frozen=True):
    """The first bill if the services start today, in whole yen with tax."""

    starts: date
    ends: date
    amount: int
    note: str

    example: ClassVar[Any] = {
        "starts": "2026-01-20",
        "ends": "2026-02-19",
        "amount": 28300,
        "note": FIRST_BILL_NOTE.en,
    }


class PriceShown(Answer, frozen=True):
    """What a cart costs now. `stale`: prices could not be read again and may have changed."""

    services: tuple[PricedServiceShown, ...]
    totals: TotalsShown
    first_bill: FirstBillShown
    tax_note: str
    stale: bool

    example: ClassVar[Any] = {
        "services": [PricedServiceShown.example],
        "totals": TotalsAsk.example,
        "firstBill": FirstBillShown.example,
        "taxNote": TAX_NOTE.en,
        "stale": False,
    }

    @classmethod
    def of(cls, priced: PricedCart, bill: FirstBill, stale: bool, language: Language) -> "PriceShown":
        """The price in the caller's words."""
        note = filled(FIRST_BILL_NOTE, language, {})
        return cls(
            services=tuple(PricedServiceShown.of(each) for each in priced.services),
            totals=TotalsShown.of(priced.totals),
            first_bill=FirstBillShown(starts=bill.starts, ends=bill.ends, amount=bill.amount, note=note),
            tax_note=filled(TAX_NOTE, language, {}),
            stale=stale,
        )

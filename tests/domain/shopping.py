"""A small catalog and a customer, for tests of what is bought."""

from datetime import UTC, date, datetime

import msgspec

from core.domain.account import Address, Person, Phone, Profile
from core.domain.billing import PaymentMethod, PaymentMethods, Service, ServiceStatus
from core.domain.cart import Cart, CartService, SimChoice, SimType
from core.domain.catalog import BillingCycle, Catalog, CatalogItem, ItemClass, ProductType, SimPlanType
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, OrderId, ServiceId, Sku
from core.domain.money import Yen
from core.domain.order import ActivationStatus, ActivationType, Order, OrderLine, OrderStatus

NOW = datetime(2026, 1, 20, 3, tzinfo=UTC)
TODAY = date(2026, 1, 20)
ACCOUNT = AccountId("001A")
CLIENT = ClientId("7")
HOME = Address("106-0044", "東京都", "港区", "東麻布1-8-1", "六本木ハイツ 201")
ELSEWHERE = Address("530-0001", "大阪府", "大阪市北区", "梅田3-1-1")

_I, _S, _V = ProductType.INTERNET, ProductType.SIM, ProductType.VPN
_P, _N, _A, _F = ItemClass.PLAN, ItemClass.INSTALLATION, ItemClass.ADD_ON, ItemClass.ACTIVATION_FEE
_M, _O = BillingCycle.MONTHLY, BillingCycle.ONE_TIME


def item(
    sku: str, product: ProductType, part: ItemClass, cycle: BillingCycle, yen: int, order: int = 0, **more: object
) -> CatalogItem:
    """One item of the catalog."""
    known: dict[str, object] = {
        "sku": sku,
        "name": sku.title(),
        "product_type": product,
        "item_class": part,
        "billing_cycle": cycle,
        "unit_price": yen,
        "price_entry": f"entry-{sku}",
        "billing_product": f"billing-{sku}",
        "display_order": order,
    }
    return msgspec.convert(known | more, CatalogItem)


ITEMS = (
    item("net-1g", _I, _P, _M, 5200, 1, offering="Home 1G"),
    item("net-10g", _I, _P, _M, 6800, 2, offering="Home 10G"),
    item("net-mansion", _I, _P, _M, 4200, 3, offering="Apartment 1G"),
    item("net-closed", _I, _P, _M, 100, 4, offering="Home 1G", orderable=False),
    item("install-once", _I, _N, _O, 22800, 5),
    item("install-12", _I, _N, _M, 1900, 6),
    item("phone", _I, _A, _M, 450, 7),
    item("phone-setup", _I, _A, _O, 1000, 8),
    item("sim-5", _S, _P, _M, 1380, 1, data_size="5GB", sim_plan=SimPlanType.DATA_SMS_VOICE),
    item("sim-family", _S, _P, _M, 980, 2, data_size="5GB", family=True),
    item("sim-data", _S, _P, _M, 990, 2, data_size="5GB", sim_plan=SimPlanType.DATA_ONLY),
    item("sim-voicemail", _S, _A, _M, 300, 3),
    item("sim-fee", _S, _F, _O, 1500, 4),
    item("sim-fee-old", _S, _F, _O, 3000, 5),
    item("vpn-uk", _V, _P, _M, 2500, 1, region="UK"),
    item("vpn-fee", _V, _F, _O, 3000, 2),
)
CATALOG = Catalog(ITEMS, NOW)

ESIM = SimChoice(SimType.ESIM, "8" * 32)
INTERNET = CartService(Sku("net-1g"), (Sku("install-once"),))
SIM = CartService(Sku("sim-5"), sim=ESIM)
DATA = CartService(Sku("sim-data"), sim=ESIM)
FAMILY = CartService(Sku("sim-family"), sim=ESIM)
VPN = CartService(Sku("vpn-uk"))


def cart(*services: CartService) -> Cart:
    """A cart of these services."""
    return Cart(services)


PROFILE = Profile(
    account=ACCOUNT,
    contact=ContactId("003A"),
    number=CustomerNumber("P1000001"),
    client=CLIENT,
    email="mina@example.com",
    person=Person(first_name="Mina", last_name="Park", birth_date=date(1994, 5, 6)),
    phone=Phone("81", "9012345678"),
    address=HOME,
)
CARD = PaymentMethods((PaymentMethod(kind="card", label="Visa", last_four="4242"),))


def running(product: ProductType, status: ServiceStatus = ServiceStatus.ACTIVE, id: str = "55") -> Service:
    """A service of the customer."""
    return Service(
        id=ServiceId(id),
        client=CLIENT,
        name="A service",
        group="",
        billing_product="1",
        product_type=product,
        status=status,
        cycle=BillingCycle.MONTHLY,
        price=Yen(1000),
    )


def ordered(product: ProductType, status: OrderStatus = OrderStatus.PENDING_REVIEW, **more: object) -> Order:
    """An order of the customer."""
    line = OrderLine(
        sku=Sku("net-1g"),
        name="Home 1G",
        item_class=ItemClass.PLAN,
        billing_cycle=BillingCycle.MONTHLY,
        quantity=1,
        unit_price=Yen(5200),
        price_entry="e",
        billing_product="b",
    )
    order = Order(
        id=OrderId("801A"),
        number="00000101",
        key=None,
        account=ACCOUNT,
        opportunity=None,
        product_type=product,
        status=status,
        activation=ActivationStatus.NOT_STARTED,
        activation_type=ActivationType.IMMEDIATE,
        activate_at=None,
        lines=(line,),
        address=HOME,
        placed_at=NOW,
        changed_at=NOW,
    )
    return msgspec.structs.replace(order, **more)

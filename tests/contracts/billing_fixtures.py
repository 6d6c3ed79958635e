"""Clients and orders that the tests of billing are about."""

from adapters.fakes.bindings import WorldBindings
from core.domain.account import Address, Person, Phone
from core.domain.catalog import BillingCycle
from core.domain.ids import ClientId, CustomerNumber, OrderId, request_key
from core.domain.money import Yen
from core.domain.provisioning import Billed, BillingLine, BillingOrder
from core.domain.words import Language
from ports.billing import NewClient

SHIBUYA = Address("150-0001", "東京都", "渋谷区", "神宮前1-2-3", "青山ハイツ101")
PHONE = Phone("81", "9012345678")
MARK = OrderId("801Q8K000007Km8AAE")
OTHER_MARK = OrderId("801Q8K000007Km9AAE")
NOBODY = ClientId("999999999")
PLAN = BillingLine("101", BillingCycle.MONTHLY, Yen(5_500))
INSTALLATION = BillingLine("113", BillingCycle.ONE_TIME, Yen(22_800))
ROUTER = BillingLine("117", BillingCycle.MONTHLY, Yen(330))


def a_client(email: str = "mina@example.com", number: str = "P1000001", address: Address | None = SHIBUYA) -> NewClient:
    return NewClient(
        number=CustomerNumber(number),
        email=email,
        person=Person(first_name="Mina", last_name="Sato", company="Kobo"),
        phone=PHONE,
        address=address,
        language=Language.EN,
        marketing_consent=True,
    )


async def added(bound: WorldBindings, email: str = "mina@example.com", number: str = "P1000001") -> ClientId:
    return await bound.client_book.ensure_client(request_key("client", number), a_client(email, number))


def an_order(
    client: ClientId, mark: OrderId = MARK, lines: tuple[BillingLine, ...] = (PLAN, INSTALLATION)
) -> BillingOrder:
    return BillingOrder(client=client, mark=mark, lines=lines)


async def running(bound: WorldBindings, client: ClientId, *lines: BillingLine, mark: OrderId = MARK) -> Billed:
    """An order that was added and accepted."""
    order = an_order(client, mark, lines or (PLAN, INSTALLATION))
    billed = await bound.provisioner.ensure_billed(request_key(mark, "billing"), order)
    await bound.provisioner.ensure_accepted(client, billed.order)
    return billed

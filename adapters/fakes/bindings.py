"""Every port that the world binds, in one object; made of a world in this process, or of one in another."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, get_type_hints

from adapters.fakes.control import WorldControl
from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.mailbox import FakeMailer, Mailbox
from adapters.fakes.partners import FakeEsimIssuer, FakeLineChecker
from adapters.fakes.salesforce.catalog_shelf import FakeCatalogShelf
from adapters.fakes.salesforce.customer_registry import FakeCustomerRegistry
from adapters.fakes.salesforce.eligibility_desk import FakeEligibilityDesk
from adapters.fakes.salesforce.fact_stream import FakeFactStream
from adapters.fakes.salesforce.identity_desk import FakeIdentityDesk
from adapters.fakes.salesforce.opportunities import FakeOpportunities
from adapters.fakes.salesforce.order_book import FakeOrderBook
from adapters.fakes.salesforce.support_desk import FakeSupportDesk
from adapters.fakes.whmcs.books import FakeBillingDoor, FakeInvoiceBook, FakePaymentBook, FakeServiceBook
from adapters.fakes.whmcs.client_book import FakeClientBook
from adapters.fakes.whmcs.provisioner import FakeProvisioner
from adapters.fakes.world import World
from core.domain.policy import Policy
from ports.billing import BillingDoor, ClientBook, InvoiceBook, PaymentBook, Provisioner, ServiceBook
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.eligibility_desk import EligibilityDesk
from ports.facts import FactStream
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.partners import EsimIssuer, LineChecker, Mailer
from ports.support_desk import SupportDesk


@dataclass(frozen=True, kw_only=True)
class WorldBindings:
    """What the container takes from the world: the ports, named like their modules, and the people behind them."""

    catalog_shelf: CatalogShelf
    customer_registry: CustomerRegistry
    eligibility_desk: EligibilityDesk
    identity_desk: IdentityDesk
    opportunities: Opportunities
    order_book: OrderBook
    support_desk: SupportDesk
    client_book: ClientBook
    payment_book: PaymentBook
    provisioner: Provisioner
    service_book: ServiceBook
    invoice_book: InvoiceBook
    billing_door: BillingDoor
    esim_issuer: EsimIssuer
    line_checker: LineChecker
    mailer: Mailer
    fact_stream: FactStream
    staff_desk: StaffDesk
    billing_desk: BillingDesk
    mailbox: Mailbox
    control: WorldControl
    clock: Clock
    close: Callable[[], Awaitable[None]]
    here: World | None = None
    """The world itself, where it is of this process."""


_NO_ROLES: Final = frozenset({"clock", "close", "here"})
ROLES: Final[Mapping[str, type]] = MappingProxyType(
    {name: role for name, role in get_type_hints(WorldBindings).items() if name not in _NO_ROLES}
)
"""Each role of the world by its name: all that another process can call."""


def bind_world(world: World, policy: Policy | None = None) -> WorldBindings:
    """Every role on a world of this process; closing the bindings closes the world."""
    rules = policy or Policy()

    async def close() -> None:
        world.close()

    return WorldBindings(
        catalog_shelf=FakeCatalogShelf(world),
        customer_registry=FakeCustomerRegistry(world),
        eligibility_desk=FakeEligibilityDesk(world),
        identity_desk=FakeIdentityDesk(world),
        opportunities=FakeOpportunities(world),
        order_book=FakeOrderBook(world),
        support_desk=FakeSupportDesk(world),
        client_book=FakeClientBook(world),
        payment_book=FakePaymentBook(world),
        provisioner=FakeProvisioner(world),
        service_book=FakeServiceBook(world),
        invoice_book=FakeInvoiceBook(world),
        billing_door=FakeBillingDoor(world),
        esim_issuer=FakeEsimIssuer(world),
        line_checker=FakeLineChecker(world),
        mailer=FakeMailer(world, rules),
        fact_stream=FakeFactStream(world),
        staff_desk=StaffDesk(world),
        billing_desk=BillingDesk(world),
        mailbox=Mailbox(world, rules),
        control=WorldControl(world),
        clock=world.clock,
        close=close,
        here=world,
    )

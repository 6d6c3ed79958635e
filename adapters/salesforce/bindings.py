"""Every port that Salesforce binds, in one object."""

from dataclasses import dataclass

from adapters.salesforce.catalog_shelf import SalesforceCatalogShelf
from adapters.salesforce.client import Client
from adapters.salesforce.customer_registry import SalesforceCustomerRegistry
from adapters.salesforce.customers import Customers
from adapters.salesforce.eligibility_desk import SalesforceEligibilityDesk
from adapters.salesforce.field_map import FieldMap
from adapters.salesforce.identity_desk import SalesforceIdentityDesk
from adapters.salesforce.opportunities import SalesforceOpportunities
from adapters.salesforce.order_book import SalesforceOrderBook
from adapters.salesforce.orders import Orders
from adapters.salesforce.org import Org
from adapters.salesforce.picklists import Picklists
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.support_desk import SalesforceSupportDesk
from core.domain.policy import Policy
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.eligibility_desk import EligibilityDesk
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.support_desk import SupportDesk


@dataclass(frozen=True, kw_only=True)
class SalesforcePorts:
    """The ports by the names of their modules, and the org behind them."""

    catalog_shelf: CatalogShelf
    customer_registry: CustomerRegistry
    eligibility_desk: EligibilityDesk
    identity_desk: IdentityDesk
    opportunities: Opportunities
    order_book: OrderBook
    support_desk: SupportDesk
    org: Org


def salesforce_ports(
    client: Client,
    settings: SalesforceSettings,
    field_map: FieldMap,
    policy: Policy,
    clock: Clock,
) -> SalesforcePorts:
    """Every port on one org, which share what they have seen of it."""
    del policy  # nothing that an operator decides changes what Salesforce is told
    org = Org(client, settings, field_map, Picklists().reworded(settings.words), clock)
    customers = Customers(org)
    return SalesforcePorts(
        catalog_shelf=SalesforceCatalogShelf(org),
        customer_registry=SalesforceCustomerRegistry(org, customers),
        eligibility_desk=SalesforceEligibilityDesk(org, customers),
        identity_desk=SalesforceIdentityDesk(org, customers),
        opportunities=SalesforceOpportunities(org, customers),
        order_book=SalesforceOrderBook(org, Orders(org, customers)),
        support_desk=SalesforceSupportDesk(org, customers),
        org=org,
    )

"""Every port that WHMCS binds, in one object."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.whmcs.client import Client
from adapters.whmcs.clients import WhmcsClientBook
from adapters.whmcs.door import WhmcsBillingDoor
from adapters.whmcs.facts import WhmcsFactStream
from adapters.whmcs.invoices import WhmcsInvoiceBook
from adapters.whmcs.looking import Watch
from adapters.whmcs.orders import WhmcsProvisioner
from adapters.whmcs.payments import WhmcsPaymentBook
from adapters.whmcs.services import ProductTypes, WhmcsServiceBook
from ports.billing import BillingDoor, ClientBook, InvoiceBook, PaymentBook, Provisioner, ServiceBook
from ports.clock import Clock
from ports.sendings import Sendings


@dataclass(frozen=True, kw_only=True)
class WhmcsPorts:
    """The ports by the names that the settings have for them, and what WHMCS tells of itself."""

    client_book: ClientBook
    payment_book: PaymentBook
    provisioner: Provisioner
    service_book: ServiceBook
    invoice_book: InvoiceBook
    billing_door: BillingDoor
    facts: WhmcsFactStream


def whmcs_ports(
    client: Client,
    product_types: ProductTypes,
    clock: Clock,
    new_password: Callable[[], str],
    sendings: Sendings,
) -> WhmcsPorts:
    """Every port on one installation.

    `product_types` tells which product line the product of each plan belongs to, `new_password` makes passwords that
    nobody can guess, and `sendings` outlive the process.
    """
    polling = client.settings.polling
    watch = Watch(polling.watched, polling.watched_for)
    return WhmcsPorts(
        client_book=WhmcsClientBook(client, new_password),
        payment_book=WhmcsPaymentBook(client, watch.asked),
        provisioner=WhmcsProvisioner(client, sendings),
        service_book=WhmcsServiceBook(client, product_types, clock),
        invoice_book=WhmcsInvoiceBook(client),
        billing_door=WhmcsBillingDoor(client, clock),
        facts=WhmcsFactStream(client, watch, clock),
    )

"""The adapter held to billing's contract on a WHMCS of the operator's, one for trying things out.

    GENKAN_LIVE_WHMCS_URL=… GENKAN_LIVE_WHMCS_IDENTIFIER=… GENKAN_LIVE_WHMCS_SECRET=… \
    GENKAN_LIVE_WHMCS_NUMBER_FIELD=… GENKAN_LIVE_WHMCS_GATEWAY=… GENKAN_LIVE_WHMCS_PRODUCT=… make live-whmcs

GENKAN_LIVE_WHMCS_ACCESS_KEY, …_ORDER_FIELD, …_CURRENCY and …_STAFF_IDENTIFIER with …_STAFF_SECRET may be set too; the
product is sold by the month and has no module, or one that does nothing. One client is made, whose address begins with
"genkan-live-"; what it was given is ended, and with the staff's credential the client is closed.
"""

import os
import secrets
from collections.abc import AsyncIterator
from typing import Final

import pytest

from adapters.calling.lacking import table
from adapters.system.clock import RealClock
from adapters.whmcs.bindings import WhmcsPorts, whmcs_ports
from adapters.whmcs.checking import check
from adapters.whmcs.client import Client
from adapters.whmcs.settings import Termination, WhmcsSettings
from core.domain.account import Address, Phone
from core.domain.billing import Page, ServiceStatus
from core.domain.catalog import BillingCycle
from core.domain.ids import ClientId, InvoiceId, OrderId, ServiceId, request_key
from core.domain.money import Yen
from core.domain.provisioning import BillingLine, BillingOrder
from ports.errors import Rejected
from tests.contracts.billing_fixtures import SHIBUYA, a_client

NEEDED: Final = ("URL", "IDENTIFIER", "SECRET", "NUMBER_FIELD", "GATEWAY", "PRODUCT")


def told(name: str, default: str = "") -> str:
    return os.environ.get(f"GENKAN_LIVE_WHMCS_{name}", default)


LACKING: Final = [f"GENKAN_LIVE_WHMCS_{name}" for name in NEEDED if not told(name)]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"no live WHMCS: {', '.join(LACKING)} not set")


def settings(**changed: object) -> WhmcsSettings:
    given = {
        "url": told("URL"), "identifier": told("IDENTIFIER"), "secret": told("SECRET"),
        "access_key": told("ACCESS_KEY"), "number_field": int(told("NUMBER_FIELD", "0")), "gateway": told("GATEWAY"),
        "order_field": told("ORDER_FIELD", "CRM Order"), "currency": told("CURRENCY", "JPY"),
    }  # fmt: skip
    return WhmcsSettings(**{**given, **changed})  # type: ignore[arg-type]


async def no_types() -> dict[str, object]:
    return {}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(settings()) as client:
        yield client


@pytest.fixture
def ports(client: Client) -> WhmcsPorts:
    return whmcs_ports(client, no_types, RealClock(), lambda: secrets.token_urlsafe(32))  # type: ignore[arg-type]


async def close(client: ClientId) -> None:
    """Close the client as staff do; the portal's own role does not hold that."""
    if not told("STAFF_IDENTIFIER"):
        print(f"client {client} is left open: GENKAN_LIVE_WHMCS_STAFF_IDENTIFIER is not set")
        return
    async with Client(settings(identifier=told("STAFF_IDENTIFIER"), secret=told("STAFF_SECRET"))) as staff:
        await staff.write("CloseClient", {"clientid": client})


async def test_all_is_there(client: Client) -> None:
    found = await check(client, {told("PRODUCT"): "monthly"})
    assert [row for row, finding in zip(table(found), found, strict=True) if not finding.weakens] == []


async def test_a_customers_life(ports: WhmcsPorts) -> None:
    mark = secrets.token_hex(8)
    number = f"P{int(mark, 16) % 10_000_000:07d}"
    new = a_client(f"genkan-live-{mark}@example.com", number)
    key = request_key("live", mark)
    client = await ports.client_book.ensure_client(key, new)
    try:
        assert await ports.client_book.ensure_client(key, new) == client
        await _details(ports, client, new.email, number)
        await _order(ports, client, OrderId(f"801{mark[:12]}"))
    finally:
        await close(client)


async def _details(ports: WhmcsPorts, client: ClientId, email: str, number: str) -> None:
    record = await ports.client_book.find_by_email(email)
    assert record is not None
    assert (record.id, record.number, record.address) == (client, number, SHIBUYA)
    with pytest.raises(Rejected, match="conflict"):
        await ports.client_book.ensure_client(request_key("other"), a_client(email, "P9999999"))
    moved = Address("530-0001", "大阪府", "大阪市北区", "梅田1-2-3", "グランド & 北館")
    await ports.client_book.save_details(client, Phone("81", "9011112222"), moved, marketing_consent=False)
    record = await ports.client_book.find(client)
    assert record is not None
    assert (record.address, record.phone, record.marketing_consent) == (moved, Phone("81", "9011112222"), False)
    assert not (await ports.payment_book.payment_methods(client)).present
    assert await ports.service_book.services(client) == await ports.invoice_book.invoices(client) == ()


async def _order(ports: WhmcsPorts, client: ClientId, mark: OrderId) -> None:
    order = BillingOrder(
        client=client, mark=mark, lines=(BillingLine(told("PRODUCT"), BillingCycle.MONTHLY, Yen(123)),)
    )
    billed = await ports.provisioner.ensure_billed(request_key(mark), order)
    assert await ports.provisioner.ensure_billed(request_key(mark), order) == billed
    await ports.provisioner.ensure_accepted(client, billed.order)
    found = await ports.provisioner.find_billed(client, mark)
    assert found is not None and (found.order, found.accepted) == (billed.order, True)
    (service,) = await ports.service_book.services(client)
    assert (service.mark, service.price, service.status) == (mark, 123, ServiceStatus.ACTIVE)
    assert await ports.service_book.service(client, ServiceId(service.id)) == service
    for listed in await ports.invoice_book.invoices(client):
        assert await ports.invoice_book.invoice(client, listed.id) is not None
        assert (await ports.billing_door.link(client, Page.INVOICE, listed.id)).url
    assert await ports.invoice_book.invoice(client, InvoiceId("999999999")) is None
    assert (await ports.billing_door.link(client, Page.PAYMENT_METHODS)).url
    await ports.provisioner.ensure_written_off(client, mark)
    await ports.service_book.ensure_terminated(client, service.id)
    ended = await ports.service_book.service(client, service.id)
    assert ended is not None and ended.status in (ServiceStatus.TERMINATED, ServiceStatus.CANCELLED)
    assert settings().termination is Termination.MODULE

"""The door to WHMCS's own pages: a link made on click, good for one visit within a minute, and never kept."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Unreadable, raw
from adapters.whmcs.invoices import invoice_row
from core.domain.billing import SSO_DESTINATIONS, DoorLink, Page
from core.domain.ids import ClientId, InvoiceId
from ports.clock import Clock
from ports.errors import Rejected

LIFE: Final = timedelta(seconds=60)
_BY_PATH: Final = "sso:custom_redirect"
_PORTS: Final = {"https": 443, "http": 80}


class WhmcsBillingDoor:
    """`ports.billing.BillingDoor` on a WHMCS; it leads to the pages of the portal's list alone."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._whmcs = client
        self._settings = client.settings
        self._clock = clock

    async def link(self, client: ClientId, page: Page, invoice: InvoiceId | None = None) -> DoorLink:
        destination, path = SSO_DESTINATIONS[page], None
        if page is Page.INVOICE:
            if invoice is None or await invoice_row(self._whmcs, client, invoice) is None:
                raise Rejected("not_found", "whmcs.invoice")
            path = f"viewinvoice.php?id={invoice}"
        elif page is Page.PAYMENT_METHODS and self._settings.payment_methods_path:
            destination, path = _BY_PATH, self._settings.payment_methods_path
        # it is good from when it was made, which is no earlier than now
        until = self._clock.now() + LIFE
        asked = {"client_id": client, "destination": destination, "sso_redirect_path": path}
        # a second one does no harm: what is never used ends by itself
        body = await self._whmcs.write("CreateSsoToken", asked, repeatable=True)
        with reading("CreateSsoToken", is_read=False):
            return DoorLink(url=self._checked(raw(body, "redirect_url")), until=until)

    def _checked(self, url: str) -> str:
        """The address, if it is WHMCS's own: whoever has it is logged in."""
        own = map(_place_of, (self._settings.url, self._settings.site))
        places = {each for each in own if each is not None}
        place = _place_of(url)
        if place not in places:
            raise Unreadable("redirect_url")
        return url


def _place_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host name and the port in force; None for what is no address, or names a user."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in _PORTS or "@" in parts.netloc:
        return None
    # WHMCS writes its address as its own settings have it: a host name in any case, the usual port told or not
    return parts.scheme, host, _PORTS[parts.scheme] if port is None else port

"""What changed in WHMCS, found by looking: it tells little by itself, and may lose what it tells (T-5)."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

import msgspec
import structlog
from msgspec.structs import replace

from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Row, id_of
from adapters.whmcs.invoices import seen_of
from adapters.whmcs.looking import Round, Watch
from adapters.whmcs.payments import methods_of
from core.domain.facts import (
    AnyFact,
    BillingOrderChanged,
    FactBatch,
    InvoiceChanged,
    PaymentMethodsChanged,
    ServiceChanged,
)
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, ServiceId
from ports.clock import Clock
from ports.errors import Rejected

log = structlog.get_logger(__name__)

MOST_PAGES: Final = 40
"""How many pages of new rows one look reads; what is behind them is found on the way round."""


class Place(msgspec.Struct, frozen=True):
    """How far was looked: the newest order and the newest invoice, and which look told of them last."""

    order: int
    invoice: int
    look: str = ""


class WhmcsFactStream:
    """`ports.facts.FactStream` by looking at WHMCS every little while.

    The newest orders and invoices are read at each look, and one page of what is pending, what is unpaid and of all
    services; payment methods of those whom the portal asked about. What went on while nobody looked is found for new
    orders and invoices alone.
    """

    def __init__(self, client: Client, watch: Watch, clock: Clock) -> None:
        self._whmcs = client
        self._polling = client.settings.polling
        self._watch = watch
        self._clock = clock
        self._looking = asyncio.Lock()
        self._stirred = asyncio.Event()
        """Set by who does not want to wait, so that who does lets them look first."""
        self._looked: float | None = None
        self._looks = 0
        self._begun: Place | None = None
        self._found: dict[str, AnyFact] = {}
        self._untold: FactBatch | None = None
        self._rounds = (
            Round("GetOrders", "orders", "order", self._of_order, {"status": "Pending"}, leaves=True),
            Round("GetInvoices", "invoices", "invoice", self._of_invoice, {"status": "Unpaid"}, leaves=True),
            Round("GetClientsProducts", "products", "product", self._of_service),
        )

    async def begin(self) -> None:
        """See how everything is, so that what changes from now on is found."""
        async with self._looking:
            self._begun = await self._look(None)
            self._found.clear()

    async def after(self, position: str | None, wait: float) -> FactBatch:
        until = time.monotonic() + wait
        place = _place_of(position) if position is not None else self._begun
        if wait <= 0:
            self._stirred.set()
        while True:
            async with self._looking:
                if self._untold is not None and self._untold.position != position:
                    return self._untold  # whoever was told did not keep it
                if await self._is_time(until):
                    place = await self._look(place)
                if self._found:
                    return self._told(place)
            if time.monotonic() >= until:
                return FactBatch((), _position_of(place) if place is not None else position or "")

    async def _is_time(self, until: float) -> bool:
        """Wait until it is time to look again, or until somebody does not want to wait; whether it is time."""
        now = time.monotonic()
        gap = self._polling.every if until > now else self._polling.least
        due = now if self._looked is None else self._looked + gap
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, min(due, until) - now)):
                await self._stirred.wait()
        self._stirred.clear()
        return due <= time.monotonic()

    def _told(self, place: Place | None) -> FactBatch:
        self._looks += 1
        now = self._clock.now()
        look = f"{now.isoformat()}:{self._looks}"
        place = msgspec.structs.replace(place or Place(0, 0), look=look)
        # under an id of its own and as of now: what was seen before may be told much later
        facts = [msgspec.structs.replace(fact, id=f"whmcs:{look}:{of}", at=now) for of, fact in self._found.items()]
        self._untold = FactBatch(tuple(facts), _position_of(place))
        self._found.clear()
        return self._untold

    def _find(self, facts: Iterable[AnyFact]) -> None:
        for fact in facts:
            self._found.setdefault(_about(fact), fact)

    async def _look(self, place: Place | None) -> Place:
        last = place or Place(-1, -1)
        order = await self._new("GetOrders", "orders", "order", last.order, self._of_order)
        invoice = await self._new(
            "GetInvoices", "invoices", "invoice", last.invoice, self._of_new_invoice, orderby="id", order="desc"
        )
        for each in self._rounds:
            try:
                self._find(await each.look(self._whmcs, self._polling.page))
            except Rejected as refused:
                # what WHMCS can't or may not tell keeps back nothing else
                _log_unseen(each.action, refused)
                each.pass_over(self._polling.page)
        for client in self._watch.clients:
            self._find(await self._payment_methods(client))
        self._looked = time.monotonic()
        return Place(order, invoice, last.look)

    async def _new(
        self, action: str, plural: str, singular: str, last: int, fact: Callable[[Row], AnyFact], **params: str
    ) -> int:
        """Find what is newer than the last one, and answer the newest; before the first look nothing is new."""
        newest, start = max(last, 0), 0
        for _ in range(MOST_PAGES):
            try:
                page, total = await self._whmcs.page(action, plural, singular, start, self._polling.page, **params)
            except Rejected as refused:
                _log_unseen(action, refused)
                break
            with reading(action):
                ids = [int(id_of(row, "id")) for row in page]
                new = [fact(row) for id, row in zip(ids, page, strict=True) if 0 <= last < id]
            self._find(new)
            newest = max([newest, *ids])
            start += len(page)
            if not new or start >= total:
                break
        return newest

    async def _payment_methods(self, client: ClientId) -> list[AnyFact]:
        try:
            methods = await methods_of(self._whmcs, client)
        except Rejected:
            return []  # the client is gone, or was never there
        if not self._watch.is_news(client, methods):
            return []
        return [PaymentMethodsChanged(id="", at=self._clock.now(), client=client)]

    def _of_order(self, row: Row) -> AnyFact:
        client = ClientId(id_of(row, "userid"))
        return BillingOrderChanged(id="", at=self._clock.now(), client=client, order=BillingOrderId(id_of(row, "id")))

    def _of_invoice(self, row: Row) -> InvoiceChanged:
        client = ClientId(id_of(row, "userid"))
        return InvoiceChanged(id="", at=self._clock.now(), client=client, invoice=InvoiceId(id_of(row, "id")))

    def _of_new_invoice(self, row: Row) -> AnyFact:
        # told with what it says, so that nobody asks for it once more (P-1)
        return replace(self._of_invoice(row), seen=seen_of(row, self._whmcs.settings.currency))

    def _of_service(self, row: Row) -> AnyFact:
        client = ClientId(id_of(row, "clientid", "userid"))
        return ServiceChanged(id="", at=self._clock.now(), client=client, service=ServiceId(id_of(row, "id")))


def _log_unseen(action: str, refused: Rejected) -> None:
    log.warning("whmcs.not_seen", operation=action, code=refused.code)


def _place_of(position: str) -> Place:
    try:
        return msgspec.json.decode(position, type=Place)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Rejected("position_lost", "whmcs") from None


def _position_of(place: Place) -> str:
    return msgspec.json.encode(place).decode()


def _about(fact: AnyFact) -> str:
    ids = (getattr(fact, name, None) for name in ("client", "order", "invoice", "service"))
    return ":".join([type(fact).__name__, *(id for id in ids if id is not None)])

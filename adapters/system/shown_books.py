"""Books and desks for use cases that only show: read each time, the last known while their system is down (T-10).

What is known is known of one customer: every key begins with whose it is.
"""

from typing import Any, ClassVar, Generic, TypeVar

from adapters.system.last_known import Answering, LastKnown
from core.domain.billing import Invoice, PaymentMethods, Service
from core.domain.ids import AccountId, CaseId, ClientId, InvoiceId, OrderId, RequestKey, ServiceId
from core.domain.opportunity import Opportunity
from core.domain.order import Order
from core.domain.support import SupportCase
from ports.billing import InvoiceBook, PaymentBook, ServiceBook
from ports.clock import Clock
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.support_desk import SupportDesk

S = TypeVar("S")


class _Shown(Generic[S]):
    """A book in front of another: what is not remembered here, writes above all, goes straight through."""

    system: ClassVar[str]

    def __init__(self, source: S, clock: Clock, answering: Answering) -> None:
        self._source = source
        self._clock = clock
        self._answering = answering

    def _known(self) -> LastKnown[Any, Any]:
        return LastKnown(self._clock, heard=lambda answered: self._answering.heard(self.system, answered=answered))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


class ShownServiceBook(_Shown[ServiceBook]):
    """A `ServiceBook` that shows; a service that was seen in the list is known by itself too."""

    system = "whmcs"

    def __init__(self, source: ServiceBook, clock: Clock, answering: Answering) -> None:
        super().__init__(source, clock, answering)
        self._all: LastKnown[ClientId, tuple[Service, ...]] = self._known()
        self._one: LastKnown[tuple[ClientId, ServiceId], Service | None] = self._known()

    async def services(self, client: ClientId) -> tuple[Service, ...]:
        async def read() -> tuple[Service, ...]:
            begun = self._clock.now()
            found = await self._source.services(client)
            for service in found:
                self._one.keep((client, service.id), service, begun)
            return found

        return await self._all.get(client, read)

    async def service(self, client: ClientId, service: ServiceId) -> Service | None:
        return await self._one.get((client, service), lambda: self._source.service(client, service))


class ShownInvoiceBook(_Shown[InvoiceBook]):
    """An `InvoiceBook` that shows."""

    system = "whmcs"

    def __init__(self, source: InvoiceBook, clock: Clock, answering: Answering) -> None:
        super().__init__(source, clock, answering)
        self._all: LastKnown[ClientId, tuple[Invoice, ...]] = self._known()
        self._one: LastKnown[tuple[ClientId, InvoiceId], Invoice | None] = self._known()

    async def invoices(self, client: ClientId) -> tuple[Invoice, ...]:
        return await self._all.get(client, lambda: self._source.invoices(client))

    async def invoice(self, client: ClientId, invoice: InvoiceId) -> Invoice | None:
        return await self._one.get((client, invoice), lambda: self._source.invoice(client, invoice))


class ShownPaymentBook(_Shown[PaymentBook]):
    """A `PaymentBook` that shows; whether there is something to charge is asked of `CachedPaymentBook` (ORD-9)."""

    system = "whmcs"

    def __init__(self, source: PaymentBook, clock: Clock, answering: Answering) -> None:
        super().__init__(source, clock, answering)
        self._methods: LastKnown[ClientId, PaymentMethods] = self._known()

    async def payment_methods(self, client: ClientId) -> PaymentMethods:
        return await self._methods.get(client, lambda: self._source.payment_methods(client))


class ShownOpportunities(_Shown[Opportunities]):
    """`Opportunities` that show; the sale of a service that was seen in the list is known by itself too."""

    system = "salesforce"

    def __init__(self, source: Opportunities, clock: Clock, answering: Answering) -> None:
        super().__init__(source, clock, answering)
        self._all: LastKnown[AccountId, tuple[Opportunity, ...]] = self._known()
        self._of_service: LastKnown[tuple[AccountId, ServiceId], tuple[Opportunity | None]] = self._known()

    async def of_account(self, account: AccountId) -> tuple[Opportunity, ...]:
        async def read() -> tuple[Opportunity, ...]:
            begun = self._clock.now()
            found = await self._source.of_account(account)
            # the newest sale of a service counts
            for sale in reversed(found):
                if sale.service is not None:
                    self._of_service.keep((account, sale.service), (sale,), begun)
            return found

        return await self._all.get(account, read)

    async def for_service(self, account: AccountId, service: ServiceId) -> Opportunity | None:
        async def read() -> tuple[Opportunity | None]:
            return (await self._source.for_service(account, service),)

        # that a service has no sale is known as well
        (sale,) = await self._of_service.get((account, service), read)
        return sale


class ShownOrderBook(_Shown[OrderBook]):
    """An `OrderBook` that shows; an order that was seen in the list is known by itself too."""

    system = "salesforce"

    def __init__(self, source: OrderBook, clock: Clock, answering: Answering) -> None:
        super().__init__(source, clock, answering)
        self._all: LastKnown[AccountId, tuple[Order, ...]] = self._known()
        self._one: LastKnown[tuple[AccountId | None, OrderId], Order | None] = self._known()

    async def of_account(self, account: AccountId) -> tuple[Order, ...]:
        async def read() -> tuple[Order, ...]:
            begun = self._clock.now()
            found = await self._source.of_account(account)
            for order in found:
                self._one.keep((account, order.id), order, begun)
            return found

        return await self._all.get(account, read)

    async def find(self, order: OrderId, account: AccountId | None = None) -> Order | None:
        return await self._one.get((account, order), lambda: self._source.find(order, account))


class ShownSupportDesk(_Shown[SupportDesk]):
    """A `SupportDesk` that shows."""

    system = "salesforce"

    def __init__(self, source: SupportDesk, clock: Clock, answering: Answering) -> None:
        super().__init__(source, clock, answering)
        self._all: LastKnown[AccountId, tuple[SupportCase, ...]] = self._known()
        self._one: LastKnown[tuple[AccountId, CaseId], SupportCase | None] = self._known()
        self._closed: LastKnown[RequestKey, bool] = self._known()

    async def cases(self, account: AccountId) -> tuple[SupportCase, ...]:
        return await self._all.get(account, lambda: self._source.cases(account))

    async def case(self, account: AccountId, case: CaseId) -> SupportCase | None:
        return await self._one.get((account, case), lambda: self._source.case(account, case))

    async def is_closed(self, key: RequestKey) -> bool:
        # a key is of one customer's one request
        return await self._closed.get(key, lambda: self._source.is_closed(key))

"""Signed calls: provision an order, and what WHMCS reports (FUL-7, ORD-9, SRV-2)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from litestar import Response, post
from litestar.params import FromPath, JSONBody

from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from core.domain.facts import AnyFact, InvoiceChanged, PaymentMethodsChanged, ServiceChanged, learning
from core.domain.ids import ClientId, InvoiceId, OrderId, RequestKey, ServiceId, crm_id
from core.domain.refusals import FieldFault, Invalid, NotApproved, NotFound
from core.domain.work import Work
from core.usecases.fulfilment.start_provisioning import StartProvisioning
from ports.durable import DurableWork

BillingId = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"^[0-9]+$")]


class ProvisionAsk(Ask, frozen=True):
    """Provision the order: `now` whatever its date."""

    activation: Literal["now"] = "now"

    example: ClassVar[Any] = {"activation": "now"}


class ProvisioningShown(Answer, frozen=True):
    """How the order's provisioning stands; `code` says why where it failed or waits."""

    order_id: str
    state: str
    code: str | None

    example: ClassVar[Any] = {"orderId": "801000000000001AAA", "state": "in_progress", "code": None}

    @classmethod
    def of(cls, order: OrderId, work: Work) -> "ProvisioningShown":
        """The state of the work."""
        return cls(order_id=order, state=work.state.value, code=work.code)


class HookAsk(Ask, frozen=True):
    """Something changed in WHMCS: ids only, the portal reads the rest itself."""

    event: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    client_id: BillingId
    service_id: BillingId | None = None
    order_id: BillingId | None = None
    invoice_id: BillingId | None = None

    example: ClassVar[Any] = {
        "event": "InvoicePaid",
        "id": "5b0c1c56-7b1e-4f0a-9d0e-2f3a4b5c6d7e",
        "at": "2026-01-05T10:00:00+09:00",
        "clientId": "1",
        "invoiceId": "7",
    }

    @property
    def fact(self) -> AnyFact:
        """What it tells; raises Invalid for an event without its id."""
        client = ClientId(self.client_id)
        known: dict[str, Any] = {"id": f"whmcs:{self.id}", "at": self.at}
        if self.invoice_id is not None:
            return InvoiceChanged(**known, client=client, invoice=InvoiceId(self.invoice_id))
        if self.service_id is not None:
            return ServiceChanged(**known, client=client, service=ServiceId(self.service_id))
        if self.event.startswith(("CC", "PayMethod")):
            return PaymentMethodsChanged(**known, client=client)
        raise Invalid(FieldFault("serviceId", "required"))


class HookTaken(Answer, frozen=True):
    """The report is kept, and what follows from it will be done."""

    id: str

    example: ClassVar[Any] = {"id": "5b0c1c56-7b1e-4f0a-9d0e-2f3a4b5c6d7e"}


@post(
    "/orders/{id:str}/provision",
    **operation(
        "orders.provision",
        tag="Signed calls",
        summary="Provision an order",
        who=Who.SIGNED,
        raises=(NotApproved, NotFound),
    ),
    status_code=202,
)
async def provision(
    id: FromPath[str], data: JSONBody[ProvisionAsk], once: Given[Once], start_provisioning: Given[StartProvisioning]
) -> Response[ProvisioningShown]:
    """Activates an approved order now: once, however often it is called; what failed is tried again (FUL-1, FUL-7)."""
    long = crm_id(id)
    if long is None:
        raise NotFound(order=id)
    order = OrderId(long)

    async def do(_: RequestKey) -> Response[ProvisioningShown]:
        return Response(ProvisioningShown.of(order, await start_provisioning(order)), status_code=202)

    return await once(do)


@post(
    "/hooks/whmcs",
    **operation("hooks.whmcs", tag="Signed calls", summary="What changed in WHMCS", who=Who.SIGNED, raises=(Invalid,)),
    status_code=202,
)
async def whmcs_changed(data: JSONBody[HookAsk], once: Given[Once], work: Given[DurableWork]) -> Response[HookTaken]:
    """Takes in that an invoice, a service or a payment method changed, once for its id (ORD-9, SRV-2)."""
    fact = data.fact

    async def do(_: RequestKey) -> Response[HookTaken]:
        await work.start(learning(fact))
        return Response(HookTaken(id=data.id), status_code=202)

    return await once(do)


FULFILMENT: Final = (provision, whmcs_changed)

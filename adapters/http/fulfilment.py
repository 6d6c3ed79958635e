"""Signed calls: provision an order, and what WHMCS reports (FUL-7, ORD-9, SRV-2)."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.subjects import OrderInPath
from core.domain.facts import BillingNews
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, OrderId, RequestKey, ServiceId, crm_id
from core.domain.provisioning import WHEN_SENT
from core.domain.refusals import FieldFault, Invalid, NotApproved, NotFound
from core.domain.work import Work
from core.usecases.fulfilment.start_provisioning import StartProvisioning
from core.usecases.services.take_billing_fact import TakeBillingFact

BillingId = (
    Annotated[str, msgspec.Meta(min_length=1, max_length=18, pattern=r"^[1-9][0-9]*$")]
    | Annotated[int, msgspec.Meta(ge=1, le=10**18)]
)
"""An id of WHMCS: a number, written as one or as text."""


class ProvisionAsk(Ask, frozen=True):
    """Provision the order: `now` whatever its date."""

    activation: Literal["now"] = "now"

    example: ClassVar[Any] = {"activation": "now"}


class ProvisioningShown(Answer, frozen=True):
    """How the order's provisioning stands; `code` says why where it failed, `waits_for` what keeps it: "shipping"."""

    order_id: str
    state: str
    code: str | None
    waits_for: str | None

    example: ClassVar[Any] = {
        "orderId": "801000000000001AAA",
        "state": "in_progress",
        "code": None,
        "waitsFor": None,
    }

    @classmethod
    def of(cls, order: OrderId, work: Work) -> "ProvisioningShown":
        """The state of the work."""
        waits_for = "shipping" if work.due_at == WHEN_SENT else None
        return cls(order_id=order, state=work.state.as_told.value, code=work.code, waits_for=waits_for)


class HookAsk(Ask, frozen=True):
    """Something changed in WHMCS: ids only, the portal reads the rest itself. `event` is WHMCS's name of it."""

    event: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{1,64}$")]
    id: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{1,64}$")]
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
    def news(self) -> BillingNews:
        """What it tells; raises Invalid for a time outside of all calendars."""
        try:
            at = self.at.astimezone(UTC)
        except OverflowError as error:
            raise Invalid(FieldFault("at", "out_of_range")) from error
        return BillingNews(
            id=self.id,
            event=self.event,
            at=at,
            client=ClientId(str(self.client_id)),
            service=ServiceId(str(self.service_id)) if self.service_id is not None else None,
            order=BillingOrderId(str(self.order_id)) if self.order_id is not None else None,
            invoice=InvoiceId(str(self.invoice_id)) if self.invoice_id is not None else None,
        )


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
    id: OrderInPath, data: JSONBody[ProvisionAsk], once: Given[Once], start_provisioning: Given[StartProvisioning]
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
async def whmcs_changed(
    data: JSONBody[HookAsk], once: Given[Once], take_billing_fact: Given[TakeBillingFact]
) -> Response[HookTaken]:
    """Takes in that an invoice, a service or a payment method changed, once for its id (ORD-9, SRV-2)."""
    news = data.news

    async def do(_: RequestKey) -> Response[HookTaken]:
        await take_billing_fact(news)
        return Response(HookTaken(id=data.id), status_code=202)

    return await once(do)


FULFILMENT: Final = (provision, whmcs_changed)

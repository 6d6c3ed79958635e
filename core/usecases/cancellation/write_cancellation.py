"""Putting a cancellation into Salesforce."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.cancellation import CancellationData, ends_at
from core.domain.japan import Month, tokyo_date
from core.domain.notice import NewNotice, NoticeType
from core.domain.opportunity import Stage
from core.domain.refusals import EndingRefused
from core.domain.support import CANCELLATION_SUBJECT, CaseKind, CaseOrigin, NewCase
from ports.caches import Caches
from ports.catalog_shelf import CatalogShelf
from ports.durable import Steps
from ports.errors import Rejected
from ports.notices import Notifier
from ports.opportunities import Opportunities
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class WriteCancellation:
    """Stage, end, notice, kit and case, all or none; without an opportunity the case alone (CAN-2, CAN-3)."""

    opportunities: Opportunities
    support: SupportDesk
    catalog: CatalogShelf
    notifier: Notifier
    caches: Caches

    async def __call__(self, steps: Steps, data: CancellationData) -> str:
        """The instant the service ends, in RFC 3339; raises EndingRefused when Salesforce will not have it."""
        sku = await steps.do("sku", str, lambda: self._sku(data))
        end = await steps.do("write", datetime | None, lambda: self._write(data, _case(data, sku)))
        await steps.do("forget", None, lambda: self.caches.drop_account(data.account))
        if end is None:
            return ""
        notice = NewNotice(
            user=data.user,
            type=NoticeType.CANCELLATION_SCHEDULED,
            source_id=str(data.service),
            version=f"{data.month}@{data.requested_at.isoformat()}",
            values={"plan": data.plan, "last_day": tokyo_date(end).isoformat(), "service": str(data.service)},
            created_at=data.requested_at,
        )
        await steps.do("tell", None, lambda: self.notifier(notice))
        return end.isoformat()

    async def _sku(self, data: CancellationData) -> str:
        if data.sku is not None:
            return data.sku
        return (await self.catalog.catalog()).billed_as(data.billing_product)

    async def _write(self, data: CancellationData, case: NewCase) -> datetime | None:
        try:
            return await self._written(data, case)
        except Rejected as refused:
            raise EndingRefused(reason=refused.code) from None

    async def _written(self, data: CancellationData, case: NewCase) -> datetime | None:
        end = ends_at(Month.parse(data.month))
        if data.opportunity is None:
            await self.support.ensure_case(case)
            return end
        try:
            await self.opportunities.ensure_cancelling(data.opportunity, end, data.has_line, case)
        except Rejected:
            sale = await self.opportunities.find(data.opportunity)
            if sale is None or sale.stage is not Stage.CANCELLING:
                raise
            # staff were quicker: the end is theirs, and the case tells them what the customer wished
            await self.support.ensure_case(case)
            return sale.ends_at
        return end


def _case(data: CancellationData, sku: str) -> NewCase:
    lines = [
        f"Service: {data.plan} ({data.service})",
        f"SKU: {sku}",
        f"Month: {data.month}",
        f"Requested at: {data.requested_at.isoformat()}",
        f"Kit to be returned: {'yes' if data.has_line else 'no'}",
    ]
    if data.opportunity is None:
        lines.append("No opportunity is linked to this service; please find it and set its stage.")
    return NewCase(
        key=data.case_key,
        kind=CaseKind.CANCELLATION,
        origin=CaseOrigin.PORTAL,
        account=data.account,
        contact=data.contact,
        subject=CANCELLATION_SUBJECT.format(service=data.plan),
        description="\n".join(lines),
        opportunity=data.opportunity,
    )

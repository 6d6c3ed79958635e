"""Putting a cancellation into Salesforce."""

from dataclasses import dataclass

from core.domain.cancellation import CancellationData, ends_at
from core.domain.ids import request_key
from core.domain.japan import Month, tokyo_date
from core.domain.notice import NewNotice, NoticeType
from core.domain.support import CANCELLATION_SUBJECT, CaseKind, CaseOrigin, NewCase
from ports.caches import Caches
from ports.durable import Steps
from ports.notices import Notifier
from ports.opportunities import Opportunities
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class WriteCancellation:
    """Stage, end, notice, kit and case, all or none; without an opportunity the case alone (CAN-2, CAN-3)."""

    opportunities: Opportunities
    support: SupportDesk
    notifier: Notifier
    caches: Caches

    async def __call__(self, steps: Steps, data: CancellationData) -> str:
        """The instant the service ends, in RFC 3339."""
        end = ends_at(Month.parse(data.month))
        case = _case(data)
        opportunity = data.opportunity
        if opportunity is not None:
            await steps.do(
                "cancelling",
                str,
                lambda: self.opportunities.ensure_cancelling(opportunity, end, data.has_line, case),
            )
        else:
            await steps.do("case", str, lambda: self.support.ensure_case(case))
        await steps.do("forget", None, lambda: self.caches.drop_account(data.account))
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


def _case(data: CancellationData) -> NewCase:
    lines = [
        f"Service: {data.plan} ({data.service})",
        f"Product: {data.sku}",
        f"Month: {data.month}",
        f"Requested at: {data.requested_at.isoformat()}",
        f"Kit to be returned: {'yes' if data.has_line else 'no'}",
    ]
    if data.opportunity is None:
        lines.append("No opportunity is linked to this service; please find it and set its stage.")
    return NewCase(
        key=request_key("cancellation case", data.service, data.requested_at.isoformat()),
        kind=CaseKind.CANCELLATION,
        origin=CaseOrigin.PORTAL,
        account=data.account,
        contact=data.contact,
        subject=CANCELLATION_SUBJECT.format(service=data.plan),
        description="\n".join(lines),
        opportunity=data.opportunity,
    )

"""When a customer is told of an invoice before it is due, and what (SRV-6)."""

from datetime import date, datetime, timedelta

from core.domain.billing import Invoice, InvoiceStatus
from core.domain.ids import UserId
from core.domain.notice import NewNotice, NoticeType
from core.domain.policy import Policy


def is_due_soon(invoice: Invoice, today: date, policy: Policy) -> bool:
    """Whether it is unpaid and due in so few days; WHMCS itself reminds of what is overdue."""
    until = today + timedelta(days=policy.invoice_due_days)
    return invoice.status is InvoiceStatus.UNPAID and today <= invoice.due <= until


def due_notice(invoice: Invoice, user: UserId, at: datetime) -> NewNotice:
    """The word to the customer, which is one for an invoice and its day."""
    amount = invoice.balance if invoice.balance is not None else invoice.total
    return NewNotice(
        user=user,
        type=NoticeType.INVOICE_DUE,
        source_id=str(invoice.id),
        version=invoice.due.isoformat(),
        values={
            "invoice": str(invoice.id),
            "number": invoice.number,
            "amount": f"{amount:,}",
            "due": invoice.due.isoformat(),
        },
        created_at=at,
    )

"""One story per journey, across all systems: what happened, who holds the next step, by when (STA-3)."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.billing import OVER, Service, ServiceStatus
from core.domain.cancellation import Cancellation, Kit
from core.domain.checkout import Holder
from core.domain.eligibility import Eligibility, EligibilityStatus, Expected
from core.domain.identity import Identity, IdStatus
from core.domain.ids import ServiceId
from core.domain.japan import end_of_day, start_of_day
from core.domain.opportunity import Opportunity, Stage
from core.domain.order import ActivationStatus, Order, OrderStatus
from core.domain.provisioning import FailureCode
from core.domain.words import Words


class Event(StrEnum):
    """Something that happened or is going on in a customer's journey."""

    CHECK_ASKED = "check_asked"
    CHECK_OPEN = "check_open"
    CHECK_ELIGIBLE = "check_eligible"
    CHECK_INELIGIBLE = "check_ineligible"
    ID_SENT = "id_sent"
    ID_IN_REVIEW = "id_in_review"
    ID_VERIFIED = "id_verified"
    ID_REJECTED = "id_rejected"
    ORDER_PLACED = "order_placed"
    ORDER_IN_REVIEW = "order_in_review"
    ORDER_APPROVED = "order_approved"
    ORDER_CANCELLED = "order_cancelled"
    SIM_TO_BE_SENT = "sim_to_be_sent"
    SIM_SENT = "sim_sent"
    WAITS_FOR_DATE = "waits_for_date"
    ACTIVATING = "activating"
    ACTIVATION_DELAYED = "activation_delayed"
    PAYMENT_NEEDED = "payment_needed"
    ID_NEEDED = "id_needed"
    ACTIVATED = "activated"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    KIT_AWAITED = "kit_awaited"


_E = Event
EVENT_WORDS: Final = MappingProxyType(
    {
        _E.CHECK_ASKED: Words("You asked for internet at your address", "インターネットの確認をご依頼いただきました"),
        _E.CHECK_OPEN: Words("We are checking your address with NTT", "NTTにご住所を確認しています"),
        _E.CHECK_ELIGIBLE: Words("Internet is available at your address", "ご住所でインターネットをご利用いただけます"),
        _E.CHECK_INELIGIBLE: Words("No line reaches your address yet", "ご住所ではまだご利用いただけません"),
        _E.ID_SENT: Words("You sent your ID", "本人確認書類をお送りいただきました"),
        _E.ID_IN_REVIEW: Words("We are looking at your ID", "本人確認書類を確認しています"),
        _E.ID_VERIFIED: Words("Your ID is verified", "本人確認が完了しました"),
        _E.ID_REJECTED: Words("Please send your ID again", "本人確認書類を再度お送りください"),
        _E.ORDER_PLACED: Words("You placed your order", "お申し込みいただきました"),
        _E.ORDER_IN_REVIEW: Words("We are checking your order", "お申し込み内容を確認しています"),
        _E.ORDER_APPROVED: Words("Your order is approved", "お申し込みが承認されました"),
        _E.ORDER_CANCELLED: Words("The order was cancelled", "お申し込みは取り消されました"),
        _E.SIM_TO_BE_SENT: Words("We are about to send your SIM", "SIMカードの発送を準備しています"),
        _E.SIM_SENT: Words("Your SIM is on its way", "SIMカードを発送しました"),
        _E.WAITS_FOR_DATE: Words("Your service starts on the day you chose", "ご希望の日に開通します"),
        _E.ACTIVATING: Words("We are setting up your service", "開通の手続きをしています"),
        _E.ACTIVATION_DELAYED: Words(
            "We need a little more time; we are on it", "もう少しお時間をいただきます。担当者が対応しています"
        ),
        _E.PAYMENT_NEEDED: Words(
            "Please add a payment method, so that we can go on", "続きのお手続きのため、お支払い方法をご登録ください"
        ),
        _E.ID_NEEDED: Words(
            "Please send your ID, so that we can go on", "続きのお手続きのため、本人確認書類をお送りください"
        ),
        _E.ACTIVATED: Words("Your service is active", "サービスが開通しました"),
        _E.CANCELLING: Words("Your service will end", "サービスは終了予定です"),
        _E.CANCELLED: Words("Your service has ended", "サービスは終了しました"),
        _E.KIT_AWAITED: Words("The rented kit is still to come back", "レンタル機器のご返却をお待ちしています"),
    }
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the story. An open one says who holds it and by when; `at` is when it happened or began."""

    event: Event
    at: datetime | None
    open: bool = False
    holder: Holder | None = None
    expected: Expected | None = None
    late: bool = False
    subject: str | None = None


def _open(event: Event, since: datetime | None, holder: Holder, expected: Expected | None, now: datetime) -> Entry:
    late = expected is not None and expected.is_late(now)
    return Entry(event=event, at=since, open=True, holder=holder, expected=expected, late=late)


def eligibility_entries(eligibility: Eligibility, expected: Expected | None, now: datetime) -> list[Entry]:
    """The story of the availability check."""
    entries = []
    if eligibility.requested_at is not None:
        entries.append(Entry(event=Event.CHECK_ASKED, at=eligibility.requested_at))
    if eligibility.status is EligibilityStatus.PENDING:
        entries.append(_open(Event.CHECK_OPEN, eligibility.requested_at, Holder.NTT, expected, now))
    elif eligibility.status is EligibilityStatus.ELIGIBLE:
        entries.append(Entry(event=Event.CHECK_ELIGIBLE, at=eligibility.checked_at))
    elif eligibility.status is EligibilityStatus.INELIGIBLE:
        entries.append(Entry(event=Event.CHECK_INELIGIBLE, at=eligibility.checked_at))
    return [_about(entry, eligibility.case) for entry in entries]


def identity_entries(identity: Identity, expected: Expected | None, now: datetime) -> list[Entry]:
    """The story of the ID verification."""
    entries = []
    if identity.submitted_at is not None:
        entries.append(Entry(event=Event.ID_SENT, at=identity.submitted_at))
    if identity.status is IdStatus.SUBMITTED:
        entries.append(_open(Event.ID_IN_REVIEW, identity.submitted_at, Holder.SONIXNET, expected, now))
    elif identity.status is IdStatus.VERIFIED:
        entries.append(Entry(event=Event.ID_VERIFIED, at=identity.reviewed_at))
    elif identity.status is IdStatus.REJECTED:
        entries.append(Entry(event=Event.ID_REJECTED, at=identity.reviewed_at, open=True, holder=Holder.YOU))
    return entries


def order_entries(
    order: Order,
    expected: Expected | None,
    now: datetime,
    activation: Expected | None = None,
    approved_at: datetime | None = None,
) -> list[Entry]:
    """The story of one order; `expected` is when staff's review is due, `activation` when what follows is.

    `approved_at`: when the portal learned of the approval; Salesforce does not keep it.
    """
    entries = [Entry(event=Event.ORDER_PLACED, at=order.placed_at)]
    match order.status:
        case OrderStatus.PENDING_REVIEW:
            entries.append(_open(Event.ORDER_IN_REVIEW, order.placed_at, Holder.SONIXNET, expected, now))
        case OrderStatus.CANCELLED:
            entries.append(Entry(event=Event.ORDER_CANCELLED, at=order.changed_at))
        case OrderStatus.APPROVED | OrderStatus.COMPLETED:
            entries.append(Entry(event=Event.ORDER_APPROVED, at=approved_at))
            entries += _activation_entries(order, activation, now)
    return [msgspec.structs.replace(entry, subject=str(order.id)) for entry in entries]


_WANTED: Final = MappingProxyType(
    {FailureCode.PAYMENT_REQUIRED.value: Event.PAYMENT_NEEDED, FailureCode.ID_REQUIRED.value: Event.ID_NEEDED}
)
"""What a failed activation waits for that the customer alone can do."""


def _activation_entries(order: Order, expected: Expected | None, now: datetime) -> list[Entry]:
    entries = []
    if order.shipped_at is not None:
        entries.append(Entry(event=Event.SIM_SENT, at=order.shipped_at))
    elif order.waits_for_shipping and order.activation is ActivationStatus.NOT_STARTED:
        return [_open(Event.SIM_TO_BE_SENT, None, Holder.SONIXNET, expected, now)]
    match order.activation:
        case ActivationStatus.NOT_STARTED if order.activate_at is not None:
            due = Expected(order.activate_at, order.activate_at)
            entries.append(_open(Event.WAITS_FOR_DATE, None, Holder.SONIXNET, due, now))
        case ActivationStatus.NOT_STARTED | ActivationStatus.ACTIVATING:
            entries.append(_open(Event.ACTIVATING, None, Holder.SONIXNET, expected, now))
        case ActivationStatus.FAILED:
            wanted = _WANTED.get(order.error_code or "")
            if wanted is not None:
                entries.append(_open(wanted, order.changed_at, Holder.YOU, None, now))
            else:
                entries.append(_open(Event.ACTIVATION_DELAYED, order.changed_at, Holder.SONIXNET, expected, now))
        case ActivationStatus.ACTIVATED:
            entries.append(Entry(event=Event.ACTIVATED, at=order.changed_at))
    return entries


def service_entries(
    opportunity: Opportunity, now: datetime, service: Service | None = None, since: datetime | None = None
) -> list[Entry]:
    """The end of a service's story, where it has begun; `since` is when the portal learned that it did."""
    subject = str(opportunity.service) if opportunity.service else None
    if opportunity.stage is Stage.CANCELLED:
        return [Entry(event=Event.CANCELLED, at=since or opportunity.changed_at, subject=subject)]
    if opportunity.stage is Stage.CANCELLING:
        if service is not None and service.status in OVER:
            holder = Holder.YOU if opportunity.kit is Kit.SENT else Holder.SONIXNET
            kit = _open(Event.KIT_AWAITED, _ended_at(service), holder, None, now)
            return ended_entries(service) + ([] if opportunity.kit is None else [_about(kit, subject)])
        until = Expected(opportunity.ends_at, opportunity.ends_at) if opportunity.ends_at else None
        return [_about(_open(Event.CANCELLING, since, Holder.SONIXNET, until, now), subject)]
    return ended_entries(service) if service is not None else []


def by_case_entries(service: ServiceId, ending: Cancellation, now: datetime) -> list[Entry]:
    """The end of a service that only a case tells of (CAN-3)."""
    until = Expected(ending.ends_at, ending.ends_at)
    return [_about(_open(Event.CANCELLING, ending.requested_at, Holder.SONIXNET, until, now), str(service))]


def started_entries(service: Service) -> list[Entry]:
    """The beginning of a service that no order of the portal tells of, on billing's day."""
    if service.started is None or service.status is ServiceStatus.PENDING:
        return []
    return [Entry(event=Event.ACTIVATED, at=start_of_day(service.started), subject=str(service.id))]


def ended_entries(service: Service) -> list[Entry]:
    """The end of a service as billing holds it; nothing while it runs."""
    if service.status not in OVER:
        return []
    return [Entry(event=Event.CANCELLED, at=_ended_at(service), subject=str(service.id))]


def _ended_at(service: Service) -> datetime | None:
    return end_of_day(service.ended) if service.ended is not None else None


def _about(entry: Entry, subject: str | None) -> Entry:
    return msgspec.structs.replace(entry, subject=subject)


def in_order(entries: list[Entry]) -> tuple[Entry, ...]:
    """What happened first comes first, what is open comes last; an entry without a time stays behind its cause."""
    last: datetime | None = None
    keyed = []
    for place, entry in enumerate(entries):
        last = entry.at or last
        keyed.append((entry.open, last is not None, last.timestamp() if last else 0.0, place, entry))
    return tuple(entry for *_, entry in sorted(keyed, key=lambda row: row[:4]))

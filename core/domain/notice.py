"""What the customer is told, when, and by whom: one table (NTF-1)."""

from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.ids import NoticeId, UserId
from core.domain.words import Words


class NoticeType(StrEnum):
    """A kind of notice."""

    ELIGIBILITY_ELIGIBLE = "eligibility_eligible"
    ELIGIBILITY_INELIGIBLE = "eligibility_ineligible"
    VERIFICATION_VERIFIED = "verification_verified"
    VERIFICATION_REJECTED = "verification_rejected"
    CHECK_LATE = "check_late"
    ORDER_APPROVED = "order_approved"
    ORDER_ACTIVATED = "order_activated"
    ORDER_FAILED = "order_failed"
    ORDER_CANCELLED = "order_cancelled"
    PAYMENT_METHOD_MISSING = "payment_method_missing"
    CANCELLATION_SCHEDULED = "cancellation_scheduled"
    CANCELLATION_COMPLETE = "cancellation_complete"
    CANCELLATION_UNDONE = "cancellation_undone"
    PAYMENT_METHOD_EXPIRING = "payment_method_expiring"
    INVOICE_DUE = "invoice_due"
    SYSTEM_ANNOUNCEMENT = "system_announcement"


class Source(StrEnum):
    """Where the fact behind a notice came from."""

    SALESFORCE = "salesforce"
    WHMCS = "whmcs"
    PORTAL = "portal"
    SYSTEM = "system"


class MailedBy(StrEnum):
    """Who sends the mail that goes with a notice."""

    NOBODY = "nobody"
    SALESFORCE = "salesforce"
    PORTAL = "portal"


class NoticeText(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table: the words, where the button leads, whether the bell shows it, who mails it."""

    title: Words
    message: Words
    label: Words
    path: str
    source: Source
    bell: bool = True
    mailed_by: MailedBy = MailedBy.NOBODY


_N = NoticeType
NOTICES: Final = MappingProxyType(
    {
        _N.ELIGIBILITY_ELIGIBLE: NoticeText(
            title=Words("You can have internet at your address", "ご住所でインターネットをご利用いただけます"),
            message=Words("Your check is done: {value}.", "確認が終わりました：{value}。"),
            label=Words("View plans", "プランを見る"),
            path="/shop/internet",
            source=Source.SALESFORCE,
            mailed_by=MailedBy.SALESFORCE,
        ),
        _N.ELIGIBILITY_INELIGIBLE: NoticeText(
            title=Words("No internet line reaches your address yet", "ご住所ではまだ回線をご利用いただけません"),
            message=Words(
                "We are sorry. A SIM plan may help, and you can ask again later.",
                "申し訳ございません。SIMプランをご検討いただくか、後日もう一度ご確認ください。",
            ),
            label=Words("Contact support", "サポートに連絡"),
            path="/support",
            source=Source.SALESFORCE,
            mailed_by=MailedBy.SALESFORCE,
        ),
        _N.VERIFICATION_VERIFIED: NoticeText(
            title=Words("Your ID is verified", "本人確認が完了しました"),
            message=Words(
                "Thank you. You can go on with your order.", "ありがとうございます。お申し込みを続けられます。"
            ),
            label=Words("Continue checkout", "手続きを続ける"),
            path="/account/order",
            source=Source.SALESFORCE,
            mailed_by=MailedBy.SALESFORCE,
        ),
        _N.VERIFICATION_REJECTED: NoticeText(
            title=Words("Please send your ID again", "本人確認書類を再度お送りください"),
            message=Words("{text_en} {remedy_en}", "{text_ja} {remedy_ja}"),
            label=Words("Resubmit", "再提出する"),
            path="/account/settings#id",
            source=Source.SALESFORCE,
            mailed_by=MailedBy.SALESFORCE,
        ),
        _N.CHECK_LATE: NoticeText(
            title=Words("Your check takes longer than we said", "確認にお時間をいただいています"),
            message=Words(
                "We have asked for it to be done first. There is nothing you need to do.",
                "優先して確認を進めています。お客様のお手続きは必要ありません。",
            ),
            label=Words("View status", "状況を見る"),
            path="/account",
            source=Source.PORTAL,
        ),
        _N.ORDER_APPROVED: NoticeText(
            title=Words("Your order is approved", "お申し込みが承認されました"),
            message=Words("Order {number} goes on to activation.", "ご注文 {number} の開通手続きに進みます。"),
            label=Words("View order", "注文を見る"),
            path="/account/orders/{order}",
            source=Source.SALESFORCE,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.ORDER_ACTIVATED: NoticeText(
            title=Words("Your service is active", "サービスが開通しました"),
            message=Words("{plan} is ready to use.", "{plan} をご利用いただけます。"),
            label=Words("View service", "サービスを見る"),
            path="/account/services/{service}",
            source=Source.PORTAL,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.ORDER_FAILED: NoticeText(
            title=Words("Your activation needs a little more time", "開通にもう少しお時間をいただきます"),
            message=Words(
                "Something did not go through for order {number}. We are on it; nothing was charged twice.",
                "ご注文 {number} の手続きの一部が完了していません。担当者が対応しています。二重の請求はありません。",
            ),
            label=Words("View order", "注文を見る"),
            path="/account/orders/{order}",
            source=Source.PORTAL,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.ORDER_CANCELLED: NoticeText(
            title=Words("Your order was cancelled", "お申し込みが取り消されました"),
            message=Words("Order {number}: {message_en}", "ご注文 {number}：{message_ja}"),
            label=Words("View order", "注文を見る"),
            path="/account/orders/{order}",
            source=Source.SALESFORCE,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.PAYMENT_METHOD_MISSING: NoticeText(
            title=Words("Please add a payment method", "お支払い方法を登録してください"),
            message=Words(
                "Your service starts soon and needs a payment method first.",
                "まもなくサービスを開始します。先にお支払い方法をご登録ください。",
            ),
            label=Words("Add payment method", "お支払い方法を登録"),
            path="/account/billing",
            source=Source.PORTAL,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.CANCELLATION_SCHEDULED: NoticeText(
            title=Words("Your service will end", "サービスの解約を受け付けました"),
            message=Words("{plan} ends on {last_day}.", "{plan} は {last_day} に終了します。"),
            label=Words("View status", "状況を見る"),
            path="/account/services/{service}",
            source=Source.PORTAL,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.CANCELLATION_COMPLETE: NoticeText(
            title=Words("Your service has ended", "サービスが終了しました"),
            message=Words("{plan} is cancelled. Thank you for having been with us.", "{plan} の解約が完了しました。"),
            label=Words("View service", "サービスを見る"),
            path="/account/services/{service}",
            source=Source.SALESFORCE,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.CANCELLATION_UNDONE: NoticeText(
            title=Words("Your service goes on", "解約を取り消しました"),
            message=Words("{plan} will not end. Welcome back.", "{plan} を引き続きご利用いただけます。"),
            label=Words("View service", "サービスを見る"),
            path="/account/services/{service}",
            source=Source.PORTAL,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.PAYMENT_METHOD_EXPIRING: NoticeText(
            title=Words("Your card ends soon", "カードの有効期限が近づいています"),
            message=Words(
                "The card ending in {last_four} is valid until {expires}.",
                "末尾 {last_four} のカードは {expires} までです。",
            ),
            label=Words("Update payment method", "お支払い方法を更新"),
            path="/account/billing",
            source=Source.WHMCS,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.INVOICE_DUE: NoticeText(
            title=Words("An invoice is due soon", "お支払い期限が近づいています"),
            message=Words(
                "Invoice {number} over ¥{amount} is due on {due}.", "請求書 {number}（{amount}円）の期限は {due} です。"
            ),
            label=Words("View invoice", "請求書を見る"),
            path="/account/billing/{invoice}",
            source=Source.WHMCS,
            mailed_by=MailedBy.PORTAL,
        ),
        _N.SYSTEM_ANNOUNCEMENT: NoticeText(
            title=Words("{title_en}", "{title_ja}"),
            message=Words("{message_en}", "{message_ja}"),
            label=Words("Read more", "詳しく見る"),
            path="/account",
            source=Source.SYSTEM,
        ),
    }
)


def fact_version(status: StrEnum, at: datetime | None) -> str:
    """What tells one version of a fact from the next: its status and that status's own time (NTF-2).

    To the millisecond, as the CRM keeps times: what the portal wrote has the version that is read back later.
    """
    if at is None:
        return f"{status.value}@-"
    time = at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
    return f"{status.value}@{time.isoformat()}"


class NewNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice to be given once: the same user, type, source id and version never make a second one (NTF-2)."""

    user: UserId
    type: NoticeType
    source_id: str
    version: str
    values: dict[str, str] = {}
    created_at: datetime


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in a customer's list; `position` grows with each new one (NTF-3, NTF-4)."""

    id: NoticeId
    position: int
    user: UserId
    type: NoticeType
    source_id: str
    values: dict[str, str]
    created_at: datetime
    read_at: datetime | None = None
    dismissed_at: datetime | None = None

    @property
    def path(self) -> str:
        """Where the notice's button leads."""
        return NOTICES[self.type].path.format_map(self.values)


class NoticePage(msgspec.Struct, frozen=True):
    """A page of the list; `next_before` is the position to go on from, None at its end."""

    items: tuple[Notice, ...]
    next_before: int | None

"""The table of notices: words, links, senders, and what makes a fact the same fact (NTF-1, NTF-2)."""

from datetime import UTC, datetime
from string import Formatter

import pytest

from core.domain.eligibility import EligibilityStatus
from core.domain.ids import NoticeId, UserId
from core.domain.japan import TOKYO
from core.domain.notice import NOTICES, MailedBy, Notice, NoticeText, NoticeType, Source, fact_version
from core.domain.words import Language

BY_SALESFORCE = {
    NoticeType.ELIGIBILITY_ELIGIBLE,
    NoticeType.ELIGIBILITY_INELIGIBLE,
    NoticeType.VERIFICATION_VERIFIED,
    NoticeType.VERIFICATION_REJECTED,
}
LABELS = {
    NoticeType.ELIGIBILITY_ELIGIBLE: "View plans",
    NoticeType.ELIGIBILITY_INELIGIBLE: "Contact support",
    NoticeType.VERIFICATION_VERIFIED: "Continue checkout",
    NoticeType.VERIFICATION_REJECTED: "Resubmit",
    NoticeType.ORDER_ACTIVATED: "View service",
    NoticeType.CANCELLATION_SCHEDULED: "View status",
}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_type_has_a_row() -> None:
    assert NOTICES.keys() == set(NoticeType)
    assert {kind.value for kind in NoticeType} == {
        "eligibility_eligible", "eligibility_ineligible", "verification_verified", "verification_rejected",
        "check_late", "order_approved", "order_activated", "order_failed", "order_cancelled",
        "payment_method_missing", "cancellation_scheduled", "cancellation_complete", "cancellation_undone",
        "payment_method_expiring", "invoice_due", "system_announcement",
    }  # fmt: skip


def test_salesforce_mails_four_of_them_and_nobody_mails_those_again() -> None:
    assert {kind for kind, row in NOTICES.items() if row.mailed_by is MailedBy.SALESFORCE} == BY_SALESFORCE


@pytest.mark.parametrize(("kind", "label"), list(LABELS.items()))
def test_buttons_say_what_they_do(kind: NoticeType, label: str) -> None:
    assert NOTICES[kind].label.en == label


@pytest.mark.parametrize("row", list(NOTICES.values()), ids=list(NOTICES))
def test_both_languages_are_there_and_links_stay_in_the_portal(row: NoticeText) -> None:
    for words in (row.title, row.message, row.label):
        assert words.en
        assert words.ja
    assert row.path.startswith("/")
    assert not row.path.startswith("//")
    assert row.source in Source


# what features/notices/table.feature has no row for: title in both languages, button, page, who mails it
ROWS = {
    "order_failed": (
        "Your activation needs a little more time", "開通にもう少しお時間をいただきます",
        "View order", "/account/orders/{order}", MailedBy.PORTAL,
    ),
    "payment_method_missing": (
        "Please add a payment method", "お支払い方法を登録してください",
        "Add payment method", "/account/billing", MailedBy.PORTAL,
    ),
    "cancellation_scheduled": (
        "Your service will end", "サービスの解約を受け付けました",
        "View status", "/account/services/{service}", MailedBy.PORTAL,
    ),
    "cancellation_complete": (
        "Your service has ended", "サービスが終了しました",
        "View service", "/account/services/{service}", MailedBy.PORTAL,
    ),
    "cancellation_undone": (
        "Your service goes on", "解約を取り消しました",
        "View service", "/account/services/{service}", MailedBy.PORTAL,
    ),
    "payment_method_expiring": (
        "Your card ends soon", "カードの有効期限が近づいています",
        "Update payment method", "/account/billing", MailedBy.PORTAL,
    ),
    "invoice_due": (
        "An invoice is due soon", "お支払い期限が近づいています",
        "View invoice", "/account/billing/{invoice}", MailedBy.PORTAL,
    ),
    "system_announcement": ("{title_en}", "{title_ja}", "Read more", "/account", MailedBy.NOBODY),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_the_table_says_it_in_both_languages_and_who_mails_it(kind: str) -> None:
    row = NOTICES[NoticeType(kind)]
    assert (row.title.en, row.title.ja, row.label.en, row.path, row.mailed_by) == ROWS[kind]
    assert row.bell


def test_the_same_moment_in_two_zones_is_one_version() -> None:
    at = datetime(2026, 1, 20, 3, tzinfo=UTC)
    assert fact_version(EligibilityStatus.ELIGIBLE, at) == fact_version(
        EligibilityStatus.ELIGIBLE, at.astimezone(TOKYO)
    )
    assert fact_version(EligibilityStatus.ELIGIBLE, at) == "Eligible@2026-01-20T03:00:00+00:00"
    assert fact_version(EligibilityStatus.ELIGIBLE, at) != fact_version(EligibilityStatus.INELIGIBLE, at)
    assert fact_version(EligibilityStatus.ELIGIBLE, None) == "Eligible@-"


def test_a_value_with_braces_is_said_as_it_is() -> None:
    words = NOTICES[NoticeType.ELIGIBILITY_ELIGIBLE].message
    assert words.said(Language.EN, value="{user.password}") == "Your check is done: {user.password}."


def test_a_notices_link_is_filled() -> None:
    notice = Notice(
        id=NoticeId("n"),
        position=1,
        user=UserId("u"),
        type=NoticeType.ORDER_APPROVED,
        source_id="801",
        values={"order": "801000000000001AAA", "number": "1"},
        created_at=datetime(2026, 1, 20, tzinfo=UTC),
    )
    assert notice.path == "/account/orders/801000000000001AAA"


def test_rejections_and_announcements_are_said_in_each_language_with_words_of_its_own() -> None:
    rejected, announced = NOTICES[NoticeType.VERIFICATION_REJECTED], NOTICES[NoticeType.SYSTEM_ANNOUNCEMENT]
    assert places(rejected.message.en) == {"text_en", "remedy_en"}
    assert places(rejected.message.ja) == {"text_ja", "remedy_ja"}
    assert places(announced.title.ja) == {"title_ja"}

"""Every move of an ID verification, what a rejection says, and which methods are allowed when (IDV)."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.catalog import ProductType, SimPlanType
from core.domain.id_methods import IdMethod, MethodRule
from core.domain.identifying import methods_for, methods_open
from core.domain.identity import (
    MOVES,
    REJECTIONS,
    Identity,
    IdStatus,
    IdTrigger,
    RejectionCode,
    RejectionKind,
    identity_shown,
    move_identity,
    read_rejection,
)
from core.domain.ids import AccountId
from core.domain.machines import reachable
from core.domain.policy import Policy
from core.domain.refusals import MoveRefused
from core.domain.words import Language

ACCOUNT = AccountId("001000000000001AAA")
NOW = datetime(2026, 1, 20, 3, tzinfo=UTC)
S, T = IdStatus, IdTrigger

LEGAL = {
    (S.NOT_SUBMITTED, T.UPLOADED): S.SUBMITTED,
    (S.SUBMITTED, T.UPLOADED): S.SUBMITTED,
    (S.SUBMITTED, T.VERIFIED): S.VERIFIED,
    (S.SUBMITTED, T.REJECTED): S.REJECTED,
    (S.REJECTED, T.UPLOADED): S.SUBMITTED,
    (S.REJECTED, T.VERIFIED): S.VERIFIED,
    (S.REJECTED, T.REOPENED): S.SUBMITTED,
    (S.VERIFIED, T.REJECTED): S.REJECTED,
    (S.VERIFIED, T.REOPENED): S.SUBMITTED,
}


@pytest.mark.parametrize(("status", "trigger"), list(product(S, T)))
def test_every_move_is_legal_or_refused(status: IdStatus, trigger: IdTrigger) -> None:
    if (status, trigger) in LEGAL:
        assert move_identity(status, trigger) is LEGAL[status, trigger]
        return
    with pytest.raises(MoveRefused) as refused:
        move_identity(status, trigger)
    assert refused.value.data == {"machine": "identity", "state": status.value, "trigger": trigger.value}


def test_staff_can_take_a_verification_back() -> None:
    assert S.REJECTED in reachable(MOVES, S.VERIFIED)
    assert (S.VERIFIED, T.UPLOADED) not in MOVES


@pytest.mark.parametrize("status", list(S))
def test_only_a_verified_id_takes_no_upload(status: IdStatus) -> None:
    assert Identity(account=ACCOUNT, status=status).takes_upload is ((status, T.UPLOADED) in MOVES)


@pytest.mark.parametrize(
    ("written", "code", "rest"),
    [
        ("BLURRY", RejectionCode.BLURRY, None),
        ("blurry", RejectionCode.BLURRY, None),
        ("  Expired : until 2024-03  ", RejectionCode.EXPIRED, "until 2024-03"),
        ("name mismatch: Li / Lee", RejectionCode.NAME_MISMATCH, "Li / Lee"),
        ("ＷＲＯＮＧ＿ＴＹＰＥ：学生証です", RejectionCode.WRONG_TYPE, "学生証です"),
        ("INCOMPLETE:", RejectionCode.INCOMPLETE, None),
        ("The corner is missing", RejectionCode.OTHER, "The corner is missing"),
        ("Please note: send both sides", RejectionCode.OTHER, "Please note: send both sides"),
        ("OTHER: call us", RejectionCode.OTHER, "call us"),
        ("BLURRY - glare", RejectionCode.BLURRY, "glare"),
        ("BLURRY please retake", RejectionCode.BLURRY, "please retake"),
        ("EXPIRED. Renew it", RejectionCode.EXPIRED, "Renew it"),
        ("EXPIRED 2024-03", RejectionCode.EXPIRED, "2024-03"),
        ("EXPIRED\nuntil: 2024", RejectionCode.EXPIRED, "until: 2024"),
        ("EXPIRED（2024年3月）", RejectionCode.EXPIRED, "(2024年3月)"),
        ("NAME MISMATCH、旧姓です", RejectionCode.NAME_MISMATCH, "旧姓です"),
        ("INCOMPLETE...", RejectionCode.INCOMPLETE, None),
        ("BLURRYかもしれません", RejectionCode.OTHER, "BLURRYかもしれません"),
        ("EXPIRED_CARD", RejectionCode.OTHER, "EXPIRED_CARD"),
        ("Expired in March", RejectionCode.OTHER, "Expired in March"),
        ("blurry picture", RejectionCode.OTHER, "blurry picture"),
        ("", RejectionCode.OTHER, None),
        (None, RejectionCode.OTHER, None),
    ],
)
def test_what_staff_wrote_is_read(written: str | None, code: RejectionCode, rest: str | None) -> None:
    shown = read_rejection(written)
    assert (shown.code, shown.written) == (code, rest)
    assert shown.rejection is REJECTIONS[code]


def test_unknown_text_is_shown_as_written() -> None:
    shown = read_rejection("The corner is missing")
    assert shown.reason(Language.EN) == shown.reason(Language.JA) == "The corner is missing"


def test_a_code_brings_its_words_and_keeps_what_was_added() -> None:
    shown = read_rejection("EXPIRED: until 2024-03")
    assert shown.reason(Language.EN) == "The card's date has passed. until 2024-03"
    assert read_rejection("EXPIRED").reason(Language.JA) == "カードの有効期限が切れています。"


@given(st.text())
def test_every_text_is_read_as_something(written: str) -> None:
    shown = read_rejection(written)
    assert shown.reason(Language.EN)
    assert shown.rejection.remedy.said(Language.JA)


def test_every_code_has_a_kind_words_and_a_remedy_in_both_languages() -> None:
    assert REJECTIONS.keys() == set(RejectionCode)
    for rejection in REJECTIONS.values():
        assert rejection.kind in RejectionKind
        for words in (rejection.text, rejection.remedy):
            assert words.en
            assert words.ja
            assert words.en != words.ja


def test_a_submitted_id_has_a_date_and_is_late_after_it() -> None:
    submitted = Identity(account=ACCOUNT, status=S.SUBMITTED, submitted_at=NOW)
    shown = identity_shown(submitted, NOW, Policy())
    assert shown.expected is not None
    assert (shown.late, shown.rejection) == (False, None)
    assert identity_shown(submitted, shown.expected.latest + timedelta(seconds=1), Policy()).late


def test_recent_reviews_set_the_date() -> None:
    submitted = Identity(account=ACCOUNT, status=S.SUBMITTED, submitted_at=NOW)
    shown = identity_shown(submitted, NOW, Policy(), (timedelta(hours=2),) * 20)
    assert shown.expected is not None
    assert shown.expected.latest == NOW + timedelta(hours=2)
    assert identity_shown(submitted, NOW, Policy(), (timedelta(hours=2),) * 19) == identity_shown(
        submitted, NOW, Policy()
    )


def test_a_rejection_is_shown_while_it_stands() -> None:
    rejected = Identity(account=ACCOUNT, status=S.REJECTED, message="BLURRY", submitted_at=NOW, reviewed_at=NOW)
    shown = identity_shown(rejected, NOW, Policy())
    assert shown.rejection is not None
    assert shown.rejection.code is RejectionCode.BLURRY
    assert shown.expected is None
    verified = Identity(account=ACCOUNT, status=S.VERIFIED, message="BLURRY")
    assert identity_shown(verified, NOW, Policy()).rejection is None


def test_methods_are_allowed_by_product_and_date() -> None:
    image = IdMethod.DOCUMENT_IMAGE
    assert methods_for(ProductType.SIM, None, Policy(), date(2026, 1, 20)) == {image}
    until_march = Policy(id_methods=(MethodRule(ProductType.SIM, image, ends=date(2027, 3, 31)),))
    assert methods_for(ProductType.SIM, None, until_march, date(2027, 3, 31)) == {image}
    assert methods_for(ProductType.SIM, None, until_march, date(2027, 4, 1)) == set()
    assert methods_for(ProductType.VPN, None, until_march, date(2026, 1, 1)) == set()
    from_april = Policy(id_methods=(MethodRule(ProductType.SIM, image, begins=date(2027, 4, 1)),))
    assert methods_open(from_april, date(2027, 3, 31)) == set()
    assert methods_open(from_april, date(2027, 4, 1)) == {image}


def test_internet_has_a_method_while_it_asks_for_id() -> None:
    image, day = IdMethod.DOCUMENT_IMAGE, date(2026, 1, 20)
    internet = (MethodRule(ProductType.INTERNET, image),)
    for policy in (Policy(), Policy(id_methods=internet)):
        assert methods_for(ProductType.INTERNET, None, policy, day) == set()
    assert methods_open(Policy(id_methods=internet), day) == set()
    asking = Policy(id_methods=internet, internet_needs_id=True)
    assert methods_for(ProductType.INTERNET, None, asking, day) == methods_open(asking, day) == {image}
    assert methods_for(ProductType.INTERNET, None, Policy(internet_needs_id=True), day) == {image}


def test_a_rule_may_be_for_one_kind_of_sim() -> None:
    image, day = IdMethod.DOCUMENT_IMAGE, date(2026, 1, 20)
    data_only = Policy(id_methods=(MethodRule(ProductType.SIM, image, sim_plan=SimPlanType.DATA_ONLY),))
    assert methods_for(ProductType.SIM, SimPlanType.DATA_ONLY, data_only, day) == {image}
    for kind in (SimPlanType.DATA_SMS_VOICE, SimPlanType.VOICE_ONLY, None):
        assert methods_for(ProductType.SIM, kind, data_only, day) == set()
    assert methods_open(data_only, day) == {image}

"""Whether the customer is who they say: a residence card, reviewed by staff (IDV)."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.document import StoredDocument
from core.domain.eligibility import Expected, expected_by
from core.domain.identifying import takes_pictures
from core.domain.ids import AccountId
from core.domain.machines import moved
from core.domain.policy import Policy
from core.domain.words import Language, Words


class IdStatus(StrEnum):
    """Where the review of an account's document stands."""

    NOT_SUBMITTED = "Not Submitted"
    SUBMITTED = "Submitted"
    VERIFIED = "Verified"
    REJECTED = "Rejected"


class IdTrigger(StrEnum):
    """What moves an ID verification."""

    UPLOADED = "uploaded"
    VERIFIED = "verified"
    REJECTED = "rejected"
    REOPENED = "reopened by staff"


_S, _T = IdStatus, IdTrigger
MOVES: Final = MappingProxyType(
    {
        (_S.NOT_SUBMITTED, _T.UPLOADED): _S.SUBMITTED,
        (_S.SUBMITTED, _T.UPLOADED): _S.SUBMITTED,
        (_S.REJECTED, _T.UPLOADED): _S.SUBMITTED,
        (_S.SUBMITTED, _T.VERIFIED): _S.VERIFIED,
        (_S.SUBMITTED, _T.REJECTED): _S.REJECTED,
        # staff's corrections
        (_S.VERIFIED, _T.REJECTED): _S.REJECTED,
        (_S.REJECTED, _T.VERIFIED): _S.VERIFIED,
        (_S.REJECTED, _T.REOPENED): _S.SUBMITTED,
        (_S.VERIFIED, _T.REOPENED): _S.SUBMITTED,
    }
)


REVIEWED: Final = frozenset({IdStatus.VERIFIED, IdStatus.REJECTED})


def move_identity(status: IdStatus, trigger: IdTrigger) -> IdStatus:
    """Where `trigger` takes an ID verification; raises MoveRefused."""
    return moved("identity", MOVES, status, trigger)


class RejectionCode(StrEnum):
    """Why staff did not accept a document (IDV-4)."""

    EXPIRED = "EXPIRED"
    BLURRY = "BLURRY"
    WRONG_TYPE = "WRONG_TYPE"
    NAME_MISMATCH = "NAME_MISMATCH"
    INCOMPLETE = "INCOMPLETE"
    OTHER = "OTHER"


class RejectionKind(StrEnum):
    """What the customer can do about it."""

    TRY_AGAIN = "try_again"
    CONTACT_SUPPORT = "contact_support"


class Rejection(msgspec.Struct, frozen=True):
    """One reason with its words: what is wrong and what helps."""

    kind: RejectionKind
    text: Words
    remedy: Words


REJECTIONS: Final = MappingProxyType(
    {
        RejectionCode.EXPIRED: Rejection(
            RejectionKind.TRY_AGAIN,
            Words("The card's date has passed.", "カードの有効期限が切れています。"),
            Words("Please send your renewed card.", "更新後のカードをお送りください。"),
        ),
        RejectionCode.BLURRY: Rejection(
            RejectionKind.TRY_AGAIN,
            Words("We could not read the picture.", "画像を読み取れませんでした。"),
            Words(
                "Please take it again in bright light, all four corners in view.",
                "明るい場所で、四隅が入るように撮り直してください。",
            ),
        ),
        RejectionCode.WRONG_TYPE: Rejection(
            RejectionKind.TRY_AGAIN,
            Words("This is not a document we can accept.", "この書類は受け付けできません。"),
            Words("Please send your residence card.", "在留カードをお送りください。"),
        ),
        RejectionCode.NAME_MISMATCH: Rejection(
            RejectionKind.CONTACT_SUPPORT,
            Words("The name differs from your account.", "お名前がご登録の内容と異なります。"),
            Words(
                "Correct your name in your profile, or write to us if the card is right.",
                "プロフィールのお名前を直すか、カードが正しい場合はお問い合わせください。",
            ),
        ),
        RejectionCode.INCOMPLETE: Rejection(
            RejectionKind.TRY_AGAIN,
            Words("A side or a page is missing.", "面またはページが足りません。"),
            Words("Please send the front and the back.", "表面と裏面の両方をお送りください。"),
        ),
        RejectionCode.OTHER: Rejection(
            RejectionKind.CONTACT_SUPPORT,
            Words("We could not accept the document.", "書類を受け付けできませんでした。"),
            Words("Please contact us and we will help.", "お問い合わせください。ご案内します。"),
        ),
    }
)


class RejectionShown(msgspec.Struct, frozen=True):
    """A rejection as the customer reads it; `written` holds staff's own words where they wrote any."""

    code: RejectionCode
    rejection: Rejection
    written: str | None

    def reason(self, language: Language) -> str:
        """What is wrong: the table's words with what staff added, or staff's own words where no code fits (IDV-4)."""
        if self.written and self.code is RejectionCode.OTHER:
            return self.written
        text = self.rejection.text.said(language)
        return f"{text} {self.written}" if self.written else text


_BEGINS_WITH_CODE: Final = re.compile(
    rf"(?P<code>{'|'.join(code.replace('_', '[_ ]') for code in RejectionCode)})(?!\w)[\s:;,.!/・。、–—-]*"
)
"""A code and what parts it from staff's own words; a word that only begins like a code is none."""


def read_rejection(message: str | None) -> RejectionShown:
    """What staff wrote, as a structured rejection (IDV-4).

    A message that starts with a code ("BLURRY - glare", "expired: until 2024") takes its words from the table; any
    other text is shown as it was written. Without a colon after it a code is written in capitals, so that a sentence
    may begin with the same word.
    """
    text = unicodedata.normalize("NFKC", message or "").strip()
    head, _, rest = text.partition(":")
    word = head.strip().upper().replace(" ", "_")
    if word in RejectionCode.__members__:
        code = RejectionCode[word]
        return RejectionShown(code, REJECTIONS[code], rest.strip() or None)
    if begins := _BEGINS_WITH_CODE.match(text):
        code = RejectionCode[begins["code"].replace(" ", "_")]
        return RejectionShown(code, REJECTIONS[code], text[begins.end() :] or None)
    return RejectionShown(RejectionCode.OTHER, REJECTIONS[RejectionCode.OTHER], text or None)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """An account's ID verification as the CRM holds it; staff's own note is not among it (IDV-3)."""

    account: AccountId
    status: IdStatus = IdStatus.NOT_SUBMITTED
    submitted_at: datetime | None = None
    reviewed_at: datetime | None = None
    message: str | None = None
    file_name: str | None = None
    read_at: datetime | None = None
    stored: tuple[StoredDocument, ...] | None = None
    """What is on the account already, oldest first, where it was asked for."""

    @property
    def takes_upload(self) -> bool:
        """Whether a document may be sent now (IDV-3)."""
        return self.status is not IdStatus.VERIFIED


class IdentityShown(msgspec.Struct, frozen=True, kw_only=True):
    """An ID verification as the customer sees it (IDV-3); `rejection` only while it is rejected.

    `takes_upload`: whether a card may be sent now, by the review's state and by what the law allows (IDV-3, IDV-7).
    """

    identity: Identity
    takes_upload: bool
    expected: Expected | None = None
    late: bool = False
    rejection: RejectionShown | None = None


def expected_review(identity: Identity, policy: Policy, reviews: Sequence[timedelta] = ()) -> Expected | None:
    """When staff are expected to have looked at the document; None when none waits (STA-3).

    `reviews` are recent review times; without enough of them the policy's business days count.
    """
    if identity.status is not IdStatus.SUBMITTED or identity.submitted_at is None:
        return None
    return expected_by(identity.submitted_at, reviews, policy.review_business_days, policy.samples_needed)


def identity_shown(
    identity: Identity, now: datetime, policy: Policy, reviews: Sequence[timedelta] = ()
) -> IdentityShown:
    """What the customer is told of the review: its state, by when, or what was wrong and what helps (IDV-3, IDV-4)."""
    expected = expected_review(identity, policy, reviews)
    rejected = identity.status is IdStatus.REJECTED
    return IdentityShown(
        identity=identity,
        takes_upload=identity.takes_upload and takes_pictures(policy, now),
        expected=expected,
        late=expected is not None and expected.is_late(now),
        rejection=read_rejection(identity.message) if rejected else None,
    )

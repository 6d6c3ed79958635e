"""What checks, reviews and the standing say to the customer, beside what the core's own tables say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.http.texts.gates import WayOn
from core.domain.eligibility import Alternative, EligibilityAction, EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.words import Words

CHECK_ACTIONS: Final[Mapping[EligibilityAction, WayOn]] = MappingProxyType(
    {
        EligibilityAction.REQUEST_CHECK: WayOn(Words("Check availability", "提供可否を確認する"), "/account/order"),
        EligibilityAction.WAIT: WayOn(Words("View status", "状況を見る"), "/account"),
        EligibilityAction.VIEW_PLANS: WayOn(Words("View plans", "プランを見る"), "/shop/internet"),
        EligibilityAction.SEE_ALTERNATIVES: WayOn(Words("See what else there is", "ほかの方法を見る"), "/shop/sim"),
    }
)
"""What the customer does next about a check, and where (ELG-4)."""

ALTERNATIVES: Final[Mapping[Alternative, WayOn]] = MappingProxyType(
    {
        Alternative.SIM_PLANS: WayOn(
            Words("A SIM plan works everywhere", "SIMプランならどこでも使えます"), "/shop/sim"
        ),
        Alternative.OTHER_ADDRESS: WayOn(Words("Check another address", "別の住所を確認する"), "/account/order"),
        Alternative.CHECK_LATER: WayOn(Words("Ask again later", "後日もう一度確認する"), "/account"),
    }
)
"""What there is where no line reaches (ELG-10)."""

CHECK_SAYS: Final[Mapping[EligibilityStatus, Words]] = MappingProxyType(
    {
        EligibilityStatus.NOT_REQUESTED: Words(
            "We have not checked your address yet.", "ご住所での提供可否はまだ確認していません。"
        ),
        EligibilityStatus.PENDING: Words(
            "We are checking your address with NTT. We expect an answer by {latest}.",
            "NTTにご住所を確認しています。{latest}までにご案内する予定です。",
        ),
        EligibilityStatus.ELIGIBLE: Words(
            "You can have internet at your address.", "ご住所でインターネットをご利用いただけます。"
        ),
        EligibilityStatus.INELIGIBLE: Words(
            "No internet line reaches your address yet.", "ご住所ではまだ回線をご利用いただけません。"
        ),
    }
)
CHECK_LATE: Final = Words(
    "Your check takes longer than we said. We have asked for it to be done first, and tell you the moment it is.",
    "確認にお時間をいただいています。優先して進めており、終わりしだいご連絡します。",
)
OTHER_ADDRESS: Final = Words(
    "What we found is for an earlier address. Ask for the one you have now.",
    "確認結果は以前のご住所のものです。現在のご住所についてあらためてご確認ください。",
)

REVIEW_SAYS: Final[Mapping[IdStatus, Words]] = MappingProxyType(
    {
        IdStatus.NOT_SUBMITTED: Words("Please send your residence card.", "在留カードをお送りください。"),
        IdStatus.SUBMITTED: Words(
            "We are looking at your card. We expect to be done by {latest}.",
            "カードを確認しています。{latest}までに完了する予定です。",
        ),
        IdStatus.VERIFIED: Words("Your identity is verified.", "本人確認は完了しています。"),
        IdStatus.REJECTED: Words("Please send your ID again.", "本人確認書類を再度お送りください。"),
    }
)
CARDS_NOT_TAKEN: Final = Words(
    "We take no pictures of cards at the moment. Please write to us, and we tell you how to show who you are.",
    "現在、カード画像での本人確認は受け付けておりません。確認方法をご案内しますので、お問い合わせください。",
)
"""Where a card would be asked for, on days on which a picture of it is no way to be identified (IDV-7)."""
REVIEW_LATE: Final = Words(
    "Looking at your card takes longer than we said. We are on it, and there is nothing you need to do.",
    "カードの確認にお時間をいただいています。担当者が進めており、お客様のお手続きは必要ありません。",
)

"""What the catalog, the cart and the checkout say beside what the core's own tables say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.http.texts.gates import GATES, WayOn
from core.domain.catalog import WhyNot
from core.domain.gates import BESIDE_STEPS
from core.domain.words import Words


class Closed(msgspec.Struct, frozen=True):
    """Why something can't be ordered now, and what the customer can do about it."""

    words: Words
    way: WayOn


CLOSED: Final[Mapping[WhyNot, Closed]] = MappingProxyType(
    {
        WhyNot.ADDRESS_MISSING: Closed(
            Words("We need your address to see what reaches it.", "ご提供できるプランの確認には、ご住所が必要です。"),
            WayOn(Words("Add your address", "住所を登録する"), "/account/settings#address"),
        ),
        WhyNot.CHECK_NEEDED: Closed(
            Words("We have to check your address first.", "先にご住所の確認が必要です。"),
            WayOn(Words("Check availability", "提供可否を確認する"), "/account/order"),
        ),
        WhyNot.CHECK_OPEN: Closed(
            Words("We are checking your address with NTT.", "NTTにご住所を確認しています。"),
            WayOn(Words("View status", "状況を見る"), "/account"),
        ),
        WhyNot.NOT_AVAILABLE: Closed(
            Words("No internet line reaches your address yet.", "ご住所ではまだ回線をご利用いただけません。"),
            WayOn(Words("See SIM plans", "SIMプランを見る"), "/shop/sim"),
        ),
        WhyNot.CONFIRMING_OPTIONS: Closed(
            Words("We are confirming your options.", "ご利用いただけるプランを確認しています。"),
            WayOn(Words("View status", "状況を見る"), "/account"),
        ),
        WhyNot.INTERNET_ALREADY: Closed(
            Words("You have an internet service already.", "すでにインターネットをご契約中です。"),
            WayOn(Words("View your service", "ご契約内容を見る"), "/account/services"),
        ),
        WhyNot.NOT_KNOWN: Closed(
            Words(
                "We can't tell at the moment. Please look again shortly.",
                "現在確認できません。しばらくしてからご覧ください。",
            ),
            WayOn(Words("View status", "状況を見る"), "/account"),
        ),
    }
)
"""Each reason of a closed item, with what to do next (CAT-3, CAT-4, CAT-6)."""

TAX_NOTE: Final = Words("All prices include consumption tax.", "価格はすべて税込みです。")
FIRST_BILL_NOTE: Final = Words(
    "If your services start today: one full month, and what is paid once.",
    "本日開始の場合の、最初の1か月分と一度だけのお支払いの合計です。",
)

STEP_REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "address_missing": Words("Add your address first.", "先に住所をご登録ください。"),
        "address_not_saved": Words(
            "The address chosen here is not the one on file. Save it to your profile.",
            "ここで選んだ住所は、ご登録の住所と異なります。プロフィールに保存してください。",
        ),
        "not_eligible": Words(
            "No internet line reaches your address yet.", "ご住所ではまだ回線をご利用いただけません。"
        ),
        "id_rejected": Words("Please send your ID again.", "本人確認書類を再度お送りください。"),
        "id_method_missing": Words(
            "There is no way yet to confirm your identity online for this plan. Please contact us.",
            "このプランでは、オンラインでの本人確認を現在ご利用いただけません。お問い合わせください。",
        ),
        **{code: GATES[code] for code in sorted(BESIDE_STEPS)},
        "steps_before": Words("The steps before this one come first.", "先にこれまでの手続きを完了してください。"),
    }
)
"""Why a step of the checkout does not go on, by its code (ORD-8)."""

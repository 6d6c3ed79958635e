"""Words for every gate of an order, and where the customer goes to open it (ORD-1)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.words import Words

GATES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "email_not_confirmed": Words("Your email address is not confirmed.", "メールアドレスが確認されていません。"),
        "details_missing": Words(
            "Your name, phone number or date of birth is missing.", "お名前、電話番号、生年月日のいずれかが未登録です。"
        ),
        "terms_not_accepted": Words(
            "You have not accepted the terms of today.", "現在の利用規約に同意されていません。"
        ),
        "address_missing": Words("There is no address on file.", "住所が登録されていません。"),
        "address_not_confirmed": Words(
            "You have not confirmed the address for this order.", "この注文の住所が確認されていません。"
        ),
        "price_changed": Words("The price is not the one you last saw.", "最後に表示された価格から変更があります。"),
        "not_eligible": Words(
            "Internet is not confirmed for your address.", "この住所でのインターネット利用が確認できていません。"
        ),
        "plan_not_offered": Words(
            "This plan is not offered at your address.", "このプランはお住まいの住所では提供していません。"
        ),
        "internet_already": Words(
            "You have an internet service or an open order for one.",
            "インターネットをご契約中、またはお申し込み中です。",
        ),
        "id_not_verified": Words("Your identity is not verified.", "本人確認が完了していません。"),
        "id_method_missing": Words(
            "There is no way yet to confirm your identity online for this plan.",
            "このプランでは、オンラインでの本人確認を現在ご利用いただけません。",
        ),
        "family_needs_sim": Words(
            "A family plan needs an active SIM service.", "家族プランには有効なSIM契約が必要です。"
        ),
        "payment_method_missing": Words("There is no payment method.", "お支払い方法が登録されていません。"),
    }
)
"""What each closed gate means, by its code."""


class WayOn(msgspec.Struct, frozen=True):
    """What opens a gate: what the button says and the path under the public URL it leads to."""

    label: Words
    path: str


ACTIONS: Final[Mapping[str, WayOn]] = MappingProxyType(
    {
        "confirm_email": WayOn(Words("Confirm your email", "メールアドレスを確認する"), "/account/settings"),
        "edit_profile": WayOn(Words("Complete your profile", "プロフィールを入力する"), "/account/settings"),
        "accept_terms": WayOn(Words("Read and accept the terms", "利用規約に同意する"), "/account/settings#terms"),
        "edit_address": WayOn(Words("Add your address", "住所を登録する"), "/account/settings#address"),
        "confirm_address": WayOn(Words("Confirm the address", "住所を確認する"), "/account/order"),
        "review_cart": WayOn(Words("Review your cart", "カートを確認する"), "/account/order"),
        "request_eligibility": WayOn(Words("Check availability", "提供可否を確認する"), "/account/order"),
        "choose_plan": WayOn(Words("Choose another plan", "別のプランを選ぶ"), "/shop"),
        "view_services": WayOn(Words("View your services", "ご契約内容を見る"), "/account/services"),
        "upload_id": WayOn(Words("Send your residence card", "在留カードを送る"), "/account/settings#id"),
        "contact_support": WayOn(Words("Contact support", "サポートに連絡する"), "/support"),
        "add_payment_method": WayOn(Words("Add a payment method", "お支払い方法を登録する"), "/account/billing"),
    }
)
"""What the customer can do about a closed gate, by the action the gate names."""

"""A message for everything that can be wrong with a field."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.domain.words import Words

_SHAPE: Final = {
    "body_required": Words("A body is required.", "本文が必要です。"),
    "not_json": Words("This is not JSON in UTF-8.", "UTF-8のJSONではありません。"),
    "not_multipart": Words("This is not a complete multipart form.", "完全なmultipart形式ではありません。"),
    "too_deep": Words("Nested too deep.", "階層が深すぎます。"),
    "repeated": Words("Given more than once.", "複数回指定されています。"),
    "unknown_field": Words("There is no such field.", "この項目はありません。"),
    "unknown_parameter": Words("There is no such parameter.", "このパラメーターはありません。"),
    "required": Words("Please fill this in.", "入力してください。"),
    "wrong_type": Words("This is of the wrong type.", "型が違います。"),
    "wrong_shape": Words("This has not the expected form.", "形式が正しくありません。"),
    "not_one_of": Words("This is not one of the choices.", "選択肢にありません。"),
    "not_a_date": Words("This is not a date like 2026-01-31.", "2026-01-31 のような日付ではありません。"),
    "not_a_time": Words(
        "This is not a time with an offset like 2026-01-31T09:00:00+09:00.",
        "2026-01-31T09:00:00+09:00 のような時差付きの日時ではありません。",
    ),
    "out_of_range": Words("This number is out of range.", "数値が範囲外です。"),
    "too_small": Words("This is too small.", "小さすぎます。"),
    "too_short": Words("This is too short.", "短すぎます。"),
    "too_long": Words("This is too long.", "長すぎます。"),
    "bad_characters": Words("This holds characters that can't be used.", "使用できない文字が含まれています。"),
    "bad_encoding": Words("This is not encoded as a URL should be.", "URLの符号化が正しくありません。"),
    "bad_cursor": Words(
        "This cursor is not one of this list. Start without one.",
        "このリストのカーソルではありません。カーソルなしでやり直してください。",
    ),
    "bad_key": Words("Use 1 to 255 visible ASCII characters.", "表示可能なASCII文字を1～255文字で指定してください。"),
    "bad_header": Words("This header has not the expected form.", "ヘッダーの形式が正しくありません。"),
    "bad_argument": Words("This deed does not take that.", "この操作では受け付けない値です。"),
    "deed_refused": Words("The system refused: {reason}.", "システムが受け付けませんでした：{reason}"),
    "not_ready": Words("This part does not answer.", "応答していません。"),
}

_PERSON: Final = {
    "not_an_email": Words("This is not an email address.", "メールアドレスの形式ではありません。"),
    "not_a_postcode": Words(
        "This is not a Japanese postcode (123-4567).", "郵便番号（123-4567）の形式ではありません。"
    ),
    "not_a_prefecture": Words("This is not a Japanese prefecture.", "都道府県名ではありません。"),
    "not_a_country_code": Words("This is not a country code like 81.", "81 のような国番号ではありません。"),
    "not_a_phone_number": Words(
        "Use 4 to 14 digits, without the country code.", "国番号を除いた4～14桁の数字で入力してください。"
    ),
    "not_a_birth_date": Words("This can't be a date of birth.", "生年月日として正しくありません。"),
    "held_already": Words(
        "We hold another date of birth. Please ask support to correct it.",
        "別の生年月日が登録されています。訂正はサポートまでご連絡ください。",
    ),
    "not_a_customer_number": Words("A customer number is P and seven digits.", "お客様番号は P と7桁の数字です。"),
    "common": Words("This password is too easy to guess.", "推測されやすいパスワードです。"),
    "not_text": Words("This holds characters no keyboard makes.", "キーボードで入力できない文字が含まれています。"),
    "wrong_password": Words("This is not your current password.", "現在のパスワードではありません。"),
    "terms_not_accepted": Words("Please accept the terms of today.", "現在の利用規約に同意してください。"),
}

_CART: Final = {
    "cart_empty": Words("The cart is empty.", "カートが空です。"),
    "too_many_services": Words("At most {most} services at once.", "一度に申し込めるのは{most}件までです。"),
    "unknown_sku": Words("There is no product {sku}.", "商品 {sku} はありません。"),
    "not_orderable": Words("{sku} can't be ordered now.", "{sku} は現在お申し込みいただけません。"),
    "not_a_plan": Words("{sku} is not a plan.", "{sku} はプランではありません。"),
    "not_an_extra": Words("{sku} can't be added to a plan.", "{sku} はプランに追加できません。"),
    "incompatible_sku": Words("{sku} does not go with this plan.", "{sku} はこのプランと組み合わせられません。"),
    "twice": Words("{sku} is in there twice.", "{sku} が重複しています。"),
    "one_installation": Words("Choose exactly one way of installation.", "工事方法を一つだけお選びください。"),
    "not_for_this_product": Words("This does not belong to this product.", "この商品には不要な項目です。"),
    "not_a_reservation": Words("A reservation number has ten digits.", "予約番号は10桁の数字です。"),
    "reservation_over": Words("The reservation is over.", "予約番号の有効期限が切れています。"),
    "not_a_mobile_number": Words("This is not a Japanese mobile number.", "日本の携帯電話番号ではありません。"),
    "not_katakana": Words("Please write in katakana.", "カタカナで入力してください。"),
    "not_an_eid": Words("An EID has 32 digits.", "EIDは32桁の数字です。"),
    "in_the_past": Words("This date is in the past.", "過去の日付です。"),
    "not_for_immediate": Words("An immediate activation takes no date.", "即時開通には日付を指定できません。"),
    "too_far": Words("This is too far ahead.", "先の日付すぎます。"),
    "not_offered": Words("Choose one of these: {offered}.", "{offered} の中からお選びください。"),
    "not_a_month": Words("This is not a month like 2026-01.", "2026-01 のような年月ではありません。"),
}

_DOCUMENT: Final = {
    "empty": Words("The file is empty.", "ファイルが空です。"),
    "too_large": Words("The file is too large.", "ファイルが大きすぎます。"),
    "not_a_document": Words("This is no PDF, PNG, JPEG or HEIC.", "PDF、PNG、JPEG、HEICではありません。"),
    "truncated": Words("The file is damaged or cut off.", "ファイルが壊れているか、途中で切れています。"),
    "too_many_pages": Words("The document has too many pages.", "ページ数が多すぎます。"),
    "too_many_pixels": Words("The picture is too large.", "画像の画素数が多すぎます。"),
    "active_content": Words(
        "The PDF holds scripts or attachments.", "PDFにスクリプトまたは添付ファイルが含まれています。"
    ),
    "encrypted": Words("The PDF is protected by a password.", "PDFがパスワードで保護されています。"),
    "took_too_long": Words(
        "We could not check the file in time. Please try again.",
        "時間内に確認できませんでした。もう一度お試しください。",
    ),
}

FIELDS: Final[Mapping[str, Words]] = MappingProxyType(_SHAPE | _PERSON | _CART | _DOCUMENT)
"""The message of every fault of a field, by its code; a fault's data fills the places."""

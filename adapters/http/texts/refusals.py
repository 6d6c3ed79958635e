"""A title and a detail for every problem code of the business, by the headings of core/domain/refusals."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.http.texts.at_the_door import AT_THE_DOOR
from adapters.http.texts.saying import Saying
from core.domain.words import Words

_BUSINESS: Final = {
    "refused": Saying(
        Words("Not possible", "お受けできません"),
        Words("This can't be done as things stand.", "現在の状況ではお受けできません。"),
    ),
    "invalid": Saying(
        Words("Some details need correcting", "入力内容をご確認ください"),
        Words("Please correct the fields named in `errors`.", "`errors` に示された項目を直してください。"),
    ),
    # who is asking
    "not_logged_in": Saying(
        Words("Please log in", "ログインしてください"),
        Words(
            "Your session is missing or over. Log in and try again.",
            "セッションがないか、終了しています。ログインしてからもう一度お試しください。",
        ),
    ),
    "wrong_login": Saying(
        Words("Log-in failed", "ログインできません"),
        Words("Email address and password do not match.", "メールアドレスまたはパスワードが違います。"),
    ),
    "wrong_password": Saying(
        Words("Current password is wrong", "現在のパスワードが違います"),
        Words("The current password you gave is not yours.", "入力された現在のパスワードが正しくありません。"),
    ),
    "token_spent": Saying(
        Words("Code or link no longer works", "コードまたはリンクが無効です"),
        Words(
            "It is wrong, over or was used already. Please ask for a new one.",
            "間違っているか、期限切れか、使用済みです。新しいものをお求めください。",
        ),
    ),
    "not_found": Saying(
        Words("Not found", "見つかりません"),
        Words("There is nothing here, or it is not yours.", "存在しないか、お客様のものではありません。"),
    ),
    "too_many": Saying(
        Words("Too many tries", "回数の上限に達しました"),
        Words(
            "Please wait {retry_after} seconds and try again.", "{retry_after}秒待ってから、もう一度お試しください。"
        ),
    ),
    "challenge_needed": Saying(
        Words("Too many failed log-ins", "ログインの失敗が続いています"),
        Words("Please wait a while before you try again.", "しばらく待ってから、もう一度お試しください。"),
    ),
    "switched_off": Saying(
        Words("Not open", "ただいまご利用いただけません"),
        Words("This part of the portal is not open at the moment.", "この機能は現在ご利用いただけません。"),
    ),
    # accounts
    "already_customer": Saying(
        Words("You are a customer already", "すでにご登録済みです"),
        Words(
            "This email address has an account. Log in, or reset your password.",
            "このメールアドレスは登録済みです。ログインするか、パスワードを再設定してください。",
        ),
    ),
    "link_impossible": Saying(
        Words("We could not link your customer number", "お客様番号を連携できません"),
        Words(
            "Please contact us, and our staff will link it for you.", "お問い合わせください。担当者が連携いたします。"
        ),
    ),
    # catalog and cart
    "cart_refused": Saying(
        Words("The cart can't be ordered like this", "このカートは注文できません"),
        Words("Please correct what `errors` names.", "`errors` に示された点を直してください。"),
    ),
    # eligibility and identity
    "address_missing": Saying(
        Words("We need your address", "住所が必要です"),
        Words("Give the address where you want internet.", "インターネットをお使いになる住所を入力してください。"),
    ),
    "asked_too_soon": Saying(
        Words("This address was checked recently", "この住所は確認済みです"),
        Words("You can ask for this address again from {until}.", "この住所は{until}から再度お申し込みいただけます。"),
    ),
    "internet_already": Saying(
        Words("You have internet already", "インターネットをご契約中です"),
        Words(
            "There is an internet service or an open internet order on your account.",
            "ご契約中、またはお申し込み中のインターネットがあります。",
        ),
    ),
    "already_verified": Saying(
        Words("Your identity is verified", "本人確認は完了しています"),
        Words("No further document is needed.", "これ以上の書類は必要ありません。"),
    ),
    "document_not_accepted": Saying(
        Words("We can't accept this file", "このファイルは受け付けできません"),
        Words(
            "Send a PDF, PNG, JPEG or HEIC of up to 10 MB. The reason stands in `errors`.",
            "10MBまでのPDF、PNG、JPEG、HEICをお送りください。理由は `errors` にあります。",
        ),
    ),
    # checkout and orders
    "gates_closed": Saying(
        Words("A few things are missing before you can order", "ご注文の前に必要なことがあります"),
        Words("`gates` names each of them and what to do.", "`gates` にそれぞれの内容と次にすることが示されています。"),
    ),
    "checkout_missing": Saying(
        Words("No saved checkout", "保存された手続きがありません"),
        Words(
            "There is none, or it is over. Please start again.",
            "存在しないか、期限が切れています。もう一度はじめてください。",
        ),
    ),
    "checkout_submitted": Saying(
        Words("This checkout was submitted", "この手続きは送信済みです"),
        Words(
            "What was ordered can't be changed here. Look under your orders.",
            "ご注文内容はここでは変更できません。注文一覧をご覧ください。",
        ),
    ),
    "checkout_changed": Saying(
        Words("The checkout changed meanwhile", "手続きの内容が変わっています"),
        Words(
            "It was saved from another page or device. Load it again.",
            "別の画面または端末で保存されました。読み込み直してください。",
        ),
    ),
    "opportunity_unusable": Saying(
        Words("This request can't be ordered on", "このお申し込みは使えません"),
        Words(
            "It is of another kind, too far along, or has an order already.",
            "種類が違うか、手続きが進んでいるか、すでに注文があります。",
        ),
    ),
    "move_refused": Saying(
        Words("Not possible in this state", "この状態ではできません"),
        Words("What you asked for does not fit where this stands now.", "現在の状態では、この操作はできません。"),
    ),
    "not_approved": Saying(
        Words("The order is not approved", "注文は承認されていません"),
        Words("Only an approved order can be provisioned.", "開通できるのは承認された注文だけです。"),
    ),
    "too_late": Saying(
        Words("Too late", "期限を過ぎています"),
        Words("This was possible until {until}.", "この操作は{until}まででした。"),
    ),
    # keys
    "key_reused": Saying(
        Words("Idempotency key used for something else", "冪等キーが別の内容で使われています"),
        Words(
            "This Idempotency-Key came with another request before. Use a new key.",
            "この Idempotency-Key は別のリクエストで使用済みです。新しいキーを使ってください。",
        ),
    ),
    "still_running": Saying(
        Words("Still being done", "処理中です"),
        Words(
            "The same request is being worked on. Ask again in {retry_after} seconds.",
            "同じリクエストを処理しています。{retry_after}秒後にもう一度お試しください。",
        ),
    ),
    "activation_failed": Saying(
        Words("The activation did not succeed", "開通できませんでした"),
        Words("Our staff are looking into it and will go on from there.", "担当者が確認し、続きから手続きします。"),
    ),
    "order_refused": Saying(
        Words("The order was not accepted", "ご注文を受け付けできませんでした"),
        Words(
            "One of our systems refused it. Please check the details or contact us.",
            "システムの一つが受け付けませんでした。内容をご確認いただくか、お問い合わせください。",
        ),
    ),
    # services and cancellation
    "service_not_active": Saying(
        Words("The service is not active", "サービスが有効ではありません"),
        Words("This is possible for an active service only.", "この操作は有効なサービスでのみ可能です。"),
    ),
    "ending_refused": Saying(
        Words("We can't do this by ourselves", "この画面からはお手続きできません"),
        Words(
            "One of our systems refused it, and nothing has changed. Please ask our support.",
            "システムの一つが受け付けませんでした。ご契約に変更はありません。サポートまでお問い合わせください。",
        ),
    ),
    "month_not_offered": Saying(
        Words("This month can't be chosen", "この月は選べません"),
        Words("Choose one of the months offered.", "選択できる月の中からお選びください。"),
    ),
    "not_an_esim": Saying(
        Words("This service has no eSIM", "eSIMのないサービスです"),
        Words("Only a service with an eSIM can be changed here.", "ここで変更できるのはeSIMのサービスだけです。"),
    ),
    "destination_not_allowed": Saying(
        Words("This page can't be opened from here", "このページは開けません"),
        Words("Choose one of the billing pages the portal offers.", "ポータルが案内する請求ページをお選びください。"),
    ),
    "save_refused": Saying(
        Words("The change was not accepted", "変更を保存できませんでした"),
        Words(
            "One of our systems refused it, and everything is as it was. Please check the details or contact us.",
            "システムの一つが変更を受け付けず、元の内容に戻しました。内容をご確認いただくか、お問い合わせください。",
        ),
    ),
}

REFUSALS: Final[Mapping[str, Saying]] = MappingProxyType({**_BUSINESS, **AT_THE_DOOR})
"""The words of every problem code."""

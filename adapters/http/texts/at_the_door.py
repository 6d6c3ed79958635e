"""Words for what the HTTP surface refuses by itself, and for faults."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.http.texts.saying import Saying
from core.domain.words import Words

AT_THE_DOOR: Final[Mapping[str, Saying]] = MappingProxyType(
    {
        "unreadable": Saying(
            Words("The request can't be read", "リクエストを読み取れません"),
            Words(
                "It has not the shape this operation takes; `errors` names what is wrong.",
                "この操作で受け付ける形式ではありません。`errors` をご覧ください。",
            ),
        ),
        "method_not_allowed": Saying(
            Words("Method not allowed", "このメソッドは使えません"),
            Words(
                "This path takes other methods; the Allow header lists them.",
                "このパスで使えるメソッドは Allow ヘッダーにあります。",
            ),
        ),
        "body_too_large": Saying(
            Words("The request is too large", "リクエストが大きすぎます"),
            Words("This operation takes up to {limit} bytes.", "この操作で受け付けるのは{limit}バイトまでです。"),
        ),
        "body_too_slow": Saying(
            Words("The request did not arrive in time", "リクエストが時間内に届きませんでした"),
            Words("Please send it again.", "もう一度お送りください。"),
        ),
        "wrong_media_type": Saying(
            Words("Wrong media type", "メディアタイプが違います"),
            Words("This operation takes {wanted}.", "この操作で受け付けるのは {wanted} です。"),
        ),
        "cross_site": Saying(
            Words("Refused for your safety", "安全のためお受けできません"),
            Words(
                "The request did not prove that it comes from the portal's own page. Load the page again.",
                "ポータルのページからのリクエストであることを確認できません。ページを読み込み直してください。",
            ),
        ),
        "signing_off": Saying(
            Words("Signed calls are not set up", "署名付き呼び出しは未設定です"),
            Words(
                "No signing secret is configured, so no signed call is accepted.",
                "署名の秘密鍵が設定されていないため、受け付けできません。",
            ),
        ),
        "signature_wrong": Saying(
            Words("The signature is wrong", "署名が正しくありません"),
            Words(
                "No active secret gives this signature for this request.",
                "有効な秘密鍵のいずれとも署名が一致しません。",
            ),
        ),
        "clock_off": Saying(
            Words("The timestamp is too far off", "タイムスタンプがずれています"),
            Words("It must be within five minutes of now.", "現在時刻との差は5分以内でなければなりません。"),
        ),
        "nonce_seen": Saying(
            Words("The nonce was used already", "ナンスは使用済みです"),
            Words("Send each call with a nonce of its own.", "呼び出しごとに新しいナンスを使ってください。"),
        ),
        "not_ready": Saying(
            Words("Not ready", "準備中です"),
            Words(
                "A part the portal needs does not answer; `errors` names it.",
                "必要な部分が応答していません。`errors` をご覧ください。",
            ),
        ),
        "unsupported": Saying(
            Words("Not supported", "対応していません"),
            Words("The portal does not do what was asked.", "お求めの操作には対応していません。"),
        ),
        "unavailable": Saying(
            Words("Please try again shortly", "しばらくしてからお試しください"),
            Words("One of our systems does not answer at the moment.", "システムの一部が応答していません。"),
        ),
        "upstream_refused": Saying(
            Words("Our staff were told", "担当者に通知しました"),
            Words(
                "One of our systems could not take this request. Our staff are looking into it.",
                "システムの一つがこのリクエストを処理できませんでした。担当者が確認しています。",
            ),
        ),
        "internal": Saying(
            Words("Something went wrong on our side", "内部エラーが発生しました"),
            Words(
                "Please try again; if it lasts, contact us with the correlation id.",
                "もう一度お試しください。続く場合は correlation id を添えてお問い合わせください。",
            ),
        ),
    }
)
"""By problem code."""

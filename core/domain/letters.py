"""The words of the portal's mails: subject and text of each letter, in each language (ACC-1, ACC-9, ORD-7, NTF-1)."""

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.ids import RequestKey
from core.domain.mail import Letter, Mail
from core.domain.notice import NOTICES, NewNotice
from core.domain.policy import Policy
from core.domain.words import Language, Words


class LetterText(msgspec.Struct, frozen=True, kw_only=True):
    """One letter: its subject and its text, with `{name}` places for the mail's values."""

    subject: Words
    text: Words


class Rendered(msgspec.Struct, frozen=True):
    """A mail as a person reads it."""

    subject: str
    text: str


_HELLO: Final = Words("Hello,\n\n", "こんにちは。\n\n")
_FAREWELL: Final = Words(
    "\n\nThe {operator} team\n{operator} never asks for your password by mail or phone.",
    "\n\n{operator}\n{operator}がメールや電話でパスワードをお尋ねすることはありません。",
)

LETTERS: Final[Mapping[Letter, LetterText]] = MappingProxyType(
    {
        Letter.SIGN_UP_CODE: LetterText(
            subject=Words("Your {operator} code: {code}", "{operator} 確認コード：{code}"),
            text=Words(
                "welcome! Your code is {code}. Type it on the page you came from, or open this link:\n{link}\n\n"
                "It can be used for {minutes} minutes. If you did not ask for an account, ignore this mail: "
                "without the code nothing happens.",
                "ご登録ありがとうございます。確認コードは {code} です。"
                "登録画面に入力するか、次のリンクを開いてください。\n{link}\n\n有効時間は{minutes}分です。お心当たりがない場合は、このメールを破棄してください。"
                "コードが使われないかぎり、登録は行われません。",
            ),
        ),
        Letter.ALREADY_CUSTOMER: LetterText(
            subject=Words("You already have a {operator} account", "{operator}アカウントは登録済みです"),
            text=Words(
                "somebody, probably you, asked for a new account with this address. You have one already, so we made "
                "no second one. Log in, or set a new password if you forgot yours:\n{link}\n\n"
                "If it was not you, there is nothing to do: your account is unchanged.",
                "このメールアドレスで新規登録のお申し込みがありましたが、すでにアカウントをお持ちのため、"
                "新しいアカウントは作成していません。次のページからログインするか、パスワードを再設定してください。\n"
                "{link}\n\nお心当たりがない場合も、アカウントに変更はありませんのでご安心ください。",
            ),
        ),
        # the same words whether a code went to the address on file or not: the mail tells nobody which numbers exist
        Letter.LINK_IMPOSSIBLE: LetterText(
            subject=Words("Your {operator} customer number {number}", "{operator}のお客様番号 {number} について"),
            text=Words(
                "we could not connect customer number {number} to this mail address by ourselves. If we hold another "
                "mail address of yours, look into its mailbox: a code may be waiting there. If not, answer this mail "
                "and a colleague will connect it for you.",
                "お客様番号 {number} をこのメールアドレスに自動で連携できませんでした。"
                "別のメールアドレスをご登録の場合は、そちらに確認コードが届いていないかご確認ください。"
                "届いていない場合は、このメールにご返信ください。担当者が連携いたします。",
            ),
        ),
        Letter.SIGN_UP_DELAYED: LetterText(
            subject=Words("Your {operator} registration takes longer", "{operator}のご登録にお時間をいただいています"),
            text=Words(
                "your registration is confirmed, but one of our systems could not take it yet. A colleague is looking "
                "at it and will finish it for you. You do not need to register again.",
                "ご登録の確認は済んでいますが、システムの一部で手続きが完了していません。担当者が確認し、手続きを進めます。"
                "もう一度ご登録いただく必要はありません。",
            ),
        ),
        Letter.WELCOME: LetterText(
            subject=Words("Welcome to {operator}, {name}", "{operator}へようこそ、{name}様"),
            text=Words(
                "good to have you with us. Your customer number is {number}; it also stands on our letters.\n\n"
                "Everything about your services is here:\n{link}",
                "ご登録いただきありがとうございます。お客様番号は {number} です。郵送物にも記載されています。\n\n"
                "お手続きやご契約内容の確認はこちらから：\n{link}",
            ),
        ),
        Letter.PASSWORD_RESET: LetterText(
            subject=Words("Set a new {operator} password", "{operator}パスワードの再設定"),
            text=Words(
                "open this link to choose a new password:\n{link}\n\n"
                "It works once, within {minutes} minutes. If you did not ask for it, ignore this mail: your password "
                "stays as it is.",
                "次のリンクから新しいパスワードを設定してください。\n{link}\n\n"
                "リンクは{minutes}分間、一度だけ使えます。お心当たりがない場合は、このメールを破棄してください。"
                "現在のパスワードはそのまま使えます。",
            ),
        ),
        Letter.PASSWORD_CHANGED: LetterText(
            subject=Words("Your {operator} password was changed", "{operator}のパスワードが変更されました"),
            text=Words(
                "your password was changed just now and other devices were logged out. If it was not you, set a new "
                "one at once and write to {support}.",
                "パスワードが変更され、ほかの端末からはログアウトしました。お心当たりがない場合は、"
                "すぐにパスワードを再設定し、{support} までご連絡ください。",
            ),
        ),
        Letter.CHECKOUT_REMINDER: LetterText(
            subject=Words("Your {operator} order is waiting for you", "{operator}のお申し込みが途中です"),
            text=Words(
                "you began an order and we kept it. Go on where you stopped, on any device:\n{link}\n\n"
                "We mention it only once. No longer interested? Then there is nothing to do.",
                "途中までのお申し込みを保存しています。どの端末からでも続きから再開できます。\n{link}\n\n"
                "このご案内は一度だけお送りしています。ご不要の場合、お手続きは必要ありません。",
            ),
        ),
        Letter.NOTICE: LetterText(
            subject=Words("{title}", "{title}"),
            text=Words("{message}\n\n{label}: {link}", "{message}\n\n{label}：{link}"),
        ),
    }
)
"""Every letter's words."""

LOG_IN_PAGE: Final = "/login"
ACCOUNT_PAGE: Final = "/account"
COMPLETE_SIGN_UP_PAGE: Final = "/sign-up/complete"
RESET_PASSWORD_PAGE: Final = "/reset-password"


def link_to(site: str, page: str, token: str | None = None) -> str:
    """A link for a mail: `site` is the portal's own address, from settings.

    A token stands behind a #, which browsers keep to themselves: it reaches neither logs nor referrers.
    """
    return site.rstrip("/") + page + (f"#token={token}" if token is not None else "")


_GIVEN: Final = frozenset({"operator", "minutes", "support"})


def places_of(letter: Letter) -> frozenset[str]:
    """The values a mail of that letter must bring; what the operator's policy fills is not among them."""
    row = LETTERS[letter]
    sayings = (row.subject.en, row.subject.ja, row.text.en, row.text.ja)
    return frozenset(name for text in sayings for _, name, _, _ in Formatter().parse(text) if name) - _GIVEN


def missing_values(mail: Mail) -> tuple[str, ...]:
    """The places of its letter that the mail leaves empty, in alphabetical order."""
    return tuple(sorted(places_of(mail.letter) - set(mail.values)))


def rendered(mail: Mail, policy: Policy) -> Rendered:
    """The mail in its language, with its places filled; KeyError where a value is missing."""
    life = policy.reset_link_life if mail.letter is Letter.PASSWORD_RESET else policy.sign_up_code_life
    values: dict[str, object] = {
        "minutes": int(life.total_seconds() // 60),
        "support": policy.support_copy,
        **mail.values,
        "operator": policy.operator.said(mail.language),
    }
    row = LETTERS[mail.letter]
    parts = (_HELLO, row.text, _FAREWELL)
    text = "".join(part.said(mail.language, **values) for part in parts)
    return Rendered(subject=" ".join(row.subject.said(mail.language, **values).split()), text=text)


def notice_mail(key: RequestKey, to: str, language: Language, notice: NewNotice, site: str) -> Mail:
    """The mail that goes with a notice whose row says the portal mails it; `site` is the portal's own address."""
    row = NOTICES[notice.type]
    return Mail(
        key=key,
        to=to,
        letter=Letter.NOTICE,
        language=language,
        values={
            "title": row.title.said(language, **notice.values),
            "message": row.message.said(language, **notice.values),
            "label": row.label.said(language),
            "link": site.rstrip("/") + row.path.format_map(notice.values),
        },
    )

"""A mail as it is sent: the core's words as text, and the same words as HTML."""

import re
from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from adapters.mail.settings import MailSettings
from core.domain.ids import RequestKey
from core.domain.letters import Rendered, rendered
from core.domain.mail import Mail
from core.domain.policy import Policy

_SEVEN_BITS: Final = SMTP.clone(cte_type="7bit")
"""What every mail service takes, with lines that end in CRLF."""
_WITH_UTF8: Final = _SEVEN_BITS.clone(utf8=True)
"""What a service takes that knows addresses of other letters than ASCII's."""
_TEMPLATES: Final = Environment(
    loader=PackageLoader("adapters.mail"),
    autoescape=select_autoescape(enabled_extensions=("html.jinja",)),
    undefined=StrictUndefined,
)
_WEB: Final = ("https://", "http://")


class Piece(msgspec.Struct, frozen=True):
    """A piece of a line: plain, the mail's own link, or its code."""

    text: str
    link: bool = False
    strong: bool = False


def message_id(key: RequestKey, domain: str) -> str:
    """The id of the mail with that key: the same however often it is sent, and the key can't be read in it."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def place_of(address: str) -> Address:
    """An address as mail services spell it: quoted where it must be, its domain in ASCII."""
    local, _, domain = address.rpartition("@")
    return Address(username=local, domain=domain if domain.isascii() else domain.encode("idna").decode())


def as_text(said: Rendered) -> str:
    """The body for those who read text."""
    return _TEMPLATES.get_template("letter.txt.jinja").render(text=said.text)


def as_html(said: Rendered, mail: Mail) -> str:
    """The same body in HTML: its paragraphs, its link to be followed and its code to be seen, and nothing beyond."""
    paragraphs = [
        [list(_pieces(line, mail)) for line in paragraph.split("\n")] for paragraph in said.text.split("\n\n")
    ]
    return _TEMPLATES.get_template("letter.html.jinja").render(
        subject=said.subject, language=mail.language.value, paragraphs=paragraphs
    )


def message_of(mail: Mail, policy: Policy, settings: MailSettings, now: datetime) -> EmailMessage:
    """The whole message; ValueError where a header would hold what no header may."""
    said = rendered(mail, policy)
    to, sender = place_of(mail.to), place_of(settings.sender)
    message = EmailMessage(_SEVEN_BITS if to.addr_spec.isascii() else _WITH_UTF8)
    message["Message-ID"] = message_id(mail.key, settings.domain)
    message["Date"] = format_datetime(now)
    message["From"] = Address(policy.operator.said(mail.language), sender.username, sender.domain)
    message["To"] = to
    if mail.copy_to is not None:
        message["Cc"] = place_of(mail.copy_to)
    if settings.reply_to:
        message["Reply-To"] = place_of(settings.reply_to)
    message["Subject"] = said.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(said))
    message.add_alternative(as_html(said, mail), subtype="html")
    message["Content-Language"] = mail.language.value  # of the whole: set before, it would go to the first part
    return message


def _pieces(line: str, mail: Mail) -> Iterator[Piece]:
    # only what the portal put there itself is marked: others' words that look like a link stay words
    link, code = mail.values.get("link", ""), mail.values.get("code", "")
    marked = [each for each in (link if link.startswith(_WEB) else "", code) if each]
    for part in re.split(f"({'|'.join(map(re.escape, marked))})", line) if marked else [line]:
        if part:
            yield Piece(part, link=part == link and part in marked, strong=part == code)

"""The offline mailbox: where the portal's mails go, and where all mails that customers got can be read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.ids import RequestKey
from core.domain.letters import missing_values, rendered
from core.domain.mail import Letter, Mail
from core.domain.notice import NOTICES, NoticeType
from core.domain.policy import Policy
from core.domain.words import Language
from ports.errors import Rejected

MOST: Final = 200


class SentMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as it lies in the mailbox; `sender` is "portal" or "salesforce", `values` what filled its places."""

    id: str
    at: datetime
    sender: str
    to: str
    copy_to: str | None
    letter: str
    language: Language
    values: dict[str, str]
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class FakeMailer:
    """`ports.partners.Mailer`: keeps each mail once per key; one with an empty place is refused."""

    world: World
    policy: Policy = field(default_factory=Policy)

    async def send(self, mail: Mail) -> None:
        async with self.world.touch("mail", "send"):
            if self.world.records.one("mail", key=mail.key) is not None:
                return
            missing = missing_values(mail)
            if missing:
                raise Rejected("validation", "mail", missing)
            self.world.records.create(
                "mail",
                {
                    "key": mail.key,
                    "sender": "portal",
                    "to": mail.to,
                    "copy_to": mail.copy_to,
                    "letter": mail.letter,
                    "language": mail.language,
                    "values": msgspec.json.encode(mail.values).decode(),
                },
            )


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Reads the mails that were sent, by whomever."""

    world: World
    policy: Policy = field(default_factory=Policy)

    async def mails(self, to: str | None = None, letter: str | None = None) -> tuple[SentMail, ...]:
        """The latest mails, newest first: all, or those to one address or of one letter."""
        rows = self.world.records.find("mail") if to is None else self.world.records.find("mail", to=to)
        return tuple(self._sent(row) for row in reversed(rows) if letter in (None, row["letter"]))[:MOST]

    def _sent(self, row: Row) -> SentMail:
        values: dict[str, str] = msgspec.json.decode(row["values"] or "{}")
        language = Language(row["language"])
        subject, text = self._words(row, language, values)
        fields: dict[str, Any] = {name: row[name] for name in ("id", "sender", "to", "copy_to", "letter")}
        return SentMail(at=row["created_at"], language=language, values=values, subject=subject, text=text, **fields)

    def _words(self, row: Row, language: Language, values: dict[str, str]) -> tuple[str, str]:
        if row["sender"] == "portal":
            mail = Mail(
                key=RequestKey(row["key"]),
                to=row["to"],
                letter=Letter(row["letter"]),
                language=language,
                values=values,
            )
            said = rendered(mail, self.policy)
            return said.subject, said.text
        # a flow's mail says what staff wrote, where they wrote something; it knows nothing of remedies
        notice = NOTICES[NoticeType(row["letter"])]
        written = {f"text_{each}": values.get("message", "") for each in Language}
        places = {"value": "", **written, **{f"remedy_{each}": "" for each in Language}, **values}
        return notice.title.said(language, **places), notice.message.said(language, **places).strip()

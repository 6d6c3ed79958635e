"""Handing mails to a mail service by SMTP: `ports.partners.Mailer`."""

import asyncio
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from functools import cached_property
from typing import Final

import aiosmtplib
import structlog

from adapters.mail.rendering import message_of, place_of
from adapters.mail.settings import MailSettings, Security
from core.domain.account import email_faults, tidy
from core.domain.letters import missing_values
from core.domain.mail import Mail
from core.domain.policy import Policy
from ports.clock import Clock
from ports.errors import Rejected, Unavailable

log = structlog.get_logger(__name__)

_FOR_GOOD: Final = 500
_LOG_IN: Final = frozenset({530, 534, 535, 538})
"""How a service says that the portal has to log in, or otherwise."""
_NO_ADDRESS: Final = 553
"""How a service says that it takes no such address."""
_LOST: Final = (aiosmtplib.SMTPException, OSError, TimeoutError)


class _Handing:
    """How far one mail came, and what the service said where that ended."""

    def __init__(self) -> None:
        self.step = "connect"
        self.code = 0
        """The service's, or 0 where it said nothing."""

    def error(self) -> Rejected | Unavailable:
        """The port error for it; the service's own words are not kept, since they quote addresses."""
        of_the_mail = self.step in ("rcpt", "data") and self.code not in _LOG_IN
        if of_the_mail and self.code >= _FOR_GOOD:
            return Rejected(f"smtp_{self.code}", "mail", ("to",) if self.step == "rcpt" else ())
        told = f"mail.{self.step} {self.code or 'was lost'}"
        return Unavailable(told, outcome_unknown=self.step == "data" and not self.code)


class SmtpMailer:
    """`ports.partners.Mailer`: one connection for a mail.

    The message's id is made of the mail's key, by which a service can tell what it has already. A refusal of the
    recipient or of the mail itself is Rejected; one before that is about the portal, and for an operator to mend.
    """

    def __init__(self, settings: MailSettings, policy: Policy, clock: Clock) -> None:
        self._settings = settings
        self._policy = policy
        self._clock = clock
        self._room = asyncio.Semaphore(settings.connections)

    async def send(self, mail: Mail) -> None:
        message = self._message(mail)
        handing, began = _Handing(), time.monotonic()
        if not await self._is_handed_over(mail, message, handing):
            log.info("mail.failed", step=handing.step, code=handing.code, milliseconds=_since(began))
            raise handing.error()
        log.debug("mail.sent", milliseconds=_since(began))

    def _message(self, mail: Mail) -> EmailMessage:
        faults = _faults(mail)
        if not faults:
            with suppress(ValueError):  # it quotes what no header may hold
                return message_of(mail, self._policy, self._settings, self._clock.now())
        raise Rejected("validation", "mail", faults)

    async def _is_handed_over(self, mail: Mail, message: EmailMessage, handing: _Handing) -> bool:
        smtp = self._client()
        try:
            async with asyncio.timeout(self._settings.deadline), self._room:
                await self._hand_over(smtp, mail, message, handing)
        except aiosmtplib.SMTPResponseException as refused:
            handing.code = refused.code
        except _LOST:
            pass  # it may quote an address; the step says enough
        finally:
            smtp.close()
        return handing.step == "quit"

    async def _hand_over(self, smtp: aiosmtplib.SMTP, mail: Mail, message: EmailMessage, handing: _Handing) -> None:
        await smtp.connect()
        handing.step = "mail"
        to = place_of(mail.to).addr_spec
        encoding, options = ("ascii", []) if to.isascii() else ("utf-8", ["SMTPUTF8"])
        if options:
            await smtp.ehlo()
            if not smtp.supports_extension("smtputf8"):
                handing.step, handing.code = "rcpt", _NO_ADDRESS
                return
        await smtp.mail(self._settings.sender, options=options, encoding=encoding)
        handing.step = "rcpt"
        await smtp.rcpt(to, encoding=encoding)
        copy = place_of(mail.copy_to).addr_spec if mail.copy_to is not None else ""
        if copy and copy.isascii():
            # a copy that can't be sent keeps nobody from their mail
            with suppress(aiosmtplib.SMTPRecipientRefused):
                await smtp.rcpt(copy)
        handing.step = "data"
        await smtp.data(message.as_bytes())
        handing.step = "quit"
        await smtp.quit()

    def _client(self) -> aiosmtplib.SMTP:
        to = self._settings
        return aiosmtplib.SMTP(
            hostname=to.host,
            port=to.at_port,
            username=to.username or None,
            password=to.password or None,
            local_hostname=to.helo or to.domain,
            timeout=to.deadline,
            use_tls=to.security is Security.TLS,
            start_tls=to.security is Security.STARTTLS,
            tls_context=self._trusted if to.security is not Security.NONE else None,
        )

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file or None)


def _faults(mail: Mail) -> tuple[str, ...]:
    """The places that it leaves empty, or the addresses that are none as they stand."""
    addresses = {"to": mail.to} | ({} if mail.copy_to is None else {"copy_to": mail.copy_to})
    wrong = (name for name, each in addresses.items() if email_faults(name, each) or each != tidy(each))
    return missing_values(mail) or tuple(wrong)


def _since(began: float) -> int:
    return round(1000 * (time.monotonic() - began))

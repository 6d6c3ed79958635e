"""The partners' ports bound over the wire: the adapters, the made-up partners they speak to, and a mail service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.faults import FaultKind
from adapters.fakes.mailbox import SentMail
from adapters.fakes.wire.partners.server import KEYS, PartnerServer, served
from adapters.fakes.wire.partners.striking import STRIKES
from adapters.fakes.wire.striking import Faulty, Struck
from adapters.fakes.world import World
from adapters.mail.settings import MailSettings, Security
from adapters.mail.smtp import SmtpMailer
from adapters.partners.bindings import PartnerPorts, partner_ports
from adapters.partners.settings import PartnerSettings, Patience
from core.domain.policy import Policy
from core.domain.words import Language
from tests.mail.service import Service
from tests.mail.service import served as mail_served

QUICK = Patience(first_wait=0.001, longest_wait=0.002, rest=0.001, failures=1_000)


@asynccontextmanager
async def wired(world: World, patience: Patience = QUICK) -> AsyncIterator[tuple[PartnerPorts, PartnerServer]]:
    """The ports over the wire, and the partners they speak to."""
    async with served(world) as partners:
        settings = PartnerSettings(
            esim_url=partners.esim_url,
            esim_key=KEYS["esim"],
            line_url=partners.line_url,
            line_key=KEYS["line"],
            esim_patience=patience,
            line_patience=patience,
        )
        ports = partner_ports(settings, Struck(STRIKES))
        try:
            yield ports, partners
        finally:
            await ports.close()


class Delivered:
    """The mailboxes behind a mail service, as `Mailbox` shows those of the world: what a customer sees of a mail."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def mails(self, to: str | None = None) -> tuple[SentMail, ...]:
        """The latest mails, newest first: all, or those to one address."""
        found = [handed for handed in self._service.kept if to is None or handed.message["To"] == to.lower()]
        return tuple(_sent(handed) for handed in reversed(found))


def _sent(handed: Any) -> SentMail:
    message = handed.message
    return SentMail(
        id=message["Message-ID"],
        at=message["Date"].datetime,
        sender="portal",
        to=message["To"],
        copy_to=message["Cc"],
        letter="",
        language=Language(message["Content-Language"]),
        values={},
        subject=message["Subject"],
        text=handed.body("plain"),
    )


@asynccontextmanager
async def mailed(world: World) -> AsyncIterator[tuple[SmtpMailer, Delivered]]:
    """A mailer, and the mailboxes behind the service that it hands its mails to."""
    service = Service()
    service.says["after"] = lambda: "hang up" if FaultKind.TIMEOUT_AFTER in world.faults.take("mail", "send") else None
    async with mail_served(service):
        settings = MailSettings(
            host="127.0.0.1", port=service.port, security=Security.NONE, sender="portal@sonixnet.example"
        )
        yield SmtpMailer(settings, Policy(), world.clock), Delivered(service)


@asynccontextmanager
async def partners_of(world: World) -> AsyncIterator[WorldBindings]:
    """The world's roles, those of partners over the wire."""
    async with wired(world) as (ports, _), mailed(world) as (mailer, mailbox):
        bound: dict[str, Any] = {"mailer": mailer, "mailbox": mailbox}
        yield replace(
            bind_world(world),
            esim_issuer=Faulty(world, ports.esim_issuer, "esim", STRIKES),
            line_checker=Faulty(world, ports.line_checker, "line_checker", STRIKES),
            **bound,
        )

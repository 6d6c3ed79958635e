"""A mail service of this machine that keeps what it is handed, and fails as a test tells it to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "portal", "canary-password-71c9"
OK = "250 OK"


@dataclass(frozen=True)
class Handed:
    """A mail as it was handed over."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    was_private: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class Service:
    """What it was handed; `says` answers a step otherwise ("mail", "rcpt", "data", "login"), a text or what it does."""

    handed: list[Handed] = field(default_factory=list)
    says: dict[str, Callable[[], Any] | str] = field(default_factory=dict)
    connections: int = 0
    port: int = 0

    @property
    def kept(self) -> list[Handed]:
        """Each mail once: one with an id that is there already is the same again."""
        return list({handed.message["Message-ID"]: handed for handed in reversed(self.handed)}.values())[::-1]

    async def _said(self, step: str) -> str | None:
        said = self.says.get(step)
        found = said() if callable(said) else said
        return await found if asyncio.iscoroutine(found) else found

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, said: list[str]) -> list[str]:  # noqa: N802
        self.connections += 1
        session.host_name = name
        return said

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if (said := await self._said("mail")) is not None:
            return said
        envelope.mail_from = address
        return OK

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if (said := await self._said("rcpt")) is not None:
            return said
        if (said := await self._said(f"rcpt {address}")) is not None:
            return said
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if (said := await self._said("data")) is not None:
            return said
        raw = envelope.original_content
        assert raw is not None
        user = session.auth_data.login.decode() if session.auth_data else ""
        assert server.transport is not None
        was_private = server.transport.get_extra_info("ssl_object") is not None
        handed = Handed(str(envelope.mail_from), tuple(envelope.rcpt_tos), raw, was_private, user)
        self.handed.append(handed)
        if (said := await self._said("after")) is not None:
            if said == "hang up":
                server.transport.abort()
            return said
        return OK

    def log_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_known, auth_data=data if is_known else None, handled=False)


@asynccontextmanager
async def served(
    service: Service, *, tls: str = "", trusts: Path | None = None, asks: bool = False, utf8: bool = True
) -> AsyncIterator[Service]:
    """The service at a port of this machine; `tls` is "tls" or "starttls", and `trusts` where its authority is put."""
    context = None
    if tls:
        assert trusts is not None
        context = certified(trusts)

    def protocol() -> SMTP:
        return SMTP(
            service,
            hostname="mail.test",
            enable_SMTPUTF8=utf8,
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            auth_required=asks,
            auth_require_tls=tls == "starttls",
            authenticator=service.log_in,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if tls == "tls" else None)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        await server.wait_closed()


def certified(folder: Path) -> ssl.SSLContext:
    """A server's context for this machine; `ca.pem` in the folder is whom a client trusts."""
    certificate, key = _certificate()
    (folder / "ca.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


@cache
def _certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private

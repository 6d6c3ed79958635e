"""The mail service that the portal hands its mails to."""

from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.account import email_faults

_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_SECRET: Final = ("password",)


class Security(StrEnum):
    """How what is said to the mail service is kept from others."""

    TLS = "tls"
    """From the first byte."""
    STARTTLS = "starttls"
    """From a command on, before anything is told; a service that does not offer it gets no mail."""
    NONE = "none"
    """For a service on this machine."""


PORTS: Final = MappingProxyType({Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25})


class MailSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where mails go and whom they are from. The password never shows when it is printed."""

    host: str = ""
    port: int = 0
    """0 means the usual one of that security."""
    security: Security = Security.STARTTLS
    ca_file: str = ""
    """The authority that the service's certificate is of, as a PEM file; empty means those of this machine."""
    username: str = ""
    """Empty means that no log-in is needed."""
    password: str = ""
    sender: str = ""
    """The address that mails are from; the name before it is the operator's."""
    reply_to: str = ""
    """Where answers go, if not there."""
    helo: str = ""
    """What the portal calls itself; empty means the domain of `sender`."""
    connections: int = 4
    """How many mails are handed over at once at most."""
    deadline: float = 30.0
    """Seconds that handing over one mail may take in all."""

    @property
    def at_port(self) -> int:
        """The port that is connected to."""
        return self.port or PORTS[self.security]

    @property
    def domain(self) -> str:
        """The domain that mails are from."""
        return self.sender.rpartition("@")[2]

    def faults(self) -> list[str]:
        """What keeps the portal from sending mails with these settings, in words for an operator."""
        found = [f"mail.{name} is not set" for name in ("host", "sender") if not getattr(self, name)]
        for name in ("sender", "reply_to"):
            address = getattr(self, name)
            if address and (email_faults(name, address) or not address.isascii()):
                found.append(f"mail.{name} is told like portal@mail.example")
        if self.security is Security.NONE and self.host and self.host not in _HERE:
            found.append("mail.security none is for a service on this machine only")
        if bool(self.username) != bool(self.password):
            found.append("mail.username and mail.password belong together")
        if not 0 <= self.port <= 65535:
            found.append("mail.port is a number from 0 to 65535")
        if self.ca_file and not Path(self.ca_file).is_file():
            found.append("mail.ca_file is no file that can be read")
        if self.connections < 1 or self.deadline <= 0:
            found.append("mail.connections and mail.deadline are above zero")
        return found

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name)) for name in self.__struct_fields__)
        told = (f"{name}={'…' if name in _SECRET and value else value!r}" for name, value in shown)
        return f"{type(self).__name__}({', '.join(told)})"

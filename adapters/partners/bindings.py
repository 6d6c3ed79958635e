"""Every port that a partner binds, in one object."""

from dataclasses import dataclass

import httpx

from adapters.partners.esim_issuer import HttpEsimIssuer
from adapters.partners.line_checker import HttpLineChecker, NoLineChecker
from adapters.partners.settings import PartnerSettings
from adapters.partners.transport import Transport
from ports.partners import EsimIssuer, LineChecker


@dataclass(frozen=True, kw_only=True)
class PartnerPorts:
    """The ports by their names, and the connections behind them."""

    esim_issuer: EsimIssuer
    line_checker: LineChecker
    transports: tuple[Transport, ...]

    async def close(self) -> None:
        """Let go of the connections."""
        for each in self.transports:
            await each.close()


def partner_ports(settings: PartnerSettings, way: httpx.AsyncBaseTransport | None = None) -> PartnerPorts:
    """Both partners as they are set, by another way there if one is given; a line checker that is not set is none."""
    esim = Transport("esim", settings.esim_url, settings.esim_key, settings.esim_patience, settings.connections, way)
    issuer = HttpEsimIssuer(esim)
    if not settings.line_url:
        return PartnerPorts(esim_issuer=issuer, line_checker=NoLineChecker(), transports=(esim,))
    line = Transport("line", settings.line_url, settings.line_key, settings.line_patience, settings.connections, way)
    return PartnerPorts(esim_issuer=issuer, line_checker=HttpLineChecker(line), transports=(esim, line))

"""Where a call comes from: the socket's address, or what the last trusted proxy saw."""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from adapters.http.calls import headers_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Peers:
    """Tells callers apart by address; a header is believed only when a trusted proxy sent it."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted = tuple(ipaddress.ip_network(network) for network in trusted_proxies)
        # most calls come from a few addresses; the cache dies with the surface it belongs to
        self._named = lru_cache(1024)(self._name)

    def of(self, socket_address: str, scope: Mapping[str, Any]) -> str:
        """The caller's address as limits count it: the nearest hop that is no proxy of ours; IPv6 by its /64."""
        forwarded = ",".join(headers_of(scope, b"x-forwarded-for")) if self._trusted else ""
        return self._named(socket_address, forwarded)

    def _name(self, socket_address: str, forwarded: str) -> str:
        address = _parsed(socket_address)
        for hop in reversed(forwarded.split(",")):
            if address is None or not self._is_trusted(address):
                break
            nearer = _parsed(hop.strip())
            if nearer is None:
                break
            address = nearer
        return _counted(address) if address is not None else "unknown"

    def _is_trusted(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self._trusted)


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _counted(address: Address) -> str:
    if isinstance(address, ipaddress.IPv6Address) and not address.is_loopback:
        # one household has a whole /64 to choose from
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def is_loopback(address: str) -> bool:
    """Whether `address` is this machine's own."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback

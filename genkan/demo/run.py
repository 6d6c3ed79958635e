"""The demo from its beginning to its verdict."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, TypeAlias

import httpx
import msgspec
from rich.console import Console

from genkan.client import NotExpected, Portal
from genkan.demo.ending import play_ending
from genkan.demo.internet import play_internet
from genkan.demo.play import Play
from genkan.demo.report import outcome, show
from genkan.demo.server import NoPortal, is_portal, own_portal
from genkan.demo.sim import play_sim
from genkan.demo.vpn import play_vpn

Journey: TypeAlias = Callable[[Play], None]

JOURNEYS: Final = (play_internet, play_sim, play_vpn, play_ending)
"""In this order: the cancellation ends what the first journey began."""

ALONE: Final[Mapping[str, Journey]] = MappingProxyType({"internet": play_internet, "sim": play_sim, "vpn": play_vpn})
"""Those that need no other before them, by name."""


WIDE: Final = 132
"""Columns, where no terminal says how many there are."""


def run(url: str, *, only: str | None = None, as_json: bool = False) -> bool:
    """Play every journey, or one of `ALONE`, on the portal at `url`; whether all rules were kept.

    Where no portal answers, on one of its own. Shows what happens as it happens and what there is at the end; for
    scripts the outcome as JSON instead, with the rest on standard error. Raises NoPortal, also when it goes away
    meanwhile.
    """
    console = Console(stderr=as_json)
    if not console.is_terminal:
        console = Console(stderr=as_json, width=WIDE)
    with _portal(url.rstrip("/"), console) as address, _http(address) as http:
        play = Play(Portal(http), console)
        try:
            for journey in JOURNEYS if only is None else (ALONE[only],):
                journey(play)
            told = outcome(play)
        except httpx.HTTPError as gone:
            raise NoPortal(f"the portal at {address} does not answer any more ({type(gone).__name__})") from gone
    if as_json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        show(told, console)
    return bool(told["kept"])


@contextmanager
def _portal(url: str, console: Console) -> Iterator[str]:
    if is_portal(url):
        console.print(f"Playing on the portal at {url}")
        yield url
        return
    console.print(f"No portal answers at {url}: starting one in a folder that goes again")
    with own_portal() as address:
        yield address


@contextmanager
def _http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as http:
        try:
            Portal(http).call("GET", "/sandbox")
        except NotExpected as refused:
            raise NoPortal(
                f"{address} has no staff's console (/sandbox): play on an offline or sandbox portal"
            ) from refused
        yield http

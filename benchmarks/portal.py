"""The portal itself, to be measured: `genkan serve` as it is, in a folder of its own, with a customer who signed up."""

import atexit
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.servers import Running, Server
from genkan.backstage import Backstage
from genkan.client import Portal

READY: Final = "/api/health/ready"
MINA: Final[dict[str, Any]] = {
    "email": "mina@example.com",
    "password": "a kettle on a tuesday",
    "firstName": "Mina",
    "lastName": "Okafor",
    "birthDate": "1994-05-06",
    "phone": {"countryCode": "81", "number": "09012345678"},
    "address": {
        "postcode": "110-0001",
        "prefecture": "Tokyo",
        "city": "Taito-ku",
        "town": "Yanaka 1-2-3",
        "building": "",
    },
    "termsVersion": "2026-01",
}


def serve_in(folder: Path, log: Path | None = None, **settings: str) -> Server:
    """`genkan serve` with its data in `folder`; the log goes to a file, as an operator's does."""
    command = (sys.executable, "-m", "genkan", "serve", "--port", "{port}")
    told = {"data": str(folder), **settings}
    return Server(command, tuple((f"GENKAN_{name.upper()}", value) for name, value in told.items()), log)


@cache
def portal() -> Server:
    """The portal that benches share, in a folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="genkan-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return serve_in(folder / "data", folder / "portal.log")


@cache
def bearer(port: int) -> dict[str, str]:
    """The token of a customer of that portal, who has asked for a check and added a card."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
        backstage = Backstage(Portal(http))
        mina = backstage.sign_up(**MINA)
        mina.ask_availability()
        backstage.add_payment_method(mina)
        backstage.now()
        return mina.bearer


def port_of(servers: Running) -> int:
    """Where the shared portal answers."""
    return servers.port_of(portal(), READY)

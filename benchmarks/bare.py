"""What others are measured against: a Litestar handler that returns ready bytes, on the server the portal runs on.

`python -m benchmarks.bare --port 8001 --body FILE`
"""

import argparse
from pathlib import Path

from litestar import Litestar, get

from genkan.serve import run


def bare(body: bytes) -> Litestar:
    """An application of one handler."""

    @get("/", media_type="application/json")
    async def answer() -> bytes:
        return body

    return Litestar([answer], openapi_config=None, logging_config=None)


def main() -> None:
    """Serve as told by the command line."""
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--body", type=Path, required=True)
    told = words.parse_args()
    body = told.body.read_bytes()
    run(lambda _: bare(body), "127.0.0.1", told.port, on_stop=lambda app: None)


if __name__ == "__main__":
    main()

"""Whether the portal lives, and whether it can serve (OPS-2)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final

import msgspec
from litestar import get

from adapters.http.auth import Who
from adapters.http.body import Answer
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.refused import NotReady
from core.domain.refusals import FieldFault

PATIENCE: Final = 2.0
"""Seconds a part has to say that it is well."""


class Check(msgspec.Struct, frozen=True):
    """A part the portal can't serve without; `ask` raises when it is not well."""

    name: str
    ask: Callable[[], Awaitable[None]]


class Health(Answer, frozen=True):
    """The portal is up, and the parts asked are well."""

    status: str
    checks: tuple[str, ...] = ()

    example: ClassVar[Any] = {"status": "ready", "checks": ["database", "work"]}


@get(
    "/health/live",
    **operation("health.live", tag="Health", summary="Whether the process answers", who=Who.ANYONE),
    sync_to_thread=False,
)
def live() -> Health:
    """The process answers."""
    return Health(status="live")


@get(
    "/health/ready",
    **operation(
        "health.ready", tag="Health", summary="Whether the portal can serve", who=Who.ANYONE, raises=(NotReady,)
    ),
)
async def ready(checks: Given[tuple[Check, ...]]) -> Health:
    """Every part the portal can't do without answers in time; else 503 naming those that don't."""
    well = await asyncio.gather(*(_is_well(check) for check in checks))
    ill = [check.name for check, is_well in zip(checks, well, strict=True) if not is_well]
    if ill:
        raise NotReady(*(FieldFault(name, "not_ready") for name in ill))
    return Health(status="ready", checks=tuple(check.name for check in checks))


async def _is_well(check: Check) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await check.ask()
    except Exception:
        return False
    return True

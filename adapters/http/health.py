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
    """A part of the portal; `ask` raises when it is not well. Without one not `needed` it serves what it knows."""

    name: str
    ask: Callable[[], Awaitable[None]]
    needed: bool = True


class Health(Answer, frozen=True):
    """The portal is up, and the parts asked are well.

    `upstreams`: whether each other system answered when it was asked last; the portal serves without them (T-10).
    """

    status: str
    checks: tuple[str, ...] = ()
    upstreams: dict[str, bool] = msgspec.field(default_factory=dict)

    example: ClassVar[Any] = {
        "status": "ready",
        "checks": ["database", "work"],
        "upstreams": {"salesforce": True, "whmcs": True},
    }


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
    """Every part the portal can't do without answers in time; else 503 naming those that don't (OPS-2).

    Salesforce and WHMCS are told of and not needed: while they are down the portal serves what it knows.
    """
    well = await asyncio.gather(*(_is_well(check) for check in checks))
    asked = list(zip(checks, well, strict=True))
    ill = [check.name for check, is_well in asked if check.needed and not is_well]
    if ill:
        raise NotReady(*(FieldFault(name, "not_ready") for name in ill))
    return Health(
        status="ready",
        checks=tuple(check.name for check in checks if check.needed),
        upstreams={check.name: is_well for check, is_well in asked if not check.needed},
    )


async def _is_well(check: Check) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await check.ask()
    except Exception:
        return False
    return True

"""What every command begins with, and how it gives up: exit status 0 for done, 1 for can't, 2 for misused."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

import click

from genkan.folder import make_folder
from genkan.settings import Settings, Wrong, load

if TYPE_CHECKING:
    from genkan.operators import Operators
    from genkan.upkeep import Upkeep

T = TypeVar("T")

FAILED: Final = 1
MISUSED: Final = 2

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
for_good = click.option("--yes", "for_good", is_flag=True, help="Do it; without this it is only told what would be.")


@click.group()
@click.version_option(package_name="genkan")
def main() -> None:
    """Genkan, the customer portal of an internet and mobile operator."""


def settings_of(*, makes: bool = True, **given: object) -> Settings:
    """What is set, and logs as it says, beside what a command prints.

    The folder is there then, unless whoever asks may find first that it is not wanted.
    """
    environment = dict(os.environ)
    environment |= {f"GENKAN_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    if given.get("port") and "GENKAN_PUBLIC_URL" not in environment:
        environment["GENKAN_PUBLIC_URL"] = f"http://127.0.0.1:{given['port']}"
    try:
        settings = load(environment, Path.cwd())
        if makes:
            make_folder(settings)
    except Wrong as wrong:
        give_up(wrong, status=MISUSED)
    from genkan.logging import set_up

    set_up(settings.log_level, settings.log_format)
    return settings


def give_up(wrong: Exception, what: str = "Genkan can't start:", status: int = FAILED) -> NoReturn:
    """Say what is wrong, and end."""
    click.echo(what, err=True)
    for line in str(wrong).splitlines():
        click.echo(f"  {line}", err=True)
    sys.exit(status)


def with_operators(do: "Callable[[Operators, Settings], Awaitable[T]]") -> T:
    """Do something with the portal's own database."""
    settings = settings_of()
    from genkan.operators import at_work

    async def go() -> T:
        async with at_work(settings) as operators:
            return await do(operators, settings)

    return asyncio.run(go())


def with_upkeep(do: "Callable[[Upkeep], Awaitable[T]]") -> T:
    """Do something with all three systems."""
    settings = settings_of()
    from genkan.upkeep import at_upkeep
    from ports.errors import Unavailable

    async def go() -> T:
        async with at_upkeep(settings) as upkeep:
            return await do(upkeep)

    try:
        return asyncio.run(go())
    except Wrong as wrong:
        give_up(wrong, "The systems can't be reached:")
    except Unavailable as away:
        give_up(away, "Another system does not answer; try again later:")

"""How commands print: tables for people, JSON for scripts, progress on standard error."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

import click
import msgspec

UNCUT: Final = 2000
"""Columns where nobody looks at them: whatever reads a pipe gets whole lines."""


def print_json(value: Any) -> None:
    """Print plain data, structs and lists of them."""
    text = msgspec.json.encode(value, enc_hook=str)
    click.echo(msgspec.json.format(text, indent=2).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as wide as the terminal, nothing of it cut; nothing for no rows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(box=box.SIMPLE if console.is_terminal else None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(told(each)) for each in row))
    if not table.row_count:
        return
    if console.is_terminal:
        console.print(table)
        return
    plain = Console(highlight=False, width=UNCUT)
    with plain.capture() as captured:
        plain.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def told(value: object) -> str:
    """One cell."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value if value is not None else "-")


@contextmanager
def waiting(says: str) -> Iterator[None]:
    """Show that something goes on, to whoever looks at a terminal."""
    from rich.console import Console

    with Console(stderr=True).status(says):
        yield


@contextmanager
def progress(says: str, total: int) -> Iterator[Any]:
    """A bar that moves on by one each time what is given is called."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(says, total=total)
        yield lambda: bar.advance(task)

"""A call of the action API, its answer, and how each of WHMCS's actions finds its own function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.fakes.wire.whmcs.forms import Form, is_true
from adapters.fakes.wire.whmcs.people import Caller

if TYPE_CHECKING:
    from adapters.fakes.wire.whmcs.office import Office

Members = Mapping[str, Any]
"""What an action answers beside its result."""


class Answer(msgspec.Struct, frozen=True):
    """What is answered: status, body and headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class WireError(Exception):
    """A refusal in WHMCS's own text; `status` is 200 unless it is about who calls."""

    def __init__(self, text: str, status: int = 200) -> None:
        self.text = text
        self.status = status
        super().__init__(text)


@dataclass(slots=True, kw_only=True)
class Call:
    """One call: what was posted, by whom, and the installation that it is made to.

    `module_fails` says that the module of the product can't do what it is asked for.
    """

    action: str
    form: Form
    caller: Caller
    office: "Office"
    module_fails: bool = False

    def text(self, name: str, default: str = "") -> str:
        """What was posted under the name; an array is no text."""
        value = self.form.get(name, default)
        return value if isinstance(value, str) else default

    def maybe(self, name: str) -> str | None:
        """What was posted under the name, None where it is missing or empty."""
        return self.text(name).strip() or None

    def is_set(self, name: str) -> bool:
        """Whether PHP takes it for true."""
        return is_true(self.form.get(name))

    def array(self, name: str) -> Form:
        """The array posted under the name, by its keys; WireError for a text in its place."""
        value = self.form.get(name, {})
        if isinstance(value, dict):
            return value
        if value == "":
            return {}
        raise WireError(f"Expecting parameter '{name}' to be an array")

    def count(self, name: str, default: int) -> int:
        """A number, as PHP reads one out of text."""
        text = self.text(name).strip()
        return int(text[:18]) if text.isascii() and text.isdigit() else default

    @property
    def page(self) -> tuple[int, int]:
        """Where the page of a list begins, and how long it may be."""
        quirks = self.office.quirks
        most = self.count("limitnum", 0) or quirks.most_rows
        return self.count("limitstart", 0), most if quirks.longest_page is None else min(most, quirks.longest_page)


Does = Callable[[Call], Members]


@dataclass(frozen=True, slots=True)
class Action:
    """One action: its name as the documentation spells it, what it does, and whether it writes anything."""

    name: str
    does: Does
    writes: bool


OFFERED: Final[dict[str, Action]] = {}
"""The actions by their names in lower case, as they are looked up."""


def offered(name: str, *, writes: bool = False) -> Callable[[Does], Does]:
    """Offer a function as the action of that name."""

    def offering(does: Does) -> Does:
        OFFERED[name.lower()] = Action(name, does, writes)
        return does

    return offering


def acting(call: Call) -> WhmcsActions:
    """WHMCS's actions as whoever calls has them; the world keeps one truth behind every door."""
    return WhmcsActions(call.office.world, call.caller.by)

"""Write docs/tables.md: the business's tables as the core has them, so that a reader needs no code to know them.

`python -m features.tables` writes it, `--check` says whether it is current.
"""

import argparse
import ast
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from adapters.http.texts.gates import ACTIONS as WAYS_ON
from adapters.http.texts.gates import GATES as GATE_WORDS
from core.domain import drift, eligibility, flags, identity, limits, opportunity, order
from core.domain.cancellation import KIT_MOVES, kit_is_settled
from core.domain.catalog import OFFERINGS, ProductType
from core.domain.gates import GATES
from core.domain.notice import NOTICES, NoticeText
from core.domain.policy import Policy
from core.domain.provisioning import FAILURE_MESSAGES
from core.domain.standing import ACTIONS
from core.domain.timeline import EVENT_WORDS
from core.domain.words import Words

FILE: Final = Path(__file__).parents[1] / "docs" / "tables.md"
Row = Sequence[object]
HEAD: Final = """# Tables of the business

What [the rules](rules.md) say in words, as the code has it: states and the moves between them, codes with what they
mean, and what an operator may set. Made by `make tables`; what is not in a table of moves is refused.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n{section}" for section in _sections())


def _sections() -> Iterator[str]:
    yield "## Availability of Internet\n"
    yield _moves("The check of an account's address (ELG)", eligibility.MOVES)
    yield _table("What the value that staff write opens (CAT-3)", ("value", "plans"), _each_sorted(OFFERINGS.items()))
    yield "## Identity\n"
    yield _moves("The review of a document (IDV)", identity.MOVES)
    rejections = ((code, each.kind, each.text, each.remedy) for code, each in identity.REJECTIONS.items())
    yield _table("Why a document is rejected (IDV-4)", ("code", "the customer can", "reads", "what helps"), rejections)
    yield "## Orders\n"
    yield _table("Gates (ORD-1)", ("gate", *ProductType, "the customer reads", "what opens it"), _gates())
    yield _moves("An order (ORD)", order.ORDER_MOVES)
    yield _moves("Its activation (FUL)", order.ACTIVATION_MOVES)
    yield _table("Why an order was cancelled (ORD-10)", ("code", "the customer reads"), order.CANCEL_REMEDIES.items())
    yield _table("Why an activation failed (FUL-2)", ("code", "written for staff"), FAILURE_MESSAGES.items())
    yield "## Opportunities\n"
    yield _moves("Stages (OPP-1)", opportunity.MOVES)
    yield _table("Probability (OPP-2)", ("stage", "per cent"), opportunity.PROBABILITY.items())
    yield _table("How one begins (OPP-2)", ("source", "stage"), opportunity.BEGINS_AT.items())
    yield "## Cancellation\n"
    kits = ((kit, sorted(to), "yes" if kit_is_settled(kit, has_line=True) else "no") for kit, to in KIT_MOVES.items())
    yield _table("The rented kit (CAN-4, CAN-5)", ("kit", "staff may move it to", "settled"), kits)
    yield "## What customers read\n"
    told = ("notice", "title", "button", "leads to", "from", "mailed by")
    yield _table("Notices (NTF-1)", told, (_notice(*each) for each in NOTICES.items()))
    tasks = ((action, each.words, each.path) for action, each in ACTIONS.items())
    yield _table("What there may be to do (STA-2)", ("task", "reads", "done at"), tasks)
    yield _table("Their story (STA-3)", ("event", "reads"), EVENT_WORDS.items())
    yield "## What the systems can disagree on\n"
    safe = ((each, "yes" if each in drift.SAFE else "one by one", drift.REPAIRS[each]) for each in drift.REPAIRS)
    yield _table("Repairs (OPS-5)", ("repair", "done by `genkan drift --repair`", "does"), safe)
    yield _table("Where none is safe (OPS-5)", ("disagreement", "why, and what a person can do"), drift.BY_HAND.items())
    yield "## What an operator may set\n"
    policy = ((f.name, f.default, said_of(Policy)[f.name]) for f in msgspec.structs.fields(Policy))
    yield _table("Policy: the table `policy` of the settings", ("name", "unless set", "is"), policy)
    counted = said_of(limits.Limited)
    limited = ((name, each.times, each.period, counted[name.name]) for name, each in limits.LIMITS.items())
    yield _table("Limits: the table `limits`", ("name", "times", "within", "counts"), limited)
    off = said_of(flags.Feature)
    switches = ((name, each, off[name.name]) for name, each in flags.DEFAULTS.items())
    yield _table("Features (OPS-3)", ("name", "per cent of customers", "means"), switches)


def _gates() -> Iterator[Row]:
    for gate in GATES:
        ticks = ["✓" if product in gate.products else "–" for product in ProductType]
        yield (gate.code, *ticks, GATE_WORDS[gate.code], WAYS_ON[gate.action].label)


def _notice(kind: StrEnum, text: NoticeText) -> Row:
    return (kind, text.title, text.label, f"`{text.path}`", text.source, text.mailed_by)


def _each_sorted(pairs: Iterable[tuple[str, Iterable[str]]]) -> Iterator[Row]:
    return ((name, sorted(each)) for name, each in pairs)


def _moves(title: str, moves: Mapping[tuple[StrEnum, StrEnum], StrEnum]) -> str:
    return _table(title, ("from", "by", "to"), ((origin, by, to) for (origin, by), to in moves.items()))


def _table(title: str, names: Iterable[str], rows: Iterable[Row]) -> str:
    head = [str(name) for name in names]
    lines = [f"**{title}**", "", _line(head), "|" + "---|" * len(head)]
    return "\n".join([*lines, *(_line([_cell(each) for each in row]) for row in rows)]) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Words):
        return value.en if value.en == value.ja else f"{value.en}<br>{value.ja}"
    if isinstance(value, timedelta):
        return _stretch(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, msgspec.Struct):
        return " ".join(_cell(each) for each in msgspec.structs.astuple(value) if each is not None)
    if isinstance(value, list | tuple | frozenset):
        return ", ".join(_cell(each) for each in value)
    return str(value)


def _stretch(value: timedelta) -> str:
    units = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
    name, unit = next((each for each in units if value % each[1] == timedelta()), ("second", timedelta(seconds=1)))
    many = value // unit
    return f"{many} {name}{'' if many == 1 else 's'}"


def said_of(kind: type) -> dict[str, str]:
    """What stands under each name of a class, as its source says it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(tree, ast.ClassDef)
    said: dict[str, str] = {}
    for named, under in zip(tree.body, tree.body[1:], strict=False):
        target = named.targets[0] if isinstance(named, ast.Assign) else getattr(named, "target", None)
        if isinstance(target, ast.Name) and isinstance(under, ast.Expr) and isinstance(under.value, ast.Constant):
            said[target.id] = " ".join(str(under.value.value).split())
    return said


def main(arguments: list[str] | None = None) -> int:
    """Write the page or check it; 1 when it is not current."""
    parser = argparse.ArgumentParser(prog="python -m features.tables", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say whether the page is current")
    checking = parser.parse_args(arguments).check
    now = page()
    if checking:
        current = FILE.exists() and FILE.read_text(encoding="utf-8") == now
        print("current" if current else "not current: run `make tables`")
        return 0 if current else 1
    FILE.write_text(now, encoding="utf-8")
    print(f"{FILE.relative_to(FILE.parents[1])}: {now.count('**') // 2} tables")
    return 0


if __name__ == "__main__":
    sys.exit(main())

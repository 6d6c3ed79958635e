"""What a guard is, as the mutation run takes it away."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.mutants import Break


class Kind(StrEnum):
    """How a guard guards."""

    UNIQUE = "unique key"
    """The database has one of it."""
    COMPARE = "compare and set"
    """Written only where it stands as expected."""
    LOCK = "lock"
    """Who comes meanwhile waits, and goes on from what the one before left."""
    CLAIM = "claim"
    """One of several does it, for as long as it lives."""
    LOOK = "look-up"
    """Whoever would make it looks first whether it is there."""
    ORDER = "order"
    """One thing is kept before another is done."""
    OWNERSHIP = "ownership"
    """Whose it is stands in the question."""
    PROOF = "proof"
    """Who asks shows that they may."""
    LIMIT = "limit"
    """No more, no larger, no longer."""


@dataclass(frozen=True)
class Guard:
    """One guard: the promise it keeps, where it stands and how it is taken away, and which tests are to notice.

    `keeps` names rules (docs/rules.md), promises (T-n), or conditions of DBOS (DBOS n). `unique` names the constraint
    that it is, as `table: columns`.
    """

    kind: Kind
    name: str
    keeps: str
    broken: Break
    noticed_by: Sequence[str]
    unique: str = ""


def guard(
    kind: Kind, name: str, keeps: str, file: str, right: str, wrong: str, *noticed_by: str, unique: str = ""
) -> Guard:
    """A guard that is taken away by writing `wrong` in place of `right`, which stands once in the file."""
    return Guard(kind, name, keeps, Break(file, right, wrong), noticed_by, unique)

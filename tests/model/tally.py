"""What a run did, how often, and how it went."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts over all runs of one exploration."""

    steps: int = 0
    runs: int = 0
    actions: dict[str, Counter[str]] = field(default_factory=dict)
    checks: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)

    def took(self, action: str) -> None:
        """A step was taken."""
        self.steps += 1
        self.actions.setdefault(action, Counter())["taken"] += 1

    def went(self, action: str, how: str) -> None:
        """How one call of a step went: "done", "received", a problem's code, "no answer"."""
        self.actions.setdefault(action, Counter())[how] += 1

    def shown(self) -> str:
        """All of it, for people."""
        lines = []
        for name, counts in sorted(self.actions.items()):
            how = ", ".join(f"{what} {times}" for what, times in counts.most_common() if what != "taken")
            lines.append(f"  {name:28}{counts['taken']:6}" + (f"   ({how})" if how else ""))
        reached = ", ".join(f"{what} {times}" for what, times in sorted(self.reached.items()))
        checked = ", ".join(f"{what} {times}" for what, times in sorted(self.checks.items()))
        return "\n".join([*lines, f"reached: {reached}", f"held: {checked}"])

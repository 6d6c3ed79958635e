"""What was sent, what came back, what was wrong with it, and what the log should not have said."""

import json
from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.customers import ADDRESS, PHONE, Customer


@dataclass
class Finding:
    """One thing that was wrong, how often, and one request that shows it."""

    operation: str
    check: str
    what: str
    shown_by: str
    times: int = 1

    def __str__(self) -> str:
        return f"{self.operation}: {self.check}: {self.what} ({self.times}×)\n    {self.shown_by}"


@dataclass
class Tally:
    """What was sent, and what came back."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    @property
    def cases(self) -> int:
        """How many cases were sent."""
        return sum(counter.total() for counter in self.statuses.values())

    @property
    def failures(self) -> int:
        """How many things were found wrong, repeats included."""
        return sum(finding.times for finding in self.findings.values())

    def note(self, operation: str, status: int) -> None:
        """One case was answered."""
        self.statuses.setdefault(operation, Counter())[status] += 1

    def found(self, operation: str, check: str, what: str, shown_by: str) -> None:
        """One check failed."""
        key = (operation, check, what[:60])
        if key in self.findings:
            self.findings[key].times += 1
        else:
            self.findings[key] = Finding(operation, check, what, shown_by)


def what_the_log_gives_away(log: str, *customers: Customer) -> list[str]:
    """Crashes that it tells of, and lines that hold something private of these customers (T-6, OPS-2)."""
    secrets = {word: what for customer in customers for word, what in private(customer).items()}
    found = [f"the log holds {what}" for word, what in secrets.items() if word in log]
    for line in log.splitlines():
        if line.startswith("{"):
            event = json.loads(line).get("event")
            if event in ("http.crashed", "http.upstream_refused"):
                found.append(line[:2_000])
        elif "Traceback" in line:
            found.append(line)
    return found


def private(customer: Customer) -> dict[str, str]:
    """What no log may hold of a customer, and what it is."""
    return {
        customer.email: "an address of a mailbox",
        customer.password: "a password",
        customer.tokens["accessToken"]: "an access token",
        customer.tokens["refreshToken"]: "a refresh token",
        customer.tokens["csrfToken"]: "a CSRF token",
        PHONE["number"]: "a phone number",
        ADDRESS["town"]: "a street",
        "Okafor": "a name",
        "1994-05-06": "a birth date",
    }

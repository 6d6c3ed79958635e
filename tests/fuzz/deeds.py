"""Deeds of the staff's console with arguments that may be right: ids that exist, words of the closed sets."""

import random
from typing import Any

from tests.fuzz.customers import Customer
from tests.fuzz.served import Served

LEFT_OUT = {
    ("world", "switch_fault"): "makes the fakes unwell, which is what it is for",
    ("world", "move_clock"): "ends every session",
    ("world", "advance"): "ends every session",
    ("salesforce", "bar_account"): "ends every session",
}
"""Deeds that would make every later answer another one, and why."""
WORDS = ("", "Eligible", "Verified", "Internet", "x" * 300, "\u202eabc", "'; --", "2027-01-01", "2027-01-01T00:00:00Z")


def a_deed(served: Served, customer: Customer, chance: random.Random) -> tuple[str, str, dict[str, Any]]:
    """A desk, one of its deeds, and arguments for it."""
    if "deeds" not in customer.kept:
        customer.kept["deeds"] = served.http.get("/sandbox").json()["desks"]
        customer.kept["ids"] = sorted({id for ids in customer.ids.values() for id in ids})
    desks, ids = customer.kept["deeds"], customer.kept["ids"]
    all_of_them = [(desk, deed) for desk in desks for deed in desks[desk] if (desk, deed) not in LEFT_OUT]
    desk, deed = chance.choice(sorted(all_of_them))
    takes = desks[desk][deed].get("properties", {})
    return desk, deed, {name: _argument(said, ids, chance) for name, said in takes.items() if chance.random() < 0.9}


def _argument(said: dict[str, Any], ids: list[str], chance: random.Random) -> Any:
    options = said.get("anyOf", [said])
    kind = chance.choice(options).get("type", "string")
    match kind:
        case "integer":
            return chance.choice((0, 1, -1, 500, 2**31, 2**63 - 1))
        case "boolean":
            return chance.random() < 0.5
        case "null":
            return None
        case "object":
            return {}
        case "array":
            return []
    return chance.choice(ids) if chance.random() < 0.6 else chance.choice(WORDS)

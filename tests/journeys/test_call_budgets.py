"""Each step asks Salesforce and WHMCS no more often than its budget says (P-1), counted at the systems' wires."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.budgets import JOURNEY_MOST, STEPS, journey, walk
from benchmarks.upstream.watched import SALESFORCE, WHMCS, of

ROOT = Path(__file__).parents[2]


def counted() -> dict[str, object]:
    """What each step called, by system, and of how many events a check was told."""
    walked = walk(delayed=False)
    calls = {
        system: {name: [call.what for call in of(called, system)] for name, called in walked.steps.items()}
        for system in (SALESFORCE, WHMCS)
    }
    journeys = {system: journey(system) for system in JOURNEY_MOST}
    return {"calls": calls, "events": walked.facts["result"], "looked": walked.facts["look"], "journeys": journeys}


def test_no_step_calls_more_than_its_budget() -> None:
    # in a process of its own, as the benchmarks are: it leaves its logging and its helpers behind
    command = [sys.executable, "-m", "tests.journeys.test_call_budgets"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    calls = found["calls"]
    over = [
        (step.name, system, calls[system][step.name])
        for step in STEPS
        for system, most in ((SALESFORCE, step.salesforce), (WHMCS, step.whmcs))
        if len(calls[system][step.name]) > most
    ]
    assert over == []
    for system, most in JOURNEY_MOST.items():
        counts = found["journeys"][system]
        assert 0 < sum(counts.values()) <= most, counts
    # what the portal wrote itself is not read again because the org tells of it
    echoes = {step: calls[SALESFORCE][step] for step in found["journeys"][SALESFORCE] if step.startswith("echoes")}
    assert len(echoes) >= 5 and not any(echoes.values()), echoes
    # nor because a look would find it changed
    assert found["looked"] == 0, calls[SALESFORCE]["look"]
    # of an answered check, each event costs a call
    assert 0 < len(calls[SALESFORCE]["result"]) <= found["events"]


if __name__ == "__main__":
    print(json.dumps(counted()))

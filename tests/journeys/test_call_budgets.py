"""Each step asks Salesforce and WHMCS no more often than its budget says (P-1), counted at the systems' wires."""

from benchmarks.budgets import JOURNEY, JOURNEY_MOST, STEPS, walk
from benchmarks.upstream.watched import SALESFORCE, WHMCS, of


def test_no_step_calls_more_than_its_budget() -> None:
    walked = walk(delayed=False)
    over = {}
    for step in STEPS:
        for system, most in ((SALESFORCE, step.salesforce), (WHMCS, step.whmcs)):
            calls = [call.what for call in of(walked.steps[step.name], system)]
            if len(calls) > most:
                over[step.name, system] = calls
    assert over == {}
    for system, most in JOURNEY_MOST.items():
        counts = {step: len(of(walked.steps[step], system)) for step in JOURNEY}
        assert 0 < sum(counts.values()) <= most, counts
    # of an answered check, each event costs a call
    assert 0 < len(of(walked.steps["result"], SALESFORCE)) <= walked.facts["result"]

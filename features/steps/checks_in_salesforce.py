"""What Salesforce holds of availability checks, how long they took, and what operators count (ELG)."""

from datetime import date, datetime
from typing import Any

from features.people import KOENJI, YANAKA
from features.sentences import given, then, when
from features.stage import TOKYO, Stage, among, same
from features.steps.staff_shelves import figure
from genkan.backstage import Row

HOURS = 3600


@given("of {number} recent answers {number} took 1 hour, 1 took 5 hours and 2 took 200 hours")
def recent_answers(stage: Stage, number: int, number2: int) -> None:
    """So many checks of somebody else were asked for and answered, one after the other."""
    took = [200, 200, 5, *[1] * number2]
    same("How many there are in all", number, len(took))
    customer = stage.customer("Kenji")
    account = stage.account("Kenji")["id"]
    for turn, hours in enumerate(took):
        # eligible for one address, the next is a check of its own
        customer.ask_availability(dict(YANAKA if turn % 2 else KOENJI))
        stage.pass_time(hours * HOURS)
        stage.backstage.salesforce.answer_availability(subject=account, status="Eligible", value="Home 1G")
    # what is asked on a working day is expected on the next two
    stage.go_to(date(2026, 3, 3))


@then("staff have {number} availability check(s) to do", "担当者の提供可否確認は{number}である")
def checks_to_do(stage: Stage, number: int) -> None:
    """Staff's queue of open checks."""
    same("Open availability checks", number, len(stage.backstage.salesforce.queues()["availability"]))


@then("Salesforce holds one case {words} of {owner}")
def holds_case(stage: Stage, words: str, owner: str) -> None:
    """One, open, of that subject, from the portal and in the middle of staff's priorities."""
    (case,) = _cases(stage, owner)
    held = (case["subject"], case["origin"], case["status"], case["priority"])
    same("The case", (words, "Portal", "New", "Medium"), held)
    stage.notes["check"] = case


@then("that case tells staff of {words}, {words} and {words}")
def case_tells(stage: Stage, words: str, words2: str, words3: str) -> None:
    """What stands in its description."""
    case = stage.notes.get("check") or stage.backstage.records("case")[-1]
    for each in (words, words2, words3):
        among("What the case says", each, case["description"])


@then("that case belongs to {owner} Internet opportunity at {sales_stage}")
def case_of_sale(stage: Stage, owner: str, sales_stage: str) -> None:
    """The one Internet opportunity of the account."""
    sale = _internet_sale(stage, owner)
    same("The opportunity of the case, and its stage", (sale["id"], sales_stage), (
        stage.notes["check"]["opportunity"], sale["stage"]
    ))  # fmt: skip


@then("Salesforce holds one Internet opportunity of {owner}")
def one_sale(stage: Stage, owner: str) -> None:
    """Neither none nor two."""
    _internet_sale(stage, owner)


@then("Salesforce holds that {actor} asked today")
def asked_today(stage: Stage, actor: str) -> None:
    """The time of the request, and the case, on the account."""
    account = stage.account(actor)
    at = account["eligibility_requested_at"]
    day = datetime.fromisoformat(at).astimezone(TOKYO).date() if at else None
    same("Day and case", (stage.today(), stage.notes["check"]["id"]), (day, account["eligibility_case"]))


@then("the closed case says that the checker answered")
def checker_answered(stage: Stage) -> None:
    """The source stands in a remark that only staff see."""
    (case,) = stage.backstage.records("case", is_closed=True)
    (remark,) = stage.backstage.records("case_comment", case=case["id"])
    same("Whether the customer sees the remark", False, remark["is_published"])
    among("The remark", "ntt-coverage", remark["body"])


@then("staff's late checks count {number}")
def late_checks(stage: Stage, number: int) -> None:
    """The figure that operators watch."""
    same("Late checks", float(number), figure(stage, "genkan_checks_late"))


@then("the case's priority was raised {times}")
def raised(stage: Stage, times: int) -> None:
    """How often the ledger says so."""
    changes = [entry for entry in stage.backstage.ledger("update case") if "priority" in entry["fields"]]
    same("Raised", times, len(changes))


def _cases(stage: Stage, owner: str) -> list[Row]:
    return stage.backstage.records("case", account=stage.account(owner)["id"], is_closed=False)


def _internet_sale(stage: Stage, owner: str) -> Row:
    sales: list[Any] = stage.backstage.records("opportunity", account=stage.account(owner)["id"])
    same(
        "Opportunities of the account", ["Personal SonixNet Home Internet"], [sale["commodity_type"] for sale in sales]
    )
    found: Row = sales[0]
    return found


@when("staff write that {owner} check came from {words}")
def staff_move_origin(stage: Stage, owner: str, words: str) -> None:
    """Changes the origin of the open case."""
    (case,) = _cases(stage, owner)
    stage.backstage.salesforce.set_case_origin(case=case["id"], origin=words)

"""What customers and strangers ask support, what staff answer, and who sees what (SUP)."""

from typing import Any, Final

from features.parameters import choice
from features.sentences import given, then, when
from features.stage import Stage, same
from features.wishes import table

MESSAGE: Final = {
    "email": "kai@example.com",
    "name": "Kai Tanaka",
    "subject": "Moving to Sendai",
    "message": "Can I take my number with me there?",
}
"""What somebody without an account writes."""
CHECK: Final = "Internet availability check request (Portal)"

choice("line_of_form", {name: name for name in ("email", "name", "phone", "subject", "message")}, "subject")


# --- the public form -------------------------------------------------------------------------------------------------
@when("somebody writes to support")
@when("somebody writes to support {times}")
def writes(stage: Stage, times: int = 1) -> None:
    """Sends the public contact form."""
    for _ in range(times):
        _write(stage)


@when("somebody writes to support, saying")
def writes_saying(stage: Stage, datatable: list[list[str]]) -> None:
    """Sends the public contact form, filled in so."""
    (row,) = table(datatable)
    _write(stage, **row)


@when("somebody writes to support with the {line_of_form} {words}")
def writes_with(stage: Stage, line_of_form: str, words: str) -> None:
    """Sends the public contact form with one line filled in otherwise."""
    _write(stage, **{line_of_form: words})


@when("a program writes to support")
def program_writes(stage: Stage) -> None:
    """Fills in every line there is, also the one that people don't see."""
    _write(stage, website="https://spam.example")


@then("it is thanked like anybody else")
def thanked(stage: Stage) -> None:
    """The answer differs in nothing from one to a person."""
    program = stage.told
    _write(stage)
    same("What the answers hold", sorted(stage.told), sorted(program))
    stage.notes["leads of others"] = 1


@then("they are told that it will be seen to")
def will_be_seen_to(stage: Stage) -> None:
    """The message is kept, and not yet handed over."""
    same("How the message stands", "in_progress", stage.told["state"])


@then("they are asked to correct the {line_of_form}: {words}")
@then("{actor} is asked to correct the {line_of_form}: {words}")
def asked_to_correct_line(stage: Stage, line_of_form: str, words: str, actor: str = "") -> None:
    """The one line that is wrong, and what is said of it."""
    got = [(fault["field"], fault["message"]) for fault in stage.refusal.problem["errors"]]
    same("What is to be corrected", [(line_of_form, words)], got)


@then("Salesforce holds {number} lead(s)")
def holds_leads(stage: Stage, number: int) -> None:
    """Messages of people without an account."""
    leads = stage.backstage.records("lead")
    same("Leads in Salesforce", number, len(leads) - stage.notes.get("leads of others", 0))


@then("Salesforce holds {number} lead(s), showing")
def holds_leads_showing(stage: Stage, number: int, datatable: list[list[str]]) -> None:
    """Who wrote, how to reach them, and what about."""
    leads = stage.backstage.records("lead")
    same("Leads in Salesforce", number, len(leads))
    for wanted, lead in zip(table(datatable), leads, strict=True):
        about, _, rest = lead["description"].partition("\n\n")
        got = {
            "first name": lead["first_name"],
            "last name": lead["last_name"],
            "email": lead["email"],
            "phone": lead["phone"],
            "about": about,
            "message": rest.splitlines()[0],
            "source": lead["lead_source"],
        }
        same("The lead in Salesforce", wanted, {name: got[name] for name in wanted})


@then("Salesforce holds no account")
def holds_no_account(stage: Stage) -> None:
    """Writing makes nobody a customer."""
    same("Accounts in Salesforce", [], stage.backstage.records("account"))


# --- a customer's own cases ------------------------------------------------------------------------------------------
@given("{actor} has asked support about {words}, writing {words}")
@when("{actor} asks support about {words}, writing {words}")
def asks_support(stage: Stage, actor: str, words: str, words2: str) -> None:
    """Opens a case with a subject and a message."""
    with stage.asking():
        stage.told = stage.customer(actor).post("/support/cases", {"subject": words, "message": words2})
    stage.settle()


@when("{actor} adds to {owner} case {words}")
def adds_to_case(stage: Stage, actor: str, owner: str, words: str) -> None:
    """Writes a remark on the customer's own case."""
    customer, case = stage.customer(actor), _case(stage, owner)
    customer.post(f"/support/cases/{case}/comments", {"text": words})


@when("{actor} reads {owner} case")
def reads_case(stage: Stage, actor: str, owner: str) -> None:
    """Tries to open a case by its id."""
    reader = stage.name(actor)
    _try_to_read(stage, reader, _case(stage, owner))


@when("{actor} reads the case of {owner} availability check")
def reads_check(stage: Stage, actor: str, owner: str) -> None:
    """Tries to open the case that staff work from."""
    reader = stage.name(actor)
    _try_to_read(stage, reader, _check(stage, owner))


@when("{actor} comments on {owner} case")
def comments_on_case(stage: Stage, actor: str, owner: str) -> None:
    """Tries to write on a case by its id."""
    writer = stage.name(actor)
    _try_to_comment(stage, writer, _case(stage, owner))


@when("{actor} comments on the case of {owner} availability check")
def comments_on_check(stage: Stage, actor: str, owner: str) -> None:
    """Tries to write on the case that staff work from."""
    writer = stage.name(actor)
    _try_to_comment(stage, writer, _check(stage, owner))


@then("{actor} has no support cases")
def has_no_cases(stage: Stage, actor: str) -> None:
    """The customer's list is empty."""
    same("The customer's cases", [], [case["subject"] for case in _cases(stage, actor)])


@then("{owner} support cases are {words}")
def cases_are(stage: Stage, owner: str, words: str) -> None:
    """The subjects in the customer's list, from the top."""
    same("The customer's cases", words, ", ".join(case["subject"] for case in _cases(stage, owner)))


@then("{actor} sees {owner} case as {status}")
def sees_case(stage: Stage, actor: str, owner: str, status: str) -> None:
    """How far staff are with it."""
    same("The status of the case", status, _detail(stage, actor)["status"])


@then("{actor} reads on {owner} case")
def reads_on_case(stage: Stage, actor: str, owner: str, datatable: list[list[str]]) -> None:
    """Who wrote what on the case, in order."""
    name = stage.name(actor)
    got = [(name if said["fromCustomer"] else "staff", said["text"]) for said in _detail(stage, actor)["comments"]]
    same("What was written on the case", [(row["who"], row["what"]) for row in table(datatable)], got)


@then("{actor} reads nothing on {owner} case")
def reads_nothing(stage: Stage, actor: str, owner: str) -> None:
    """Nobody has written anything for the customer."""
    same("What was written on the case", [], _detail(stage, actor)["comments"])


# --- staff and Salesforce --------------------------------------------------------------------------------------------
@when("staff answer on {owner} case {words}")
def staff_answer(stage: Stage, owner: str, words: str) -> None:
    """Writes a remark that the customer reads."""
    stage.backstage.salesforce.add_case_comment(case=_case(stage, owner), text=words)


@when("staff remark inside {owner} case {words}")
def staff_remark(stage: Stage, owner: str, words: str) -> None:
    """Writes a remark for colleagues."""
    stage.backstage.salesforce.add_case_comment(case=_case(stage, owner), text=words, public=False)


@when("staff take up {owner} case")
def staff_take_up(stage: Stage, owner: str) -> None:
    """Begins to work on it."""
    stage.backstage.salesforce.work_on_case(case=_case(stage, owner))


@when("staff close {owner} case")
def staff_close(stage: Stage, owner: str) -> None:
    """Is done with it."""
    stage.backstage.salesforce.close_case(case=_case(stage, owner))


@then("Salesforce holds {number} remark(s) on the case")
def holds_remarks(stage: Stage, number: int) -> None:
    """Everything written on cases, by anybody."""
    same("Remarks in Salesforce", number, len(stage.backstage.records("case_comment")))


# --- inside ----------------------------------------------------------------------------------------------------------
def _write(stage: Stage, **changes: str) -> None:
    with stage.asking():
        stage.told = stage.portal.write(**MESSAGE | changes)
    stage.settle()


def _cases(stage: Stage, said: str) -> list[dict[str, Any]]:
    return list(stage.customer(said).all("/support/cases"))


def _detail(stage: Stage, said: str) -> dict[str, Any]:
    (case,) = _cases(stage, said)
    found: dict[str, Any] = stage.customer(said).get(f"/support/cases/{case['id']}")
    return found


def _case(stage: Stage, owner: str) -> str:
    account = stage.account(owner)["id"]
    asked = [row for row in stage.backstage.records("case", account=account) if row["subject"] != CHECK]
    assert asked, "nothing was asked of support"
    return str(asked[-1]["id"])


def _check(stage: Stage, owner: str) -> str:
    (check,) = stage.backstage.records("case", account=stage.account(owner)["id"], subject=CHECK)
    return str(check["id"])


def _try_to_read(stage: Stage, reader: str, case: str) -> None:
    with stage.asking():
        stage.told = stage.customer(reader).get(f"/support/cases/{case}")


def _try_to_comment(stage: Stage, writer: str, case: str) -> None:
    with stage.asking():
        stage.told = stage.customer(writer).post(f"/support/cases/{case}/comments", {"text": "May I?"})

"""The contact form and the customer's cases over HTTP (SUP-1, SUP-2)."""

from pathlib import Path

import pytest

from core.domain.limits import LIMITS
from ports.store import Flag
from tests.http.account_portal import Portal, a_portal

FORM = {
    "email": "kai@example.com",
    "name": "Kai Tanaka",
    "subject": "Moving",
    "message": "Can I take my number with me?",
}
QUESTION = {"subject": "Slow line", "message": "The line is slow since Monday."}


def test_a_message_becomes_one_lead(portal: Portal) -> None:
    first, again = (portal.post("/support/contact", FORM, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, list(first.json())) == (201, ["requestId"])
    assert again.json() == first.json()
    assert portal.made("lead") == 1


def test_a_form_a_program_filled_in_looks_taken(portal: Portal) -> None:
    spam = portal.post("/support/contact", {**FORM, "website": "https://spam.example"})
    real = portal.post("/support/contact", FORM)
    assert (spam.status_code, len(spam.content), set(spam.headers)) == (201, len(real.content), set(real.headers))
    assert portal.made("lead") == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"message": "too short"}, 422, "message"),
        ({"email": "kai"}, 422, "email"),
        ({"name": " "}, 422, "name"),
        ({"subject": "x" * 201}, 422, "subject"),
        ({"subject": "x" * 401}, 400, "subject"),
        ({"to": "everybody@example.com"}, 400, "to"),
    ],
)
def test_what_is_wrong_with_a_form_is_named(shared: Portal, change: dict[str, str], status: int, field: str) -> None:
    answer = shared.post("/support/contact", {**FORM, **change})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (status, [field])
    assert shared.made("lead") == 0


def test_a_hidden_form_is_not_there(portal: Portal) -> None:
    async def hide() -> None:
        async with portal.running.container.store().begin() as shelves:
            await shelves.flags.set(Flag("public_support", 0))

    portal.now(hide)
    assert portal.post("/support/contact", FORM).status_code == 404


def test_messages_are_limited_per_address(tmp_path: Path, migrated_file: Path) -> None:
    with a_portal(tmp_path, migrated_file, limits=dict(LIMITS)) as portal:
        answers = [portal.post("/support/contact", FORM) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 600


def test_a_message_repeated_under_its_key_is_not_counted(tmp_path: Path, migrated_file: Path) -> None:
    with a_portal(tmp_path, migrated_file, limits=dict(LIMITS)) as portal:
        for key in ("one", "two", "three"):
            for _ in range(3 if key != "three" else 1):
                assert portal.post("/support/contact", FORM, **{"Idempotency-Key": key}).status_code == 201
        assert portal.post("/support/contact", FORM, **{"Idempotency-Key": "four"}).status_code == 429
        assert portal.made("lead") == 3


def test_a_question_is_opened_commented_and_read(portal: Portal) -> None:
    mina = portal.customer()
    opened = mina.post("/support/cases", QUESTION)
    assert opened.status_code == 201
    case = opened.json()
    assert opened.headers["location"] == f"/api/support/cases/{case['id']}"
    assert (case["status"], case["message"], case["comments"]) == ("new", QUESTION["message"], [])
    commented = mina.post(f"/support/cases/{case['id']}/comments", {"text": "It is fine again."})
    assert commented.status_code == 201
    read = mina.get(f"/support/cases/{case['id']}").json()
    assert {**read, "readAt": None} == {**commented.json(), "readAt": None}
    assert [(c["text"], c["fromCustomer"]) for c in read["comments"]] == [("It is fine again.", True)]


def test_the_same_key_opens_one_case(portal: Portal) -> None:
    mina = portal.customer()
    first, again = (mina.post("/support/cases", QUESTION, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == again.json()
    assert portal.made("case") == 1


def test_a_case_that_takes_longer_is_kept(portal: Portal) -> None:
    mina = portal.customer()
    portal.world.faults.switch("salesforce", "ensure_case", "timeout_after")
    waiting = mina.post("/support/cases", QUESTION)
    assert (waiting.status_code, waiting.json()["state"]) == (202, "in_progress")
    portal.world.faults.clear()
    portal.settle()
    assert [case["subject"] for case in mina.get("/support/cases").json()["items"]] == ["Slow line"]
    assert portal.made("case") == 1


def test_the_list_is_paged_newest_first(portal: Portal) -> None:
    mina = portal.customer()
    ids = [mina.post("/support/cases", {**QUESTION, "subject": f"No. {n}"}).json()["id"] for n in range(5)]
    first = mina.get("/support/cases", limit=3).json()
    second = mina.get("/support/cases", limit=3, cursor=first["nextCursor"]).json()
    assert [case["id"] for case in first["items"] + second["items"]] == ids[::-1]
    assert second["nextCursor"] is None
    made_up = mina.get("/support/cases", cursor="A" * 20)
    assert (made_up.status_code, made_up.json()["errors"][0]["code"]) == (400, "bad_cursor")


def test_cases_of_others_are_not_there(portal: Portal) -> None:
    mina, kai = portal.customer(), portal.customer(email="kai@example.com")
    theirs = kai.post("/support/cases", QUESTION).json()["id"]
    assert mina.get("/support/cases").json()["items"] == []
    for id in (theirs, theirs[:15], "500000000000000AAA", "nonsense", "%00", "..%2f"):
        read = mina.get(f"/support/cases/{id}")
        assert (read.status_code, read.json()["code"]) == (404, "not_found")
        comment = mina.post(f"/support/cases/{id}/comments", {"text": "May I?"})
        assert comment.status_code == 404
    assert portal.made("case comment") == 0

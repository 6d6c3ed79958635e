"""Every error is a problem document, in the caller's language, without a word of what went wrong inside."""

import pytest
from litestar.testing import TestClient

from adapters.http.problems import MEDIA_TYPE
from tests.http.foundation.demo import Demo

JAPANESE = {"Accept-Language": "ja"}


def test_a_problem_names_itself(http: TestClient) -> None:
    answer = http.get("/api/faults/late", headers={"X-Correlation-Id": "from-the-caller-1"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "http://127.0.0.1:8000/problems/too_late",
        "title": "Too late",
        "status": 409,
        "detail": "This was possible until .",
        "instance": "/api/faults/late",
        "code": "too_late",
        "correlationId": "from-the-caller-1",
    }


def test_the_type_of_a_problem_leads_to_its_words(http: TestClient) -> None:
    problem = http.get("/api/faults/invalid", headers=JAPANESE).json()
    page = http.get(problem["type"].removeprefix("http://127.0.0.1:8000"), headers=JAPANESE)
    assert page.json() == {"code": "invalid", "title": problem["title"], "detail": problem["detail"]}
    assert http.get("/problems/no_such_code").status_code == 404


def test_a_fault_of_a_field_is_told_with_its_data(http: TestClient) -> None:
    answer = http.get("/api/faults/invalid")
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("name", "too_long"),
        ("watts", "required"),
    ]


def test_every_closed_gate_is_told_with_its_way_on(http: TestClient) -> None:
    answer = http.get("/api/faults/gates", headers=JAPANESE)
    assert answer.status_code == 409
    upload, review = answer.json()["gates"]
    assert upload == {
        "service": 1,
        "code": "id_not_verified",
        "message": "本人確認が完了していません。",
        "action": {"label": "在留カードを送る", "url": "http://127.0.0.1:8000/account/settings#id"},
    }
    assert "service" not in review, "the price is the whole cart's"


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("ja", "ja"),
        ("ja-JP,en;q=0.5", "ja"),
        ("en;q=0.3, ja;q=0.9", "ja"),
        ("fr, ja;q=0.2", "ja"),
        ("en,ja", "en"),
        ("ja;q=0", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        ("ja;q=9;;,,;=,\x00", "en"),
        ("ja" * 5000, "en"),
    ],
)
def test_words_are_in_the_caller_s_language(http: TestClient, accepts: str, language: str) -> None:
    answer = http.get("/api/faults/soon", headers={"Accept-Language": accepts})
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.json()["detail"].endswith("2026-03-01." if language == "en" else "お申し込みいただけます。")


def test_a_system_that_does_not_answer_is_503_and_says_when_to_ask_again(http: TestClient) -> None:
    answer = http.get("/api/faults/away")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "8"
    assert "Mina" not in answer.text


def test_what_no_use_case_foresaw_is_503_and_told_to_staff(http: TestClient, demo: Demo) -> None:
    answer = http.get("/api/faults/rejected")
    assert (answer.status_code, answer.json()["code"]) == (503, "upstream_refused")
    assert demo.notes.refused == ["FIELD_CUSTOM_VALIDATION"]
    assert "Mina" not in answer.text


def test_a_bug_is_a_500_that_says_nothing_and_is_told_to_the_lookout(http: TestClient, demo: Demo) -> None:
    answer = http.get("/api/faults/bug", headers={"X-Correlation-Id": "from-the-caller-2"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "Mina" not in answer.text
    assert [(type(error), route, id) for error, route, id in demo.notes.crashes] == [
        (KeyError, "/api/faults/{kind}", "from-the-caller-2")
    ]


def test_a_fault_without_words_is_still_no_500(http: TestClient) -> None:
    answer = http.get("/api/faults/odd")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "no_such_code"

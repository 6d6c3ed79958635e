"""Signing up over HTTP: neutral, strict, once (ACC-1 to ACC-6, ACC-8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.limits import LIMITS, Limit, Limited
from tests.http.account_portal import DETAILS, PASSWORD, Customer, Portal, a_portal
from tests.portal import OPEN_DOORS


def test_a_code_makes_a_customer_who_is_logged_in(portal: Portal) -> None:
    done = portal.sign_up()
    assert done.status_code == 201
    assert done.headers["cache-control"] == "no-store"
    tokens = done.json()
    assert tokens["customerNumber"] == "P1000001"
    me = Customer(portal, tokens).get("/me").json()
    assert (me["customerNumber"], me["firstName"], me["birthDate"]) == ("P1000001", "Mina", "1994-05-06")
    assert me["address"]["postcode"] == "110-0001"


def test_the_link_is_as_good(portal: Portal) -> None:
    portal.post("/auth/signup", DETAILS)
    link = portal.mails("mina@example.com")[0].values["link"]
    assert link.startswith("http://127.0.0.1:8000/")
    done = portal.post("/auth/signup/complete", {"token": link.partition("#token=")[2]}, host="evil.example")
    assert done.status_code == 201


def test_known_and_unknown_addresses_are_answered_alike(portal: Portal) -> None:
    portal.sign_up()
    portal.settle()
    calls = dict(portal.world.calls)
    known = portal.post("/auth/signup", {**DETAILS, "email": " MINA@example.com "})
    unknown = portal.post("/auth/signup", {**DETAILS, "email": "stranger@example.com"})
    assert (known.status_code, list(known.json())) == (unknown.status_code, list(unknown.json())) == (202, ["signupId"])
    assert len(known.content) == len(unknown.content)
    assert set(known.headers) == set(unknown.headers)
    assert portal.mails("mina@example.com")[0].letter == "already_customer"
    assert portal.mails("stranger@example.com")[0].letter == "sign_up_code"
    asked = {call for call, count in portal.world.calls.items() if count != calls.get(call, 0)}
    assert asked - {("stream", "after")} == {("mail", "send")}


@pytest.mark.parametrize("number", ["P0000001", "P9999999", "p1000002"])
def test_customer_numbers_are_answered_alike(shared: Portal, number: str) -> None:
    email = f"{number}@example.com"
    answer = shared.post("/auth/signup", {**DETAILS, "email": email, "customerNumber": number})
    assert (answer.status_code, list(answer.json())) == (202, ["signupId"])
    assert [mail.letter for mail in shared.mails(email)][:1] == ["link_impossible"]


def test_every_wrong_field_is_named_and_nothing_is_left_behind(portal: Portal) -> None:
    wrong = {
        **DETAILS,
        "email": "mina@",
        "password": "123456789012",
        "birthDate": "2099-01-01",
        "termsVersion": "1999",
        "customerNumber": "12",
        "phone": {"countryCode": "0", "number": "x"},
        "address": {"postcode": "1", "prefecture": "Nowhere", "city": "", "town": ""},
    }
    answer = portal.post("/auth/signup", wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert {error["field"] for error in answer.json()["errors"]} == {
        "email",
        "password",
        "birthDate",
        "termsVersion",
        "customerNumber",
        "phone.countryCode",
        "phone.number",
        "address.postcode",
        "address.prefecture",
        "address.city",
        "address.town",
    }
    assert portal.mails() == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"isAdmin": True}, "unknown_field"),
        ({"email": None}, "wrong_type"),
        ({"birthDate": "yesterday"}, "not_a_date"),
        ({"gender": "x"}, "not_one_of"),
        ({"firstName": "a\u0000b"}, "bad_characters"),
        ({"language": "fr"}, "not_one_of"),
    ],
)
def test_a_body_of_another_shape_is_refused(shared: Portal, change: dict[str, object], code: str) -> None:
    answer = shared.post("/auth/signup", {**DETAILS, **change})
    assert (answer.status_code, [error["code"] for error in answer.json()["errors"]]) == (400, [code])


def test_a_wrong_code_says_only_that(portal: Portal) -> None:
    started = portal.post("/auth/signup", DETAILS).json()
    code = portal.mails("mina@example.com")[0].values["code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for body in ({**started, "code": wrong}, {"signupId": "x" * 32, "code": code}, {"token": "x" * 43}):
        answer = portal.post("/auth/signup/complete", body)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_spent")
    for body in ({}, {"code": code}, started):
        answer = portal.post("/auth/signup/complete", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert portal.made("account") == 0


def test_a_code_that_is_mailed_again_voids_the_first(portal: Portal) -> None:
    started = portal.post("/auth/signup", DETAILS).json()
    first = portal.mails("mina@example.com")[0].values["code"]
    again = portal.post("/auth/resend-verification", started)
    unknown = portal.post("/auth/resend-verification", {"signupId": "x" * 32})
    assert again.status_code == unknown.status_code == 202
    mails = portal.mails("mina@example.com")
    assert len(mails) == 2
    if mails[0].values["code"] != first:
        assert portal.post("/auth/signup/complete", {**started, "code": first}).status_code == 401
    assert portal.post("/auth/signup/complete", {**started, "code": mails[0].values["code"]}).status_code == 201


def test_twenty_completions_at_once_make_one_customer(portal: Portal) -> None:
    started = portal.post("/auth/signup", DETAILS).json()
    body = {**started, "code": portal.mails("mina@example.com")[0].values["code"]}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: portal.post("/auth/signup/complete", body), range(20)))
    assert {answer.status_code for answer in answers} <= {201, 202}
    assert {answer.json()["customerNumber"] for answer in answers if answer.status_code == 201} == {"P1000001"}
    portal.settle()
    assert portal.made("account") == portal.made("contact") == portal.made("client") == 1


def test_while_it_runs_the_customer_gets_a_request_to_look_at(portal: Portal) -> None:
    started = portal.post("/auth/signup", DETAILS).json()
    body = {**started, "code": portal.mails("mina@example.com")[0].values["code"]}
    portal.world.faults.switch("whmcs", "ensure_client", "unavailable")
    waiting = portal.post("/auth/signup/complete", body)
    assert (waiting.status_code, waiting.json()["state"]) == (202, "in_progress")
    assert waiting.headers["location"] == waiting.json()["links"]["self"]
    portal.world.faults.clear()
    portal.settle()
    assert portal.post("/auth/signup/complete", body).status_code == 201
    assert portal.made("account") == 1


def test_an_address_that_became_a_customer_meanwhile_is_told_so(portal: Portal) -> None:
    first, second = (portal.post("/auth/signup", DETAILS).json() for _ in range(2))
    codes = [mail.values["code"] for mail in portal.mails("mina@example.com")]
    by_code = {}
    for started in (first, second):
        for code in codes:
            answer = portal.post("/auth/signup/complete", {**started, "code": code})
            if answer.status_code != 401:
                by_code[started["signupId"]] = answer
    assert [answer.status_code for answer in by_code.values()] == [201, 409]
    assert by_code[second["signupId"]].json()["code"] == "already_customer"


def test_the_same_key_starts_one_sign_up(portal: Portal) -> None:
    first, second = (portal.post("/auth/signup", DETAILS, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.json() == second.json()
    assert len(portal.mails("mina@example.com")) == 1
    other = portal.post("/auth/signup", {**DETAILS, "firstName": "Nina"}, **{"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("path", "body", "limit"),
    [
        ("/auth/signup", DETAILS, Limited.SIGN_UP_OVERALL),
        ("/auth/resend-verification", {"signupId": "x" * 32}, Limited.SIGN_UP_OVERALL),
        ("/auth/request-password-reset", {"email": "mina@example.com"}, Limited.PASSWORD_RESET_OVERALL),
        ("/auth/reset-password", {"token": "x" * 43, "password": PASSWORD}, Limited.PASSWORD_RESET_OVERALL),
    ],
)
def test_everybody_together_is_limited_too(
    tmp_path: Path, migrated_file: Path, path: str, body: dict[str, object], limit: Limited
) -> None:
    few = {**OPEN_DOORS, limit: Limit(3, timedelta(minutes=1))}
    with a_portal(tmp_path, migrated_file, limits=few, trusted_proxies=("127.0.0.1",)) as portal:
        answers = [portal.post(path, body, **{"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(4)]
        assert [answer.status_code == 429 for answer in answers] == [False] * 3 + [True]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60


def test_sign_ups_are_limited_per_address(tmp_path: Path, migrated_file: Path) -> None:
    with a_portal(tmp_path, migrated_file, limits=dict(LIMITS)) as portal:
        answers = [portal.post("/auth/signup", {**DETAILS, "email": f"m{n}@example.com"}) for n in range(6)]
        assert [answer.status_code for answer in answers] == [202] * 5 + [429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60

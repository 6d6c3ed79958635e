"""Logging in: who asks once for all, what passes and what an operator must put right."""

import asyncio
import time
from typing import Any

import httpx
import jwt
import msgspec
import pytest

from adapters.salesforce.auth import Token
from adapters.salesforce.faults import AuthError
from adapters.salesforce.settings import Flow, SalesforceSettings
from ports.errors import Unavailable
from tests.salesforce.org import (
    EXPIRED,
    HASTE,
    LOGIN,
    SECRET,
    Asked,
    Clock,
    Org,
    Told,
    by_secret,
    client_of,
    error,
    granted,
    keys,
    rows,
    settings,
)


def refused(code: str, sentence: str = "", status: int = 400) -> Told:
    return Told(status, {"error": code, "error_description": sentence})


def after(*answers: Told) -> Any:
    """Those answers in turn to log-ins, and none of them twice."""
    left = list(answers)
    return lambda _: left.pop(0)


async def test_an_assertion_says_who_asks_whom_and_not_for_long() -> None:
    org = Org(rest=lambda _: rows())
    async with client_of(org, settings()) as client:
        await client.query("SELECT Id FROM Account")
    form = org.logins[0].form
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert form.keys() == {"grant_type", "assertion"}
    claims = jwt.decode(form["assertion"], keys()[1], algorithms=["RS256"], audience=LOGIN)
    assert claims.keys() == {"iss", "sub", "aud", "exp"}
    assert (claims["iss"], claims["sub"]) == ("consumer-key", "portal@example.com")
    assert 60 < claims["exp"] - time.time() <= 180


async def test_client_credentials_are_in_the_form() -> None:
    org = Org(rest=lambda _: rows())
    async with client_of(org) as client:
        await client.query("SELECT Id FROM Account")
    told = {"grant_type": "client_credentials", "client_id": "consumer-key", "client_secret": SECRET}
    assert org.logins[0].form == told


async def test_a_key_may_be_a_file(tmp_path: Any) -> None:
    (tmp_path / "key.pem").write_text(keys()[0])
    org = Org(rest=lambda _: rows())
    async with client_of(org, settings(private_key=str(tmp_path / "key.pem"))) as client:
        await client.query("SELECT Id FROM Account")
    assert len(org.logins) == 1


@pytest.mark.parametrize("key", ["no key", "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----"])
async def test_a_key_that_is_none_is_told_without_being_quoted(key: str) -> None:
    async with client_of(Org(), settings(private_key=key)) as client:
        with pytest.raises(AuthError) as raised:
            await client.limits()
    assert raised.value.code == "invalid_key"
    assert key not in str(raised.value)


async def test_fifty_who_find_the_token_expired_log_in_once() -> None:
    org = Org()

    async def answer(asked: Asked) -> Told:
        await asyncio.sleep(0.005)
        return rows({"Id": "1"})

    async def slowly(asked: Asked) -> Told:
        await asyncio.sleep(0.02)
        return granted(org)

    org.rest, org.login = answer, slowly
    async with client_of(org) as client:
        await client.query("SELECT Id FROM Account")
        org.expired.add(org.token)
        found = await asyncio.gather(*(client.query("SELECT Id FROM Account") for _ in range(50)))
    assert found == [[{"Id": "1"}]] * 50
    assert len(org.logins) == 2


async def test_who_comes_late_with_an_old_token_takes_the_new_one() -> None:
    org = Org(rest=lambda _: rows())
    async with client_of(org) as client:
        old = await client.sign_in.token()
        new = await client.sign_in.renew(old)
        assert await client.sign_in.renew(old) is new
    assert len(org.logins) == 2


async def test_the_same_token_given_twice_is_a_new_one_all_the_same() -> None:
    org = Org(script=[EXPIRED, rows({"Id": "1"})])
    org.login = lambda _: Told(200, {"access_token": "00D1!same", "instance_url": org.instance})
    async with client_of(org) as client:
        assert await client.query("SELECT Id FROM Account") == [{"Id": "1"}]
    assert len(org.logins) == 2


async def test_calls_go_on_while_others_log_in() -> None:
    org, going_on = Org(), asyncio.Event()

    async def waiting(asked: Asked) -> Told:
        await going_on.wait()
        return granted(org)

    def answer(asked: Asked) -> Told:
        return EXPIRED if "Lead" in asked.soql and len(org.logins) == 1 else rows()

    org.rest = answer
    async with client_of(org) as client:
        await client.query("SELECT Id FROM Account")
        org.login = waiting
        held = asyncio.create_task(client.query("SELECT Id FROM Lead"))
        await asyncio.sleep(0.01)
        assert await client.query("SELECT Id FROM Account") == []
        assert not held.done()
        going_on.set()
        assert await held == []


async def test_one_who_gives_up_leaves_the_log_in_to_the_others() -> None:
    org, going_on = Org(rest=lambda _: rows()), asyncio.Event()

    async def waiting(asked: Asked) -> Told:
        await going_on.wait()
        return granted(org)

    org.login = waiting
    async with client_of(org) as client:
        first = asyncio.create_task(client.query("SELECT Id FROM Account"))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(client.query("SELECT Id FROM Account"))
        await asyncio.sleep(0.01)
        first.cancel()
        going_on.set()
        assert await second == []
    assert len(org.logins) == 1


async def test_the_new_token_is_used_where_it_says() -> None:
    org = Org(script=[EXPIRED, rows()])
    async with client_of(org) as client:
        await client.sign_in.token()
        org.instance = "https://moved.example"
        await client.query("SELECT Id FROM Account")
    assert [asked.host for asked in org.asked] == ["org.example", "moved.example"]
    assert {asked.headers["sforce-call-options"] for asked in org.asked} == {"client=genkan"}


async def test_a_write_is_sent_again_whole_after_a_log_in() -> None:
    org = Org(script=[EXPIRED, Told(201, {"id": "001000000000001AAA", "success": True, "errors": []})])
    async with client_of(org) as client:
        await client.create("Account", {"Name": "本田"}, keyed=False)
    first, second = org.asked
    assert first.body == second.body
    assert first.headers["authorization"] != second.headers["authorization"]
    assert {k: v for k, v in first.headers.items() if k != "authorization"} == {
        k: v for k, v in second.headers.items() if k != "authorization"
    }


async def test_a_new_token_that_is_refused_ends_it() -> None:
    org = Org(rest=lambda _: EXPIRED)
    async with client_of(org) as client:
        with pytest.raises(AuthError) as raised:
            await client.create("Account", {"Name": "A"}, keyed=True)
        assert (raised.value.code, raised.value.outcome_unknown) == ("INVALID_SESSION_ID", False)
        assert (len(org.asked), len(org.logins)) == (2, 2)
        # and the next one does not log in again at once
        with pytest.raises(AuthError):
            await client.query("SELECT Id FROM Account")
        assert len(org.logins) == 2
        await asyncio.sleep(HASTE.rest)
        org.rest = lambda _: EXPIRED if len(org.logins) < 3 else rows()
        assert await client.query("SELECT Id FROM Account") == []


async def test_another_401_is_no_matter_of_the_token() -> None:
    org = Org(script=[error("INVALID_AUTH_HEADER", 401)])
    async with client_of(org) as client:
        with pytest.raises(Unavailable, match="INVALID_AUTH_HEADER"):
            await client.query("SELECT Id FROM Account")
    assert len(org.logins) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused("invalid_grant", "user hasn't approved this consumer"), "has not approved the app"),
        (refused("invalid_grant", "Audience validation failed"), "another host"),
        (refused("invalid_grant", "audience is invalid"), "another host"),
        (refused("invalid_grant", "no client credentials user enabled"), "no user to run as"),
        (refused("invalid_client_id", "client identifier invalid"), "no app has this client_id"),
        (refused("invalid_client", "invalid client credentials", 401), "client_secret is wrong"),
        (refused("inactive_user"), "not active"),
        (Told(400, "<html>"), "no host to log in to"),
        (Told(404, None), "no host to log in to"),
        (Told(302, None, {"location": "https://elsewhere.example"}), "no host to log in to"),
        (Told(400, [1, 2]), "no host to log in to"),
        (Told(400, {"error": {"a": 1}, "error_description": 3}), "no host to log in to"),
    ],
)
async def test_what_an_operator_must_put_right_is_told_once(answer: Told, said: str) -> None:
    org = Org(login=lambda _: answer)
    async with client_of(org) as client:
        with pytest.raises(AuthError, match=said) as raised:
            await client.query("SELECT Id FROM Account")
        assert not raised.value.outcome_unknown
        with pytest.raises(AuthError, match=said):
            await client.query("SELECT Id FROM Account")
    assert len(org.logins) == 1


async def test_a_token_is_sent_to_no_instance_in_the_clear() -> None:
    org = Org(instance="http://org.example")
    async with client_of(org) as client:
        with pytest.raises(AuthError, match="without encryption"):
            await client.limits()
    assert org.asked == []


async def test_an_assertion_is_signed_anew_by_the_clock_of_the_other_side() -> None:
    clock, org = Clock(), Org(rest=lambda _: rows())
    clock.ahead = -600

    def strict(asked: Asked) -> Told:
        try:
            jwt.decode(asked.form["assertion"], keys()[1], algorithms=["RS256"], audience=LOGIN)
        except jwt.ExpiredSignatureError:
            date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
            return Told(400, refused("invalid_grant", "assertion is expired").body, {"date": date})
        return granted(org)

    org.login = strict
    async with client_of(org, settings(), clock) as client:
        token = await client.sign_in.token()
        assert len(org.logins) == 2
        await client.sign_in.renew(token)
    assert len(org.logins) == 3


async def test_it_is_signed_anew_once() -> None:
    org = Org(login=lambda _: refused("invalid_grant", "invalid assertion"))
    async with client_of(org, settings()) as client:
        with pytest.raises(AuthError, match="the assertion is refused"):
            await client.limits()
    assert len(org.logins) == 2


@pytest.mark.parametrize(
    "passing",
    [
        Told(503, "<html>"),
        refused("server_error", status=500),
        refused("rate_limit_exceeded"),
        Told(exception=httpx.ReadTimeout("slow")),
        Told(200, {"surprise": 1}),
        Told(200, "<html>"),
    ],
)
async def test_what_passes_is_waited_for(passing: Told) -> None:
    org = Org(rest=lambda _: rows())
    answers = [passing, passing]
    org.login = lambda _: answers.pop() if answers else granted(org)
    async with client_of(org) as client:
        assert await client.query("SELECT Id FROM Account") == []
    assert len(org.logins) == 3


async def test_what_does_not_pass_leaves_nothing_written() -> None:
    org = Org(login=lambda _: Told(503, "<html>"))
    async with client_of(org) as client:
        with pytest.raises(Unavailable) as raised:
            await client.create("Account", {}, keyed=False)
    assert not isinstance(raised.value, AuthError)
    assert not raised.value.outcome_unknown
    assert len(org.logins) == HASTE.attempts


async def test_a_log_in_that_hangs_ends_with_the_deadline() -> None:
    patience = msgspec.structs.replace(HASTE, deadline=0.05)
    org = Org(login=lambda _: Told(delay=5))
    async with client_of(org, by_secret(patience=patience)) as client:
        with pytest.raises(Unavailable) as raised:
            await client.create("Account", {}, keyed=False)
    assert not raised.value.outcome_unknown


def test_secrets_do_not_show() -> None:
    shown = (
        repr(by_secret()) + str(by_secret()) + repr(Token(access="a-token", instance_url="u", org="o", generation=1))
    )
    for secret in (SECRET, keys()[0], "a-token", "BEGIN PRIVATE KEY", "portal@example.com"):
        assert secret not in shown
    assert "consumer-key" in shown


def test_settings_are_told_by_a_file() -> None:
    told = """
    login_url = "https://org.my.salesforce.com"
    flow = "client_credentials"
    names = { "account.number" = "Customer_No__c" }
    patience = { deadline = 10.0, attempts = 2 }
    """
    read = msgspec.toml.decode(told, type=SalesforceSettings)
    assert (read.flow, read.names["account.number"]) == (Flow.CLIENT_CREDENTIALS, "Customer_No__c")
    assert (read.patience.deadline, read.patience.connect) == (10, 3)
    with pytest.raises(msgspec.ValidationError):
        msgspec.toml.decode("pasword = 1", type=SalesforceSettings)


async def test_the_org_is_known_by_its_long_id() -> None:
    async with client_of(Org()) as client:
        assert (await client.sign_in.token()).org == "00D000000000001EAA"


def test_settings_say_all_that_is_lacking() -> None:
    nothing = settings(client_id="", username="", private_key="")
    assert len(nothing.faults()) == 3
    assert settings().faults() == []
    assert settings(private_key="nowhere.pem").faults() == [
        "salesforce.private_key is neither a key nor a file that can be read"
    ]
    assert settings(login_url="nowhere").faults() == ["salesforce.login_url is no address"]
    assert len(settings(api_version="v62", client_name="a;b").faults()) == 2
    wrong = by_secret(login_url="https://login.salesforce.com")
    assert wrong.faults() == ["salesforce.login_url must be the org's own domain for client credentials"]

"""Logging in, sessions, and passwords that were forgotten or changed (ACC-7 to ACC-9)."""

from datetime import timedelta
from typing import Any, Final

from core.domain.limits import Limit, Limited
from features.parameters import choice
from features.people import ANOTHER_PASSWORD, NOBODY
from features.sentences import given, then, when
from features.stage import Stage, same
from features.steps.customer_account import answered, token_in
from genkan.client import Customer, NotExpected

FALSE_NAMES: Final = {
    "the host": {"host": "{}"},
    "what a proxy forwarded": {"x-forwarded-host": "{}", "forwarded": "host={}"},
    "the page's origin": {"origin": "https://{}", "referer": "https://{}/"},
}
choice("false_name", FALSE_NAMES, "the host")
WRONG = "not the one that was chosen"
OVER = (401, "not_logged_in")


# --- logging in ------------------------------------------------------------------------------------------------------
@when("{actor} logs in", "{actor}がログインする")
def logs_in(stage: Stage, actor: str, **changes: Any) -> None:
    """With email and password as they are."""
    form = stage.form(actor)
    _log_in(stage, stage.name(actor), {"email": form["email"], "password": form["password"]} | changes)


@when("{actor} logs in with the address {words}")
def logs_in_as(stage: Stage, actor: str, words: str) -> None:
    """Types the address in another way."""
    logs_in(stage, actor, email=words)


@when("{actor} logs in with the password {words}")
def logs_in_with(stage: Stage, actor: str, words: str) -> None:
    """Types a password."""
    logs_in(stage, actor, password=words)


@when("{actor} logs in with all of it but the last character")
def logs_in_short(stage: Stage, actor: str) -> None:
    """Leaves the last character of the password away."""
    logs_in_with(stage, actor, stage.form(actor)["password"][:-1])


@when("{actor} logs in with a wrong password {times}")
def logs_in_wrong(stage: Stage, actor: str, times: int) -> None:
    """Tries so many times."""
    for _ in range(times):
        logs_in(stage, actor, password=WRONG)


@given("{actor} has logged in {number} times")
def has_logged_in(stage: Stage, actor: str, number: int) -> None:
    """So many times within a moment."""
    for _ in range(number):
        logs_in(stage, actor)


@when("somebody logs in with an address nobody has")
def logs_in_unknown(stage: Stage) -> None:
    """A stranger tries."""
    _log_in(stage, "", {"email": NOBODY, "password": WRONG})


@given("{number} wrong log-ins a minute are taken from everybody together")
def few_overall(stage: Stage, number: int) -> None:
    """The other limits are those an operator gets who sets none."""
    stage.set_up(limits={Limited.LOG_IN_FAILURES_OVERALL: Limit(number, timedelta(minutes=1))})


@when("somebody tries {number} addresses nobody has")
def tries_addresses(stage: Stage, number: int) -> None:
    """A stranger tries one after the other."""
    for place in range(number):
        _log_in(stage, "", {"email": f"{place}.{NOBODY}", "password": WRONG})
        same("Why it was refused", "wrong_login", stage.refusal.code)


@then("{actor} is/are asked to wait")
def asked_to_wait(stage: Stage, actor: str) -> None:
    """Too often; when to try again is said."""
    same("The answer's status", 429, stage.refusal.status)
    assert int(stage.refusal.answer.headers["retry-after"]) > 0


@then("{actor} is not refused")
def not_refused(stage: Stage, actor: str) -> None:
    """What was asked last was done."""
    if stage.refused is not None:
        raise stage.refused


# --- sessions --------------------------------------------------------------------------------------------------------
@given("{actor} is logged in on {owner} phone too")
def on_the_phone(stage: Stage, actor: str, owner: str) -> None:
    """A second session."""
    customer = stage.customer(actor)
    stage.notes["phone"] = stage.portal.log_in(customer.email, customer.password)


@when("{actor} refreshes {owner} session")
def refreshes(stage: Stage, actor: str, owner: str) -> None:
    """Changes the refresh token for a new pair."""
    customer = stage.customer(actor)
    stage.notes["used"] = customer.tokens["refreshToken"]
    customer.refresh()


@when("somebody sends {owner} used refresh token again")
def replays(stage: Stage, owner: str) -> None:
    """A stolen token comes back."""
    with stage.asking():
        stage.told = stage.portal.call("POST", "/api/auth/refresh", {"refreshToken": stage.notes["used"]})


@when("{actor} logs out", "{actor}がログアウトする")
def logs_out(stage: Stage, actor: str) -> None:
    """Ends the session."""
    stage.customer(actor).log_out()


@then("{owner} session is good")
def session_is_good(stage: Stage, owner: str) -> None:
    """The access token is taken."""
    same("The session", None, _refusal_of(stage, stage.customer(owner)))


@then("{owner} session is over")
def session_is_over(stage: Stage, owner: str) -> None:
    """The access token is not taken any more."""
    same("The session", OVER, _refusal_of(stage, stage.people[stage.name(owner)]))


@then("the session on {owner} phone is over")
def phone_is_over(stage: Stage, owner: str) -> None:
    """The other session's token is not taken any more."""
    same("The session on the phone", OVER, _refusal_of(stage, stage.notes["phone"]))


@then("{owner} refresh token works no more")
def refresh_is_over(stage: Stage, owner: str) -> None:
    """The latest refresh token is not taken."""
    try:
        stage.people[stage.name(owner)].refresh()
    except NotExpected as refused:
        same("Why the token was refused", "token_spent", refused.code)
    else:
        raise AssertionError("the refresh token still works")


# --- passwords -------------------------------------------------------------------------------------------------------
@when("{actor} changes {owner} password")
def changes_password(stage: Stage, actor: str, owner: str) -> None:
    """Chooses another one, knowing the old."""
    customer = stage.customer(actor)
    customer.post("/auth/change-password", {"currentPassword": customer.password, "newPassword": ANOTHER_PASSWORD})
    customer.password = stage.form(actor)["password"] = ANOTHER_PASSWORD


@when("{actor} asks for a new password")
def asks_for_password(stage: Stage, actor: str) -> None:
    """Has forgotten it."""
    _ask_for_link(stage, stage.form(actor)["email"])


@when("somebody asks for a new password for an address nobody has")
def asks_for_nobody(stage: Stage) -> None:
    """A stranger tries an address."""
    _ask_for_link(stage, NOBODY)


@when("somebody asks for a new password of {owner} with {words} in {false_name}")
def asks_from_elsewhere(stage: Stage, owner: str, words: str, false_name: Any) -> None:
    """A request with another host's name in it."""
    email = stage.form(owner)["email"]
    _ask_for_link(stage, email, {name: value.format(words) for name, value in false_name.items()})
    if stage.refused is not None:
        raise stage.refused


@when("{actor} opens the link and chooses another password")
def resets(stage: Stage, actor: str) -> None:
    """Follows the mailed link."""
    with stage.asking():
        stage.told = stage.portal.call(
            "POST", "/api/auth/reset-password", {"token": token_in(_link(stage, actor)), "password": ANOTHER_PASSWORD}
        )
        stage.form(actor)["password"] = ANOTHER_PASSWORD


@then("the old password works no more")
def old_is_over(stage: Stage) -> None:
    """It is a wrong password now."""
    customer = stage.customer("she")
    try:
        stage.portal.log_in(customer.email, customer.password)
    except NotExpected as refused:
        same("Why the log-in was refused", "wrong_login", refused.code)
    else:
        raise AssertionError("the old password still works")


@then("the link in {owner} mail leads to the portal")
def link_leads_home(stage: Stage, owner: str) -> None:
    """Its host is the one in the settings."""
    link = _link(stage, owner)
    same("The beginning of the link", "http://127.0.0.1:8000/", link[:22])


# --- inside ----------------------------------------------------------------------------------------------------------
def _log_in(stage: Stage, name: str, body: dict[str, Any]) -> None:
    with stage.asking():
        try:
            stage.told = stage.portal.log_in(**body)
            stage.people[name] = stage.told
        finally:
            answered(stage)


def _ask_for_link(stage: Stage, email: str, headers: dict[str, str] | None = None) -> None:
    with stage.asking():
        stage.told = stage.portal.call("POST", "/api/auth/request-password-reset", {"email": email}, headers)
        answered(stage)


def _link(stage: Stage, said: str) -> str:
    return str(stage.backstage.mails(stage.form(said)["email"], "password_reset")[0]["values"]["link"])


def _refusal_of(stage: Stage, customer: Customer) -> tuple[int, str] | None:
    try:
        stage.portal.call("GET", "/api/me", headers=customer.bearer)
    except NotExpected as refused:
        return refused.status, refused.code
    return None

"""How somebody becomes a customer: signing up, proving the address, and what the form says (ACC-1 to ACC-7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final

from features.parameters import choice
from features.people import NOBODY
from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from genkan.client import Portal

FIELDS: Final = {
    "email": "email",
    "first name": "firstName",
    "country code": "phone.countryCode",
    "phone number": "phone.number",
    "postcode": "address.postcode",
    "prefecture": "address.prefecture",
    "birth date": "birthDate",
    "terms": "termsVersion",
    "customer number": "customerNumber",
    "the password": "password",
}
LONG: Final = "a long way home by the river " * 5
WRONG: Final = "000000"

choice("form_field", FIELDS, "phone number")


# --- signing up ------------------------------------------------------------------------------------------------------
@when("{actor} signs up", "{actor} signs up again", "{actor}が登録を申し込む")
def signs_up(stage: Stage, actor: str, **changes: Any) -> None:
    """Sends the form; a code is mailed."""
    form = stage.form(actor) | changes
    with stage.asking():
        stage.told = stage.portal.start_sign_up(**form)
        _answered(stage)
        stage.notes.setdefault("sign-ups", []).append((stage.told, form))


@when("{actor} signs up with the number {words}", "{actor}がお客様番号{words}で登録を申し込む")
def signs_up_with_number(stage: Stage, actor: str, words: str) -> None:
    """Gives the customer number from letters of before."""
    signs_up(stage, actor, customerNumber=words)


@when("{actor} signs up with {form_field} {words}")
def signs_up_with(stage: Stage, actor: str, form_field: str, words: str) -> None:
    """Types something else into one field of the form."""
    form = stage.form(actor)
    outer, _, inner = form_field.partition(".")
    signs_up(stage, actor, **{outer: {**form[outer], inner: words} if inner else words})


@given("{actor} has signed up with the password {words}")
def has_signed_up_with_password(stage: Stage, actor: str, words: str) -> None:
    """Is a customer with that password."""
    stage.form(actor)["password"] = words
    stage.customer(actor)


@given("{actor} has signed up with a password of {number} characters")
def has_signed_up_with_length(stage: Stage, actor: str, number: int) -> None:
    """Is a customer with a password of that length."""
    has_signed_up_with_password(stage, actor, LONG[:number])


@when("{actor} signs up, choosing the password {words}")
def signs_up_with_password(stage: Stage, actor: str, words: str) -> None:
    """Chooses a password."""
    stage.form(actor)["password"] = words
    signs_up(stage, actor)


@when("{actor} signs up with a password of {number} characters")
def signs_up_with_length(stage: Stage, actor: str, number: int) -> None:
    """Chooses a password of that length."""
    signs_up_with_password(stage, actor, LONG[:number])


@when("somebody signs up with {owner} address")
def somebody_signs_up(stage: Stage, owner: str) -> None:
    """A stranger types an address that has an account."""
    signs_up(stage, "Tomás", email=stage.form(owner)["email"])


@when("somebody signs up with the address {words}")
def signs_up_with_address(stage: Stage, words: str) -> None:
    """A stranger types that."""
    signs_up(stage, "Tomás", email=words)


@when("somebody signs up with an address nobody has")
def signs_up_unknown(stage: Stage) -> None:
    """A stranger types an address that is new here."""
    signs_up(stage, "Tomás", email=NOBODY)


@when("{actor}, {actor} and {actor} sign up at the same moment")
def sign_up_at_once(stage: Stage, actor: str, actor2: str, actor3: str) -> None:
    """Three people complete their sign-ups, none waiting for another."""
    names = [stage.name(each) for each in (actor, actor2, actor3)]
    started = {name: stage.portal.start_sign_up(**stage.form(name)) for name in names}
    codes = {name: stage.backstage.mailed_code(stage.form(name)["email"]) for name in names}
    with ThreadPoolExecutor(len(names)) as at_once:
        done = [at_once.submit(_complete, stage.portal, stage.form(n), started[n] | {"code": codes[n]}) for n in names]
        stage.people = {name: each.result() for name, each in zip(names, done, strict=True)}


# --- proving the address ---------------------------------------------------------------------------------------------
@when("{actor} gives the code from {owner} mail", "{actor}がメールのコードを入力する")
def gives_code(stage: Stage, actor: str, owner: str = "") -> None:
    """Types the code that the latest mail holds."""
    name = stage.name(actor)
    _prove(stage, name, {"code": stage.backstage.mailed_code(stage.form(name)["email"])})


@when("{actor} gives the code {words}")
def gives_that_code(stage: Stage, actor: str, words: str) -> None:
    """Types a code."""
    _prove(stage, stage.name(actor), {"code": words})


@when("{actor} gives the code from {owner} mail after {span}")
def gives_code_later(stage: Stage, actor: str, owner: str, span: int) -> None:
    """Lets some time pass first."""
    stage.pass_time(span)
    gives_code(stage, actor)


@when("{actor} gives the code from {owner} mail after five wrong ones")
def gives_code_after_wrong(stage: Stage, actor: str, owner: str) -> None:
    """Guesses five times first."""
    for _ in range(5):
        gives_that_code(stage, actor, WRONG)
    gives_code(stage, actor)


@when("{actor} gives the code from {owner} mail after asking for a new one")
def gives_replaced_code(stage: Stage, actor: str, owner: str) -> None:
    """Asks for another code, and gives the first one."""
    name = stage.name(actor)
    first = stage.backstage.mailed_code(stage.form(name)["email"])
    stage.portal.call("POST", "/api/auth/resend-verification", stage.notes["sign-ups"][-1][0])
    stage.settle()
    _prove(stage, name, {"code": first})


@when("{actor} gives the code from both mails")
def gives_both_codes(stage: Stage, actor: str) -> None:
    """Confirms two sign-ups of one address."""
    name = stage.name(actor)
    mails = stage.backstage.mails(stage.form(name)["email"], "sign_up_code")
    for (started, _), mail in zip(stage.notes["sign-ups"], reversed(mails), strict=True):
        _prove(stage, name, {"code": mail["values"]["code"], **started})
        stage.settle()


@when("{actor} opens the link from {owner} mail")
def opens_link(stage: Stage, actor: str, owner: str) -> None:
    """Follows the link instead of typing the code."""
    name = stage.name(actor)
    link = stage.backstage.mails(stage.form(name)["email"], "sign_up_code")[0]["values"]["link"]
    with stage.asking():
        form = stage.form(name)
        made = stage.portal.complete_sign_up(form["password"], form["email"], {"token": token_in(link)})
        _keep(stage, name, made)


# --- what comes of it ------------------------------------------------------------------------------------------------
@then("{actor} is logged in", "{actor}はログインしている")
def is_logged_in(stage: Stage, actor: str) -> None:
    """Tokens in hand that the portal takes, whatever upstream does."""
    if stage.refused is not None:
        raise stage.refused
    customer = stage.people[stage.name(actor)]
    stage.portal.call("GET", "/api/notifications/unread-count", headers=customer.bearer)


@then("{actor} can log in")
def can_log_in(stage: Stage, actor: str) -> None:
    """Email and password admit."""
    form = stage.form(actor)
    stage.people[stage.name(actor)] = stage.portal.log_in(form["email"], form["password"])


@then("{actor} is told that it is being done")
def being_done(stage: Stage, actor: str) -> None:
    """The answer is that the request is kept, and where to ask how it stands."""
    told = stage.told if isinstance(stage.told, dict) else {}
    same("What was answered", {"requestId", "state", "links"}, set(told))


@then("{owner} sign-up is {status}")
def sign_up_is(stage: Stage, owner: str, status: str) -> None:
    """How the request stands that completing was answered with."""
    request = stage.told["requestId"]
    same("The state of the sign-up", status, stage.portal.call("GET", f"/api/requests/{request}")["state"])


@then("the form says of {form_field}: {words}")
def form_says(stage: Stage, form_field: str, words: str) -> None:
    """What stands beside the field; "nothing" when the form was taken."""
    errors = stage.refused.problem.get("errors", []) if stage.refused else []
    same("What the form says", [] if words == "nothing" else [(form_field, words)], [
        (each["field"], each["message"]) for each in errors
    ])  # fmt: skip


@then("they are refused, since {words}")
def they_are_refused(stage: Stage, words: str) -> None:
    """The title of the refusal."""
    same("Why it was refused", words, stage.refusal.problem.get("title"))


@then("{actor} has {number} mail(s) {words}")
def has_mails(stage: Stage, actor: str, number: int, words: str) -> None:
    """How many mails of that subject came to the address."""
    subjects = [mail["subject"] for mail in stage.backstage.mails(stage.form(actor)["email"])]
    same("Mails of that subject", number, subjects.count(words))


@then("{actor} gets no code")
def gets_no_code(stage: Stage, actor: str) -> None:
    """No mail to that address holds one."""
    same("Mails with a code", 0, len(stage.backstage.mails(stage.form(actor)["email"], "sign_up_code")))


@then("{actor} gets one code")
def gets_one_code(stage: Stage, actor: str) -> None:
    """One mail to that address holds one."""
    same("Mails with a code", 1, len(stage.backstage.mails(stage.form(actor)["email"], "sign_up_code")))


@then("nobody else gets a code")
def nobody_else(stage: Stage) -> None:
    """Codes went to those alone who are customers now."""
    sent = [mail["to"] for mail in stage.backstage.mails(letter="sign_up_code")]
    same("Who got a code", sorted(customer.email for customer in stage.people.values()), sorted(sent))


@then("SonixNet's support gets a copy of it")
def support_gets_copy(stage: Stage) -> None:
    """The latest mail went to support too."""
    same("Who got a copy", "support@sonixnet.example", stage.backstage.mails()[0]["copy_to"])


@then("both are answered alike")
def answered_alike(stage: Stage) -> None:
    """The same status and the same body, but for what is made up anew each time."""
    one, other = stage.notes["answers at the door"][-2:]
    same("The second answer", one, other)


@then("{actor} is answered as anybody is")
def answered_as_anybody(stage: Stage, actor: str) -> None:
    """The answer is the one for a new address."""
    one = stage.notes["answers at the door"][-1]
    signs_up_unknown(stage)
    same("The answer", stage.notes["answers at the door"][-1], one)


@then("{owner} customer number is {words}", "{owner}お客様番号は{words}である")
def number_is(stage: Stage, owner: str, words: str) -> None:
    """The number that the customer is told."""
    same("The customer number", words, stage.customer(owner).number)


@then("their customer numbers are {words}")
def numbers_are(stage: Stage, words: str) -> None:
    """The numbers of all who signed up, lowest first."""
    same("The customer numbers", words, ", ".join(sorted(customer.number for customer in stage.people.values())))


@then("{owner} profile says that {actor} accepted the terms of {words} today")
def accepted_terms(stage: Stage, owner: str, actor: str, words: str) -> None:
    """Version and time of the terms."""
    terms = stage.customer(owner).profile()["terms"]
    day = datetime.fromisoformat(terms["acceptedAt"]).astimezone(TOKYO).date()
    same("The terms that were accepted", (words, stage.today()), (terms["acceptedVersion"], day))


# --- inside ----------------------------------------------------------------------------------------------------------
def answered(stage: Stage) -> None:
    """Note what the door answered: status, and the names of what it told."""
    _answered(stage)


def token_in(link: str) -> str:
    """The token that a mailed link carries."""
    return link.rsplit("=", 1)[-1].rsplit("#", 1)[-1]


def _answered(stage: Stage) -> None:
    last = stage.portal.last
    assert last is not None
    told = last.json()
    shape = {name: value for name, value in told.items() if name not in ("correlationId", "signupId")}
    stage.notes.setdefault("answers at the door", []).append((last.status_code, sorted(told), sorted(shape.items())))


def _prove(stage: Stage, name: str, proof: dict[str, str]) -> None:
    started, form = stage.notes["sign-ups"][-1]
    with stage.asking():
        made = stage.portal.complete_sign_up(form["password"], stage.form(name)["email"], {**started, **proof})
        _keep(stage, name, made)


def _keep(stage: Stage, name: str, made: Any) -> None:
    last = stage.portal.last
    stage.told = last.json() if last is not None else None
    if made is not None:
        stage.people[name] = made


def _complete(portal: Portal, form: dict[str, Any], proof: dict[str, str]) -> Any:
    made = portal.complete_sign_up(form["password"], form["email"], proof)
    return made or portal.log_in(form["email"], form["password"])

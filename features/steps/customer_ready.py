"""Customers as scenarios find them: only signed up, with everything in order, or with one thing missing."""

from typing import Any, Final

from core.domain.policy import Policy
from features.documents import A_CARD
from features.parameters import choice
from features.sentences import given
from features.stage import Stage

NEW_TERMS: Final = "2026-04"
MISSING: Final = {
    "a birth date": "birth date",
    "an address": "address",
    "the terms of today": "terms",
    "a payment method": "payment",
    "an answer from NTT": "answer",
    "a verified ID": "id",
    "生年月日": "birth date",
    "住所": "address",
    "支払い方法": "payment",
    "NTTの回答": "answer",
    "本人確認": "id",
}

choice("missing", MISSING, "a payment method")


@given("{actor} is a customer", "{actor}は会員である")
def is_customer(stage: Stage, actor: str) -> None:
    """Has signed up with everything the form asks for, and done nothing since."""
    stage.customer(actor)


@given("{actor} has only signed up", "{actor}は登録しただけである")
def only_signed_up(stage: Stage, actor: str) -> None:
    """Has signed up with no more than the form demands: no address, no birth date."""
    form = stage.form(actor)
    del form["address"], form["birthDate"]
    stage.customer(actor)


@given("{actor} has everything in order", "{actor}は準備がすべて整っている")
def everything_in_order(stage: Stage, actor: str) -> None:
    """Is eligible for Home 1G at home, has a verified ID and a payment method."""
    make_ready(stage, actor, without=None)


@given("{actor} has everything but {missing}", "{actor}は{missing}のほかはすべて整っている")
def everything_but(stage: Stage, actor: str, missing: str) -> None:
    """Could order anything, were it not for one thing."""
    make_ready(stage, actor, without=missing)


def make_ready(stage: Stage, said: str, without: str | None = None, value: str = "Home 1G") -> None:
    """Bring a customer to where every gate is open, except for what stays missing."""
    if without == "terms":
        make_ready(stage, said, None, value)
        stage.restart(policy=Policy(terms_version=NEW_TERMS))
        return
    name = stage.name(said)
    point = "all in order", without or "nothing missing", value
    stage.begin(name, *point, bring_about=lambda stage: _make_ready(stage, name, without, value))


def _make_ready(stage: Stage, said: str, without: str | None, value: str) -> None:
    form: dict[str, Any] = stage.form(said)
    if without == "address":
        del form["address"]
    if without == "birth date":
        del form["birthDate"]
    customer, staff = stage.customer(said), stage.backstage.salesforce
    account = stage.backstage.account(customer)
    if without != "address":
        customer.ask_availability()
        if without != "answer":
            staff.answer_availability(subject=account["id"], status="Eligible", value=value)
    if without != "id":
        customer.upload_id(A_CARD)
        staff.review_id(account=account["id"], status="Verified")
    if without != "payment":
        stage.backstage.whmcs.add_payment_method(client=account["client"])

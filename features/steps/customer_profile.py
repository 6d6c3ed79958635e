"""The customer's own page: what it shows, and changes of phone and address (ACC-10, ACC-11)."""

from typing import Any

from features.sentences import given, then, when
from features.stage import Stage, same


@given("{owner} check is eligible for {words}")
def is_eligible(stage: Stage, owner: str, words: str) -> None:
    """NTT's answer for the address on file."""
    stage.customer(owner).ask_availability()
    account = stage.account(owner)["id"]
    stage.backstage.salesforce.answer_availability(subject=account, status="Eligible", value=words)


@when("{actor} changes {owner} phone number to {words}")
def changes_phone(stage: Stage, actor: str, owner: str, words: str) -> None:
    """A number in Japan."""
    change_profile(stage, actor, phone={"countryCode": "81", "number": words})


@when("{actor} moves to {place}", "{actor}が{place}に引っ越す")
def moves(stage: Stage, actor: str, place: dict[str, Any]) -> None:
    """Another address in the profile."""
    change_profile(stage, actor, address=dict(place))


@when("{actor} adds {owner} birth date {words}")
def adds_birth_date(stage: Stage, actor: str, owner: str, words: str) -> None:
    """The one thing of a person that can be added to the profile."""
    change_profile(stage, actor, birthDate=words)


@when("{actor} withdraws {owner} consent to marketing")
def withdraws_consent(stage: Stage, actor: str, owner: str) -> None:
    """No more advertisements."""
    change_profile(stage, actor, marketingConsent=False)


@then("{owner} profile shows")
def profile_shows(stage: Stage, owner: str, datatable: list[list[str]]) -> None:
    """Row by row, as the page has it."""
    it = stage.customer(owner).profile()
    shown = {
        "customer number": it["customerNumber"],
        "name": f"{it['firstName']} {it['lastName']}",
        "email": it["email"],
        "phone": " ".join(it["phone"].values()),
        "birth date": it["birthDate"],
        "gender": it["gender"],
        "address": " ".join(it["address"].values()),
        "eligibility": it["eligibility"]["status"],
        "ID": it["idVerification"],
    }
    for name, value in datatable:
        same(f"The profile's {name}", value, shown[name])


@then("{actor} sees no birth date and no address in {owner} profile")
def sees_neither(stage: Stage, actor: str, owner: str) -> None:
    """What was left out is left out."""
    it = stage.customer(actor).profile()
    same("Birth date and address", (None, None), (it["birthDate"], it["address"]))


@then("{owner} profile says that {words} is being saved")
def is_being_saved(stage: Stage, owner: str, words: str) -> None:
    """The change is shown as on its way, beside what still holds."""
    it = stage.customer(owner).profile()
    saving = (it["saving"] or {}).get("phone") or {}
    same("What is being saved, and what holds", (words, stage.form(owner)["phone"]["number"]), (
        saving.get("number"), it["phone"]["number"]
    ))  # fmt: skip


@then("nothing of {owner} is being saved")
def nothing_is_saved(stage: Stage, owner: str) -> None:
    """No change is on its way."""
    same("What is being saved", None, stage.customer(owner).profile()["saving"])


def change_profile(stage: Stage, said: str, **changes: Any) -> None:
    """Send a change; a refusal is remembered."""
    customer = stage.customer(said)
    with stage.asking():
        stage.told = customer.change_profile(**changes)

"""What customers do and see about the availability of Internet (ELG)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.steps.customer_profile import change_profile


# --- asking ----------------------------------------------------------------------------------------------------------
@given("{actor} lives in a home NTT has not checked", "{actor}はまだ回線の確認をしていない")
def lives_unchecked(stage: Stage, actor: str) -> None:
    """A customer whose address nobody has asked about."""
    stage.customer(actor)


@when("{actor} asks for internet availability {times}")
@when("{actor} asks for internet availability", "{actor}がインターネットの提供可否を問い合わせる")
def asks(stage: Stage, actor: str, times: int = 1) -> None:
    """Asks whether the address on file can have internet."""
    customer = stage.customer(actor)
    with stage.asking():
        for _ in range(times):
            stage.told = customer.ask_availability()


@when("{actor} asks for internet availability at {place}", "{actor}が{place}でのインターネットの提供可否を問い合わせる")
def asks_at(stage: Stage, actor: str, place: dict[str, Any]) -> None:
    """Asks for another address than the one on file, or the first."""
    customer = stage.customer(actor)
    with stage.asking():
        stage.told = customer.ask_availability(dict(place))


@when("{actor} asks for internet availability for {plan}, noting {words}")
def asks_for_plan(stage: Stage, actor: str, plan: str, words: str) -> None:
    """Asks with a plan in mind, and writes something that staff should know."""
    customer = stage.customer(actor)
    with stage.asking():
        stage.told = customer.ask_availability(sku=plan, note=words)


@when("{actor} asks for internet availability from {number} tabs at once")
def asks_from_tabs(stage: Stage, actor: str, number: int) -> None:
    """None of the tabs waits for another."""
    customer = stage.customer(actor)
    with stage.asking(), ThreadPoolExecutor(number) as tabs:
        for each in [tabs.submit(customer.ask_availability) for _ in range(number)]:
            stage.told = each.result()


@given("{actor} asked on {date} and was told on {date} that no line reaches {place}")
def asked_and_was_refused(stage: Stage, actor: str, date: date, date2: date, place: dict[str, Any]) -> None:
    """A no of NTT for the address on file."""
    same("The address on file", place["town"], stage.form(actor)["address"]["town"])
    stage.go_to(date)
    stage.customer(actor).ask_availability()
    stage.go_to(date2)
    stage.backstage.salesforce.answer_availability(subject=stage.account(actor)["id"], status="Ineligible")


# --- looking ---------------------------------------------------------------------------------------------------------
@given("{actor} has looked at {owner} check")
def has_looked(stage: Stage, actor: str, owner: str) -> None:
    """What was read is remembered for a while."""
    stage.customer(actor).availability()


@given("{actor} has checked now")
@when("{actor} checks now")
def checks_now(stage: Stage, actor: str) -> None:
    """Wants to know it from Salesforce itself."""
    stage.told = stage.customer(actor).availability(fresh=True)


@then("{owner} eligibility is {status}", "{owner}提供可否は{status}である")
def eligibility_is(stage: Stage, owner: str, status: str) -> None:
    """What the customer sees of the check."""
    same("The eligibility that the customer sees", status, stage.customer(owner).availability()["status"])


@then("{actor} sees that {actor} is {status}")
def sees_status(stage: Stage, actor: str, actor2: str, status: str) -> None:
    """What the answer said that was given just now."""
    same("The eligibility that was answered", status, stage.told["status"])


@then("{actor} reads that {owner} eligibility was read {span} ago")
def read_ago(stage: Stage, actor: str, owner: str, span: int) -> None:
    """The time of the reading is told, and not the time of the answer."""
    at = datetime.fromisoformat(stage.customer(actor).availability()["readAt"])
    ago = (stage.backstage.now() - at).total_seconds()
    same("Whether it was that long ago", True, span <= ago < span + 15)


@then("{actor} reads of the check {words}", "{actor}は確認について{words}と読む")
def reads_message(stage: Stage, actor: str, words: str) -> None:
    """What stands over the check."""
    same("What is said of the check", words, stage.customer(actor).availability()["message"])


@then("{owner} next step is {words}")
def next_step_is(stage: Stage, owner: str, words: str) -> None:
    """What the button beside the check says."""
    same("The next step", words, stage.customer(owner).availability()["nextAction"]["label"])


@then("{actor} is offered {words}")
def is_offered(stage: Stage, actor: str, words: str) -> None:
    """What there is instead of a line."""
    offered = stage.customer(actor).availability()["alternatives"]
    same("What is offered instead", words, ", ".join(each["label"] for each in offered))


@then("{actor} reads that an answer is expected from {date} to {date}")
def expected_days(stage: Stage, actor: str, date: date, date2: date) -> None:
    """The two days, each to its end in Japan."""
    told = stage.customer(actor).availability()["expected"]
    ends = [datetime.combine(day, time(23, 59, 59), TOKYO) for day in (date, date2)]
    same("When an answer is expected", ends, [datetime.fromisoformat(told[name]) for name in ("earliest", "latest")])


@then("{actor} reads that an answer is expected within {span}")
def expected_within(stage: Stage, actor: str, span: int) -> None:
    """Counted from when it was asked; whole days count to their end in Japan."""
    told = stage.customer(actor).availability()
    asked, latest = (datetime.fromisoformat(at) for at in (told["requestedAt"], told["expected"]["latest"]))
    day = timedelta(days=1).total_seconds()
    got = (latest.astimezone(TOKYO).date() - asked.astimezone(TOKYO).date()).total_seconds() if span >= day else (
        round((latest - asked).total_seconds() / 60) * 60
    )  # fmt: skip
    same("Seconds until the answer is expected", span, int(got))


@then("{actor} reads that {actor} can ask again from {date}")
def asks_again_from(stage: Stage, actor: str, actor2: str, date: date) -> None:
    """The first day on which the same address may be asked again."""
    same("From when on", str(date), stage.customer(actor).availability()["againFrom"])
    assert str(date) in stage.refusal.problem["detail"], stage.refusal.problem["detail"]


@then("nothing that {actor} reads of the check names the case")
def case_is_hidden(stage: Stage, actor: str) -> None:
    """Neither its number nor its id."""
    customer, account = stage.customer(actor), stage.account(actor)
    read = str(
        [customer.availability(), customer.profile(), customer.status(), customer.timeline(), customer.notices()]
    )
    for case in stage.backstage.records("case", account=account["id"]):
        assert case["id"] not in read, f"the case's id stands in {read}"
        assert case["number"] not in read, f"the case's number stands in {read}"


@when("{actor} writes {owner} address as {words}, {words}, {words}, {words}, {words}")
def writes_address(
    stage: Stage, actor: str, owner: str, words: str, words2: str, words3: str, words4: str, words5: str
) -> None:
    """Postcode, prefecture, city, town and building, as somebody types them."""
    names = ("postcode", "prefecture", "city", "town", "building")
    change_profile(stage, actor, address=dict(zip(names, (words, words2, words3, words4, words5), strict=True)))


@given("{actor} has moved to {place}")
def has_moved(stage: Stage, actor: str, place: dict[str, Any]) -> None:
    """Another address is on file by now."""
    stage.customer(actor).change_profile(address=dict(place))

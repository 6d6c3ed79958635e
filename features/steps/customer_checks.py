"""What customers see of a check on its way, and staff of one that is late (ELG)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from urllib.parse import urlsplit

from features.sentences import then, when
from features.stage import TOKYO, Stage, same


@when("{actor} asks about {number} different homes")
def asks_about_homes(stage: Stage, actor: str, number: int) -> None:
    """One address after another, until one is refused."""
    home = stage.customer(actor).profile()["address"]
    with stage.asking():
        for house in range(number):
            stage.customer(actor).ask_availability({**home, "town": f"Jingumae {house + 7}-1"})


@when("{actor} asks about {number} different homes at once")
def asks_at_once(stage: Stage, actor: str, number: int) -> None:
    """From as many tabs, none of which waits for another."""
    customer = stage.customer(actor)
    home = customer.profile()["address"]
    homes = [{**home, "town": f"Jingumae {house + 7}-1"} for house in range(number)]
    with stage.asking(), ThreadPoolExecutor(number) as tabs:
        for each in [tabs.submit(customer.ask_availability, home) for home in homes]:
            stage.told = each.result()


@then("{actor} is asked to wait before asking again")
def asked_to_wait(stage: Stage, actor: str) -> None:
    """The limit of changes is reached."""
    stage.customer(actor)
    same("What was answered", "too_many", stage.refused.code if stage.refused else "done")


@then("{actor} can expect an answer by {date}")
def expects_by(stage: Stage, actor: str, date: date) -> None:
    """The latest day that is promised, in Japan."""
    expected = stage.customer(actor).availability()["expected"]
    latest = stage.moment(expected["latest"]) if hasattr(stage, "moment") else expected["latest"]
    day = latest.astimezone(TOKYO).date().isoformat() if hasattr(latest, "astimezone") else str(latest)[:10]
    same("The day an answer is promised by", date.isoformat(), day)


@then("{actor} sees that the check is late")
def sees_late(stage: Stage, actor: str) -> None:
    """It takes longer than was promised."""
    same("Whether the check is late", True, stage.customer(actor).availability()["late"])


@then("staff's check is urgent")
def is_urgent(stage: Stage) -> None:
    """The case stands above the others."""
    same("Priorities", ["High"], [row["priority"] for row in stage.backstage.records("case")])


@then("{actor} has no support case to read")
def no_case_shown(stage: Stage, actor: str) -> None:
    """Internal cases are not the customer's."""
    same("Cases shown", [], stage.customer(actor).all("/support/cases"))


@then("{actor} is offered another check, and SIM plans are named")
def alternatives(stage: Stage, actor: str) -> None:
    """What a no leads to, and where its buttons lead."""
    told = stage.customer(actor).availability()
    ways = {each["code"]: urlsplit(each["url"]).path for each in told["alternatives"]}
    wanted = {"sim_plans": "/shop/sim", "other_address": "/account/order"}
    same("What else is offered", wanted, {code: ways.get(code) for code in wanted})


@then("a new check is offered for {owner} new home")
def new_check(stage: Stage, owner: str) -> None:
    """The answer belonged to another address."""
    told = stage.customer(owner).availability()
    same(
        "Whether the answer is for the address",
        (False, "request_check"),
        (told["forAddress"], told["nextAction"]["code"]),
    )


@when("{actor} moves to another home")
def moves(stage: Stage, actor: str) -> None:
    """The address on file changes."""
    home = stage.customer(actor).profile()["address"]
    stage.customer(actor).change_profile(address={**home, "town": "Minami-Aoyama 5-6"})


@then("checking now again and again asks Salesforce once")
def fresh_is_limited(stage: Stage) -> None:
    """Two looks in a row are one reading."""
    customer = next(iter(stage.people.values()))
    first = customer.availability(fresh=True)["readAt"]
    same("When it was read", first, customer.availability(fresh=True)["readAt"])

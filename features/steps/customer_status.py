"""What customers see of where they stand: the status in one look, the tasks, the stories (STA)."""

from datetime import datetime
from typing import Any, Final

from features.parameters import choice
from features.sentences import given, then
from features.stage import TOKYO, Stage, same
from features.wishes import table

PARTS: Final = {
    "availability": "eligibility",
    "identity": "identity",
    "payment method": "payment",
    "checkout": "checkout",
    "orders": "orders",
    "services": "services",
    "invoices": "invoices",
    "notices": "notifications",
}
"""The parts of the status by what features call them."""
HOLDERS: Final = {"ntt": "NTT", "sonixnet": "SonixNet", "you": "you", None: ""}

STORIES: Final = {
    "of Internet": "internet",
    "of her ID": "identity",
    "of his ID": "identity",
    "of the service from before": "other",
}
choice("story", STORIES, "of her ID")


# --- in one look -----------------------------------------------------------------------------------------------------
@given("{actor} has looked at {owner} status")
def has_looked(stage: Stage, actor: str, owner: str) -> None:
    """The portal has just told everything."""
    stage.customer(actor).status()


@then("{owner} status tells")
def status_tells(stage: Stage, owner: str, datatable: list[list[str]]) -> None:
    """What each part of the status says."""
    told = stage.customer(owner).status()
    rows = table(datatable)
    got = [(row["part"], _in_words(row["part"], told[PARTS[row["part"]]])) for row in rows]
    same("The status", [(row["part"], row["what"]) for row in rows], got)


@then("{owner} status can't tell of {words}")
def status_can_not_tell(stage: Stage, owner: str, words: str) -> None:
    """These parts, and no others, are marked as not to be read."""
    same("What can't be read", words, ", ".join(_unread(stage, owner)))


@then("{owner} status tells everything")
def status_is_whole(stage: Stage, owner: str) -> None:
    """Every part can be read."""
    same("What can't be read", [], _unread(stage, owner))


# --- tasks -----------------------------------------------------------------------------------------------------------
@then("{owner} tasks are {words}")
@then("in {language} {owner} tasks are {words}")
def tasks_are(stage: Stage, owner: str, words: str, language: str = "en") -> None:
    """What the customer may do or waits for, the most pressing first; the first is the next best thing."""
    told = stage.customer(owner).call("GET", "/me/status", headers={"accept-language": language})
    same("The tasks", words, ", ".join(task["label"] for task in told["tasks"]))
    same("The next best thing", told["tasks"][0], told["nextAction"])


# --- stories ---------------------------------------------------------------------------------------------------------
@then("{owner} stories are {words}")
def stories_are(stage: Stage, owner: str, words: str) -> None:
    """What each story is about, from the top."""
    same("The stories", words, ", ".join(each["kind"] for each in stage.customer(owner).timeline()))


@then("{owner} story {story} is")
def story_is(stage: Stage, owner: str, story: str, datatable: list[list[str]]) -> None:
    """Each line of a story: what, and for an open step who has it and until when."""
    (found,) = (each for each in stage.customer(owner).timeline() if each["kind"] == story)
    lines = [{"what": line["message"], **_step(line)} for line in found["entries"]]
    rows = table(datatable)
    same("The story", rows, [{name: line[name] for name in rows[0]} for line in lines])


@then("{owner} story tells, in this order")
def story_tells(stage: Stage, owner: str, datatable: list[list[str]]) -> None:
    """Every line of the story of the order spoken of."""
    same("The story", [row["what"] for row in table(datatable)], [line["message"] for line in _latest(stage, owner)])


@then("in {language} {owner} story ends with {words}")
def story_ends_in(stage: Stage, language: str, owner: str, words: str) -> None:
    """The last line of the story in another language."""
    told = stage.customer(owner).call("GET", "/me/timeline", headers={"accept-language": language})
    same("The last line of the story", words, told["items"][0]["entries"][-1]["message"])


@then("{owner} story says that the check is late")
def check_is_late(stage: Stage, owner: str) -> None:
    """The open step is marked as late."""
    same("Whether the check is late", True, _latest(stage, owner)[-1]["late"])


@then("{owner} story says that the check is not late")
def check_is_not_late(stage: Stage, owner: str) -> None:
    """The open step is not marked as late."""
    same("Whether the check is late", False, _latest(stage, owner)[-1]["late"])


@then("staff see the whole of {owner} stories, each line with its time and what it is about")
def staff_see_whole(stage: Stage, owner: str) -> None:
    """Line by line what the customer reads, with ids; what is over says when it was, what is open who has it."""
    whole = stage.backstage.own.timeline(account=stage.account(owner)["id"])
    read = [line["event"] for each in stage.customer(owner).timeline() for line in each["entries"]]
    lines = [line for each in whole for line in each["entries"]]
    same("The lines", read, [line["event"] for line in lines])
    same("Lines without a time or a holder", [], [x for x in lines if not (x["holder"] if x["open"] else x["at"])])
    same("Lines about nothing", [], [x for x in lines if x["subject"] is None and not x["event"].startswith("id_")])


# --- inside ----------------------------------------------------------------------------------------------------------
def _unread(stage: Stage, said: str) -> list[str]:
    told = stage.customer(said).status()
    return [part for part, name in PARTS.items() if not told[name]["available"]]


def _in_words(part: str, told: dict[str, Any]) -> str:
    if not told["available"]:
        return "can't be read"
    match part:
        case "availability":
            return ", ".join([told["status"].replace("_", " "), *([told["value"]] if told["value"] else [])])
        case "identity":
            return str(told["status"]).replace("_", " ")
        case "payment method":
            return "there is one" if told["present"] else "there is none"
        case "checkout":
            return f"{told['services']} to be ordered" if told["open"] else "none"
        case "orders":
            return _listed((each["productType"], each["status"]) for each in told["pending"])
        case "services":
            return _listed((each["name"], each["status"]) for each in told["active"])
        case "invoices":
            return f"{told['unpaid']} unpaid, ¥{told['total']:,}"
        case _:
            return f"{told['unread']} unread"


def _listed(pairs: Any) -> str:
    return "; ".join(f"{name}, {status.replace('_', ' ')}" for name, status in pairs) or "none"


def _step(line: dict[str, Any]) -> dict[str, str]:
    expected = line["expected"]
    until = datetime.fromisoformat(expected["latest"]).astimezone(TOKYO).date().isoformat() if expected else ""
    return {"who has it": HOLDERS[line["holder"]], "until": until}


def _latest(stage: Stage, said: str) -> list[dict[str, Any]]:
    stories = stage.customer(said).timeline()
    ordered = [each["id"] for each in stage.notes.get("orders", [])]
    found = next((each for each in stories if ordered and each["order"] == ordered[-1]), stories[0])
    return list(found["entries"])

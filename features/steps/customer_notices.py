"""What customers are told: notices in the portal, mails, and what an open page hears (NTF)."""

import re
from typing import Any, Final

from features.open_page import OpenPage
from features.parameters import choice
from features.sentences import given, then, when
from features.stage import Differs, Stage, among, same
from features.wishes import table
from genkan.client import Customer, Json

NOTICE: Final = "notice"
"""Under this name the stage keeps the notice spoken of, and whose it is."""
AT_ONCE: Final = 5.0
"""Seconds; a page that only looked from time to time would take longer."""
QUIET: Final = 0.5
"""Seconds in which a page hears nothing when nothing has happened."""
SITE: Final = "http://127.0.0.1:8000"
ENGLISH: Final = "en"

choice("sender", {"Salesforce": ["salesforce"], "the portal": ["portal"], "nobody": []}, "the portal")
choice(
    "page",
    {
        "her account": "/account",
        "her checkout": "/account/order",
        "her settings": "/account/settings#id",
        "her bills": "/account/billing",
        "the Internet plans": "/shop/internet",
        "the order": "/account/orders/801[0-9A-Za-z]+",
        "the service": "/account/services/[0-9]+",
        "support": "/support",
    },
    "her checkout",
)


# --- being told ------------------------------------------------------------------------------------------------------
@then("{actor} gets the notice {words}", "{actor}に{words}というお知らせが届く")
def gets_notice(stage: Stage, actor: str, words: str) -> None:
    """A notice of that title is in the customer's list; sentences after this one speak of it."""
    customer = stage.customer(actor)
    stage.notes[NOTICE] = customer, _titled(customer, words)


@then("{actor} got the notice {words} {times}", "{actor}に{words}というお知らせが{times}届いた")
def got_notice(stage: Stage, actor: str, words: str, times: int) -> None:
    """So many notices of that title are in the customer's list."""
    titles = _titles(stage.customer(actor).notices())
    same(f"How often {words!r} is among {titles}", times, titles.count(words))


@then("the notice says {words}", "そのお知らせには{words}とある")
def notice_says(stage: Stage, words: str) -> None:
    """The words stand in the notice's message."""
    among("What the notice says", words, stage.notes[NOTICE][1]["message"])


@then("in {language} it is called {words}", "{language}では{words}という")
def called(stage: Stage, language: str, words: str) -> None:
    """The same notice's title in another language."""
    customer, notice = stage.notes[NOTICE]
    told = customer.call("GET", "/notifications", headers={"accept-language": language})["items"]
    same("The notice's title", [words], [each["title"] for each in told if each["id"] == notice["id"]])


@then("its button {words} leads to {page}")
def button_leads(stage: Stage, words: str, page: str) -> None:
    """What the notice's button says, and which of the portal's pages it opens."""
    action = stage.notes[NOTICE][1]["action"]
    same("The notice's button", words, action["label"])
    if not re.fullmatch(re.escape(SITE) + page, action["url"]):
        raise Differs("Where the notice's button leads", page, action["url"])


@then("{actor} got it by mail from {sender}")
def got_by_mail(stage: Stage, actor: str, sender: list[str]) -> None:
    """Who mailed the notice, once; nobody else did."""
    title = stage.notes[NOTICE][1]["title"]
    same("Who mailed the notice", sender, [mail["sender"] for mail in _mails(stage, actor) if mail["subject"] == title])


@then("{actor} gets a mail {words}", "{actor}に{words}というメールが届く")
def gets_mail(stage: Stage, actor: str, words: str) -> None:
    """A mail of that subject came to the customer's address."""
    among("The subjects of the mails", words, [mail["subject"] for mail in _mails(stage, actor)])


@then("{actor} got a mail {words} {times}")
def got_mail(stage: Stage, actor: str, words: str, times: int) -> None:
    """So many mails of that subject came to the customer's address."""
    subjects = [mail["subject"] for mail in _mails(stage, actor)]
    same(f"How often {words!r} is among {subjects}", times, subjects.count(words))


@given("{actor} chose {language} when {actor} signed up")
def chose_language(stage: Stage, actor: str, language: str) -> None:
    """The language that the portal writes mails in."""
    stage.form(actor)["language"] = language
    stage.customer(actor)


@given("the news of Salesforce are late")
def news_are_late(stage: Stage) -> None:
    """What Salesforce tells is kept back on its way."""
    stage.backstage.fault("stream", "after", "unavailable")


@when("the late news arrive")
def late_news_arrive(stage: Stage) -> None:
    """All that was kept back is told."""
    stage.backstage.world.clear_faults(system="stream")
    stage.backstage.now()


# --- the list --------------------------------------------------------------------------------------------------------
@then("{owner} notices are")
def notices_are(stage: Stage, owner: str, datatable: list[list[str]]) -> None:
    """The titles in the customer's list, from the top."""
    wanted = [row["title"] for row in table(datatable)]
    same("The titles of the notices", wanted, _titles(stage.customer(owner).notices()))


@then("{actor} gets the same in pages of {number}")
def pages(stage: Stage, actor: str, number: int) -> None:
    """The list page by page, each but the last of that length, is the whole list."""
    customer, found, cursor = stage.customer(actor), [], None
    while True:
        page = customer.get("/notifications", limit=number, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        same("The length of a page", number, len(page["items"]))
    same("The pages together", customer.notices(), found)


@then("{actor} has {number} unread notice(s)")
def unread(stage: Stage, actor: str, number: int) -> None:
    """The number on the bell, which is how many of the list were not read."""
    customer = stage.customer(actor)
    same("The number on the bell", number, customer.get("/notifications/unread-count")["unread"])
    same("Unread notices in the list", number, sum(each["readAt"] is None for each in customer.notices()))


@then("the notice {words} is still in {owner} list")
def still_there(stage: Stage, words: str, owner: str) -> None:
    """It was not taken off, and is known to be read."""
    assert _titled(stage.customer(owner), words)["readAt"] is not None, f"{words} is unread"


@when("{actor} reads the notice {words}")
def reads(stage: Stage, actor: str, words: str) -> None:
    """Opens a notice."""
    customer = stage.customer(actor)
    customer.post(f"/notifications/{_titled(customer, words)['id']}/read")


@when("{actor} reads {owner} notice {words}")
def reads_anothers(stage: Stage, actor: str, owner: str, words: str) -> None:
    """Tries to mark another customer's notice as read."""
    reader, notice = stage.name(actor), _titled(stage.customer(owner), words)
    with stage.asking():
        stage.told = stage.customer(reader).post(f"/notifications/{notice['id']}/read")


@when("{actor} dismisses the notice {words}")
def dismisses(stage: Stage, actor: str, words: str) -> None:
    """Takes a notice off the list."""
    customer = stage.customer(actor)
    customer.post(f"/notifications/{_titled(customer, words)['id']}/dismiss")


@when("{actor} reads all notices")
def reads_all(stage: Stage, actor: str) -> None:
    """Marks everything as read."""
    stage.customer(actor).post("/notifications/read-all")


# --- an open page ----------------------------------------------------------------------------------------------------
@given("{actor} has a page open")
@given("{actor} has a page open in {language}")
@when("{actor} opens a page")
def has_page_open(stage: Stage, actor: str, language: str = ENGLISH) -> None:
    """A page of the portal that listens for what happens."""
    page = OpenPage(stage.customer(actor), language)
    stage.notes[_page(language)] = page
    page.open()
    assert page.hear("status", AT_ONCE), "the portal greets an open page with where to go on from"


@when("the page is closed")
def page_closed(stage: Stage) -> None:
    """The phone goes into a pocket."""
    stage.notes[_page()].close()


@when("the page is opened again")
def page_opened(stage: Stage) -> None:
    """The page goes on behind the last that it heard."""
    stage.notes[_page()].open()


@then("the page hears of {words} at once")
@then("the page in {language} hears of {words} at once")
def page_hears(stage: Stage, words: str, language: str = ENGLISH) -> None:
    """The next notice that the page hears of has that title."""
    heard = stage.notes[_page(language)].hear("notice", AT_ONCE)
    same("What the page hears of next", words, heard.data["title"] if heard else "nothing")


@then("the page hears of no other notice")
def page_hears_nothing(stage: Stage) -> None:
    """All is quiet."""
    heard = stage.notes[_page()].hear("notice", QUIET)
    same("What the page hears of next", "nothing", heard.data["title"] if heard else "nothing")


@then("the page hears that {owner} status has changed")
def page_hears_status(stage: Stage, owner: str) -> None:
    """It is worth looking at the status again."""
    assert stage.notes[_page()].hear("status", AT_ONCE), "the page hears nothing of the status"


# --- inside ----------------------------------------------------------------------------------------------------------
def _page(language: str = ENGLISH) -> str:
    return f"page in {language}"


def _titles(notices: list[Json]) -> list[str]:
    return [str(notice["title"]) for notice in notices]


def _titled(customer: Customer, words: str) -> dict[str, Any]:
    notices = customer.notices()
    among("The notices", words, _titles(notices))
    found: dict[str, Any] = next(notice for notice in notices if notice["title"] == words)
    return found


def _mails(stage: Stage, actor: str) -> list[dict[str, Any]]:
    return stage.backstage.mails(to=stage.form(actor)["email"])

"""Kenji's errands: what customers do beside ordering, each of it a call or two of the systems behind the portal.

They are no journey of the demo's, and are walked with faults as the demo's are.
"""

from typing import Any, Final

from genkan.client import API, Customer, Json
from genkan.demo.people import EID, card, details, signed_up
from genkan.demo.placing import activated, placed, with_card
from genkan.demo.play import Play

WHO: Final = "Kenji"
NUMBER: Final = "P0004711"
"""The customer number on letters from before the portal."""
PLAN: Final = "SIM-DATA-VOICE-10GB"
ESIM: Final[Json] = {"plan": PLAN, "sim": {"type": "esim", "eid": EID}}
MEGABYTES: Final = 3_000
QUESTION: Final = {"subject": "Roaming in Korea", "message": "Does my plan work in Busan, too?"}
THANKS: Final = "Thank you, that is all I wanted to know."
ANSWER: Final = "It does, at the price of home."
LETTER: Final = {
    "name": "Sora Ito",
    "subject": "Moving to Sendai",
    "message": "Can I take my number with me there?",
    "phone": "090-1234-5678",
}
"""What somebody without an account writes; the email is made for each playing."""
PHONE: Final = {"countryCode": "81", "number": "09087654321"}
NEW_HOME: Final = {
    "postcode": "6040845",
    "prefecture": "京都府",
    "city": "京都市中京区",
    "town": "烏丸通御池上る1-1",
    "building": "",
}


def play_errands(play: Play) -> None:
    """From a letter by a stranger to an eSIM for another phone; every wish is sent twice under its key."""
    with play.journey("Errands: a customer of old, questions, a move, a bill, an eSIM for another phone"):
        _stranger_writes(play)
        kenji = _comes_back(play)
        service = _has_an_esim(play, kenji)
        _asks_support(play, kenji)
        _moves(play, kenji)
        _pays(play, kenji)
        _has_another_phone(play, kenji, service)
        _adds_data(play, kenji, service)
        _reads(play, kenji, service)


def _twice(play: Play, customer: Customer, method: str, path: str, body: Json) -> None:
    """Send a wish as an impatient finger does; the key makes one of both."""
    key = {"idempotency-key": f"{path.rpartition('/')[2]}-{play.tag}"}
    for _ in range(2):
        customer.call(method, path, body, key)


def _stranger_writes(play: Play) -> None:
    email = f"sora.{play.tag}@example.com"
    play.tell("Sora", "writes on the public page, and sends it twice")
    for _ in range(2):
        play.portal.call(
            "POST", f"{API}/support/contact", {**LETTER, "email": email}, {"idempotency-key": f"contact-{play.tag}"}
        )
    asked = [(LETTER["subject"], LETTER["message"])]
    play.expect("SUP-1", "one lead holds what was asked", asked, lambda: _leads(play, email))
    play.expect("SUP-1", "and nobody became a customer", [], lambda: play.backstage.records("contact", email=email))


def _leads(play: Play, email: str) -> list[tuple[str, ...]]:
    # what is written last is the portal's own mark
    return [tuple(row["description"].split("\n\n")[:2]) for row in play.backstage.records("lead", email=email)]


# --- from before the portal -------------------------------------------------------------------------------------------
def _comes_back(play: Play) -> Customer:
    written = details(play, WHO)
    email, first, last = (written[name] for name in ("email", "firstName", "lastName"))
    backstage = play.backstage
    play.tell("Staff", "have known Kenji for years, in both systems")
    account = backstage.salesforce.add_account(
        number=NUMBER, person={"first_name": first, "last_name": last}, email=email
    )
    client = backstage.whmcs.add_client(email=email, first_name=first, last_name=last, customer_number=NUMBER)
    play.tell(WHO, "signs up with the number on his letters")
    kenji = signed_up(play, WHO, customerNumber=NUMBER)
    play.expect("ACC-3", "he keeps his number", NUMBER, lambda: kenji.number)
    play.expect(
        "ACC-3", "his account is the one he had", [account], lambda: _ids(backstage.records("account", number=NUMBER))
    )
    play.expect(
        "ACC-3", "with the contact of before", [account], lambda: _of(backstage.records("contact", email=email))
    )
    play.expect("ACC-3", "his client is the one he had", [client], lambda: _ids(backstage.records("client")))
    linked = (client, "Active")
    play.expect("ACC-3", "and the account names it, open for the portal", linked, lambda: _link(play, kenji))
    play.expect(
        "ACC-3", "the birth date staff lacked came with him", [written["birthDate"]], lambda: _birth(play, email)
    )
    play.expect("ACC-11", "his address is in both systems", _both(written["address"]), lambda: _places(play, kenji))
    return kenji


def _ids(rows: list[Json]) -> list[str]:
    return [row["id"] for row in rows]


def _of(rows: list[Json]) -> list[str]:
    return [row["account"] for row in rows]


def _link(play: Play, kenji: Customer) -> tuple[str, str]:
    account = play.backstage.account(kenji)
    return account["client"], account["portal_status"]


def _birth(play: Play, email: str) -> list[str]:
    return [row["birth_date"] for row in play.backstage.records("contact", email=email)]


# --- a SIM to have errands with ---------------------------------------------------------------------------------------
def _has_an_esim(play: Play, kenji: Customer) -> str:
    with_card(play, kenji)
    play.tell(WHO, "sends his residence card, which staff verify, and orders an eSIM")
    kenji.upload_id(card(WHO, "front"))
    play.expect("IDV-2", "it waits for review", "submitted", lambda: kenji.identity()["status"])
    play.backstage.salesforce.review_id(account=play.backstage.account(kenji)["id"], status="Verified")
    play.expect("IDV-3", "he is verified", "verified", lambda: kenji.identity()["status"])
    order = placed(play, kenji, [ESIM], key=f"esim-{play.tag}")
    activated(play, kenji, order)
    play.expect("FUL-3", "one eSIM was made", [("active", 0)], lambda: _esims(play))
    (service,) = [each["id"] for each in kenji.services() if each["status"] == "active" and each["cycle"] == "monthly"]
    return str(service)


# --- questions --------------------------------------------------------------------------------------------------------
def _asks_support(play: Play, kenji: Customer) -> None:
    play.tell(WHO, "asks support, and his impatient finger asks again")
    _twice(play, kenji, "POST", "/support/cases", QUESTION)
    asked = [(QUESTION["subject"], QUESTION["message"])]
    play.expect("SUP-2", "one case holds what he asked", asked, lambda: _cases(play, kenji))
    play.expect("SUP-2", "he sees it", [(QUESTION["subject"], "new")], lambda: _asked(kenji))
    case = play.held("case", kenji, subject=QUESTION["subject"])[0]["id"]
    play.tell("Staff", "answer on it")
    play.backstage.salesforce.add_case_comment(case=case, text=ANSWER)
    play.tell(WHO, "thanks them, twice")
    _twice(play, kenji, "POST", f"/support/cases/{case}/comments", {"text": THANKS})
    play.expect("SUP-2", "the case holds both remarks, each once", 2, lambda: _remarks(play, case))
    said = [(False, ANSWER), (True, THANKS)]
    play.expect("SUP-2", "he reads what was said", said, lambda: _said(kenji, case))


def _cases(play: Play, kenji: Customer) -> list[tuple[str, str]]:
    held = play.held("case", kenji, origin="Portal Website")
    return [(row["subject"], row["description"]) for row in held]


def _asked(kenji: Customer) -> list[tuple[str, str]]:
    return [(case["subject"], case["status"]) for case in kenji.all("/support/cases")]


def _remarks(play: Play, case: str) -> int:
    return len(play.backstage.records("case_comment", case=case))


def _said(kenji: Customer, case: str) -> list[tuple[bool, str]]:
    comments = kenji.get(f"/support/cases/{case}")["comments"]
    return [(said["fromCustomer"], said["text"]) for said in comments]


# --- the profile ------------------------------------------------------------------------------------------------------
def _moves(play: Play, kenji: Customer) -> None:
    play.tell(WHO, "moves to Kyoto, with another phone number, and wants no more advertisements")
    change = {"phone": PHONE, "address": NEW_HOME, "marketingConsent": False}
    _twice(play, kenji, "PATCH", "/me", change)
    play.expect("ACC-11", "both systems hold the new address", _both(NEW_HOME), lambda: _places(play, kenji))
    phones = ["+81 9087654321", "+81.9087654321"]
    play.expect("ACC-10", "and the phone number", phones, lambda: _phones(play, kenji))
    play.expect("ACC-10", "WHMCS advertises no more", False, lambda: _client(play, kenji)["marketingoptin"])
    shown = (PHONE["number"].lstrip("0"), NEW_HOME["city"], False, None)
    play.expect("ACC-10", "his page shows it, and nothing that is still being saved", shown, lambda: _page(kenji))


def _both(place: Json) -> list[tuple[str, ...]]:
    digits = place["postcode"]
    return [(f"{digits[:3]}-{digits[3:]}", place["city"], place["town"])] * 2


def _places(play: Play, kenji: Customer) -> list[tuple[str, ...]]:
    account, client = play.backstage.account(kenji), _client(play, kenji)
    return [
        (account["postcode"], account["city"], account["street"]),
        (client["postcode"], client["city"], client["address1"]),
    ]


def _phones(play: Play, kenji: Customer) -> list[str]:
    return [play.backstage.account(kenji)["phone"], _client(play, kenji)["phonenumber"]]


def _client(play: Play, kenji: Customer) -> Json:
    (client,) = play.backstage.records("client", customer_number=kenji.number)
    return client


def _page(kenji: Customer) -> tuple[Any, ...]:
    page = kenji.profile()
    return page["phone"]["number"], page["address"]["city"], page["marketingConsent"], page["saving"]


# --- bills ------------------------------------------------------------------------------------------------------------
def _pays(play: Play, kenji: Customer) -> None:
    play.expect("SRV-2", "he has one bill to pay", ["unpaid"], lambda: _bills(kenji))
    (bill,) = kenji.invoices()
    play.expect("SRV-2", "all of it is left to pay", bill["total"], lambda: _left(kenji, bill["id"]))
    play.tell(WHO, "goes through the door to his bill, and pays it there")
    play.expect(
        "SRV-3",
        "the link opens that bill",
        f"sso:custom_redirect viewinvoice.php?id={bill['id']}",
        lambda: play.backstage.whmcs.open_link(url=kenji.door("invoice", bill["id"])),
    )
    play.backstage.whmcs.pay_invoice(invoice=bill["id"])
    play.expect("SRV-2", "he sees it paid", ["paid"], lambda: _bills(kenji))


def _bills(kenji: Customer) -> list[str]:
    return [bill["status"] for bill in kenji.invoices()]


def _left(kenji: Customer, bill: str) -> int:
    return int(kenji.get(f"/billing/invoices/{bill}")["balance"])


# --- the eSIM ---------------------------------------------------------------------------------------------------------
def _has_another_phone(play: Play, kenji: Customer, service: str) -> None:
    before = kenji.get(f"/subscriptions/{service}")["esimQr"]
    play.tell(WHO, "has another phone, and asks for a new eSIM twice")
    _twice(play, kenji, "POST", f"/subscriptions/{service}/reissue-esim", {})
    profiles = [("replaced", 0), ("active", 0)]
    play.expect("SRV-4", "one was made in place of the old one", profiles, lambda: _esims(play))
    play.expect("SRV-4", "its code is another one", True, lambda: _code(kenji, service) not in (None, before))
    play.expect("SRV-4", "he sees the code of the one that works", _working(play), lambda: _code(kenji, service))


def _adds_data(play: Play, kenji: Customer, service: str) -> None:
    play.tell(WHO, f"adds {MEGABYTES} MB, twice under one key")
    _twice(play, kenji, "POST", f"/subscriptions/{service}/topup", {"megabytes": MEGABYTES})
    profiles = [("replaced", 0), ("active", MEGABYTES)]
    play.expect("SRV-4", "they were added once, to the one that works", profiles, lambda: _esims(play))


def _esims(play: Play) -> list[tuple[str, int]]:
    return [(row["status"], row["megabytes"]) for row in play.backstage.records("esim")]


def _working(play: Play) -> str:
    (esim,) = play.backstage.records("esim", status="active")
    return str(esim["qr"])


def _code(kenji: Customer, service: str) -> str | None:
    code: str | None = kenji.get(f"/subscriptions/{service}")["esimQr"]
    return code


# --- how it all stands ------------------------------------------------------------------------------------------------
def _reads(play: Play, kenji: Customer, service: str) -> None:
    play.expect("STA-1", "his status shows the SIM", [service], lambda: _running(kenji))
    story = ["id_sent", "id_verified", "order_placed", "order_approved", "activated"]
    play.expect("STA-3", "his story tells all of it, and nothing is open", [(story, [])], lambda: _stories(kenji))


def _running(kenji: Customer) -> list[str]:
    return [each["id"] for each in kenji.status()["services"]["active"]]


def _stories(kenji: Customer) -> list[tuple[list[str], list[str]]]:
    return [
        ([entry["event"] for entry in each["entries"]], [entry["event"] for entry in each["entries"] if entry["open"]])
        for each in kenji.timeline()
    ]

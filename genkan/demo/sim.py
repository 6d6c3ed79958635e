"""Kenji wants a SIM: a residence card that is looked at, an eSIM with the number he has, then a card for his family."""

from datetime import date, timedelta
from typing import Final

from core.domain.japan import tokyo_date
from genkan.client import Customer, Json
from genkan.demo.people import EID, card, signed_up
from genkan.demo.placing import activated, approved, placed, runs, with_card
from genkan.demo.play import Play

WHO: Final = "Kenji"
PLAN: Final = "SIM-DATA-VOICE-10GB"
FAMILY: Final[Json] = {"plan": "SIM-DATA-VOICE-5GB-FAMILY", "sim": {"type": "physical"}}
BLURRY: Final = "BLURRY: the number can't be read"


def play_sim(play: Play) -> None:
    """From the upload to an active eSIM, and a card that waits until it is sent."""
    with play.journey("SIM: a residence card, an eSIM with its number, a card for the family"):
        kenji = signed_up(play, WHO)
        play.tell(WHO, "has signed up, in Japanese, and adds a card")
        with_card(play, kenji)
        esim = _esim(play)
        _proves_himself(play, kenji, esim)
        _brings_his_number(play, kenji, esim)
        _adds_a_card(play, kenji)


def _esim(play: Play) -> Json:
    today = tokyo_date(play.backstage.now())
    return {"plan": PLAN, "sim": {"type": "esim", "eid": EID, "porting": _porting(today + timedelta(days=10))}}


def _porting(expires: date) -> Json:
    return {
        "reservation": "1234567890",
        "expires": expires.isoformat(),
        "phoneNumber": "08023456789",
        "lastKana": "タナカ",
        "firstKana": "ケンジ",
        "birthDate": "1988-11-23",
        "gender": "male",
    }


def _proves_himself(play: Play, kenji: Customer, esim: Json) -> None:
    play.refused("ORD-1", "without a verified ID no SIM", ["id_not_verified"], lambda: kenji.order([esim]))
    play.tell(WHO, "sends his residence card, too hastily")
    kenji.upload_id(card(WHO, "front"), card(WHO, "back"))
    play.expect("IDV-2", "it waits for review", "submitted", lambda: kenji.identity()["status"])
    play.expect("IDV-2", "Salesforce holds both sides", 2, lambda: _documents(play, kenji))
    play.move_to(play.backstage.now() + timedelta(hours=3), "staff look at cards")
    play.tell("Staff", "can't read the number")
    account = play.backstage.account(kenji)["id"]
    play.backstage.salesforce.review_id(account=account, status="Rejected", message=BLURRY)
    play.expect(
        "IDV-4", "he reads which reason it is", "BLURRY", lambda: (kenji.identity()["rejection"] or {}).get("code")
    )
    play.expect("IDV-5", "one notice tells him", 1, lambda: play.notices(kenji, "verification_rejected"))
    play.tell(WHO, "sends it again")
    kenji.upload_id(card(WHO, "front"), card(WHO, "back"))
    play.expect("IDV-2", "it waits for review again", "submitted", lambda: kenji.identity()["status"])
    play.expect("IDV-2", "as versions of the same documents", 2, lambda: _documents(play, kenji))
    play.tell("Staff", "verify it")
    play.backstage.salesforce.review_id(account=account, status="Verified")
    play.expect("IDV-3", "he is verified", "verified", lambda: kenji.identity()["status"])
    play.expect("IDV-5", "one notice tells him so", 1, lambda: play.notices(kenji, "verification_verified"))
    play.refused("IDV-3", "nothing more is to be sent", "already_verified", lambda: kenji.upload_id(card(WHO, "front")))


def _brings_his_number(play: Play, kenji: Customer, esim: Json) -> None:
    play.refused("CAT-5", "a family plan needs a SIM first", ["family_needs_sim"], lambda: kenji.order([FAMILY]))
    play.tell(WHO, "orders an eSIM and brings his number along")
    order = placed(play, kenji, [esim])
    brought = {"mnp_reservation": "1234567890", "mnp_phone_number": "08023456789", "mnp_last_kana": "タナカ"}
    play.expect(
        "ORD-11", "the order carries what the other operator needs", brought, lambda: _of(play.of_order(order), brought)
    )
    play.expect(
        "CAT-8", "the activation fee came by itself", ["SIM-ACTIVATION-FEE", PLAN], lambda: _lines(kenji, order)
    )
    activated(play, kenji, order)
    play.expect("FUL-3", "one eSIM was made", 1, lambda: _esims(play, order))


def _adds_a_card(play: Play, kenji: Customer) -> None:
    play.tell(WHO, "orders a SIM card for his mother")
    order = placed(play, kenji, [FAMILY])
    approved(play, order)
    play.expect(
        "FUL-2",
        "nothing is in WHMCS before the card is sent",
        [],
        lambda: play.backstage.records("service", crm_order=order),
    )
    play.expect("STA-3", "SonixNet has the next step", "sim_to_be_sent", lambda: _next(kenji, order))
    play.tell("Staff", "send the card")
    play.backstage.salesforce.ship_sim(order=order)
    runs(play, kenji, order)
    play.expect("FUL-2", "no eSIM was made for a card", 0, lambda: _esims(play, order))
    play.expect("OPP-3", "two SIMs are two sales", ["Active", "Active"], lambda: _stages(play, kenji))


def _documents(play: Play, kenji: Customer) -> int:
    account = play.backstage.account(kenji)["id"]
    return len(play.backstage.records("document_link", linked=account))


def _esims(play: Play, order: str) -> int:
    return len(play.backstage.records("esim", order=order))


def _lines(kenji: Customer, order: str) -> list[str]:
    return sorted(line["sku"] for line in kenji.order_detail(order)["lines"])


def _next(kenji: Customer, order: str) -> str | None:
    return next((entry["event"] for entry in kenji.order_detail(order)["timeline"] if entry["open"]), None)


def _stages(play: Play, kenji: Customer) -> list[str]:
    return [row["stage"] for row in play.held("opportunity", kenji)]


def _of(row: Json, like: Json) -> Json:
    return {name: row[name] for name in like}

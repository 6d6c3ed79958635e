"""From records to the values of the business and back: the one conversion on this side of the wall."""

import re
from typing import Any, Final, TypeVar

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.salesforce.values import (
    COMMODITY_TYPES,
    GENDER_WORDS,
    ITEM_CLASSES,
    ITEM_CYCLES,
    NOTICE_GIVEN,
    PRODUCT_CATEGORIES,
    SIM_TYPES,
)
from adapters.fakes.salesforce.words import eligibility_status_of, id_status_of, portal_status_of
from adapters.fakes.tables import Row
from core.domain.account import Address, Gender, Person, Phone, Profile
from core.domain.cancellation import Kit
from core.domain.cart import SimChoice, SimType
from core.domain.catalog import BillingCycle, ItemClass, ProductType
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.identity import Identity
from core.domain.ids import (
    AccountId,
    BillingOrderId,
    CaseId,
    ClientId,
    ContactId,
    CustomerNumber,
    OpportunityId,
    OrderId,
    OrderLineId,
    RequestKey,
    ServiceId,
    Sku,
)
from core.domain.japan import tokyo_date
from core.domain.money import Yen
from core.domain.opportunity import Opportunity, Stage
from core.domain.order import ActivationStatus, ActivationType, Order, OrderLine, OrderStatus
from core.domain.porting import Porting

T = TypeVar("T")

_PHONE: Final = re.compile(r"\+([1-9][0-9]{0,2})[ .-]([0-9]{4,14})")
_DIALLED_IN_JAPAN: Final = re.compile(r"0[0-9]{4,14}")


def meaning(words: Any, word: str | None) -> Any:
    """What a picklist's word stands for in a table of words; None for none."""
    for thing, said in words.items():
        if said == word:
            return thing
    return None


# --- people --------------------------------------------------------------------------------------------------------
def address_columns(address: Address) -> dict[str, str]:
    """The columns of an address; the building stands on a line of its own, so that it can be told again."""
    return {
        "street": "\n".join(line for line in (address.town, address.building) if line),
        "city": address.city,
        "state": address.prefecture,
        "postcode": address.postcode,
        "country": "JP",
    }


def address_of(row: Row) -> Address | None:
    """The address in a record, or None when there is none."""
    if not any(row[part] for part in ("street", "city", "state", "postcode")):
        return None
    town, _, building = (row["street"] or "").partition("\n")
    return Address(row["postcode"] or "", row["state"] or "", row["city"] or "", town, building)


def phone_text(phone: Phone) -> str:
    """A phone number as staff dial it, with the country code set off."""
    return f"+{phone.country_code} {phone.number}"


def phone_of(text: str | None) -> Phone | None:
    """The phone number that was written, by the portal or by staff in Japan's own way; None when it is neither."""
    match = _PHONE.fullmatch(text or "")
    if match is not None:
        return Phone(match[1], match[2])
    digits = re.sub(r"[^0-9]", "", text or "")
    return Phone("81", digits[1:]) if _DIALLED_IN_JAPAN.fullmatch(digits) else None


def contact_columns(person: Person, email: str) -> dict[str, Any]:
    """The columns of a contact that say who the customer is."""
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "first_kana": person.first_kana,
        "last_kana": person.last_kana,
        "company": person.company,
        "nationality": person.nationality,
        "birth_date": person.birth_date,
        "gender": None if person.gender is None else GENDER_WORDS[person.gender],
        "email": email,
    }


def _person(contact: Row) -> Person:
    gender: Gender | None = meaning(GENDER_WORDS, contact["gender"])
    return Person(
        first_name=contact["first_name"] or "",
        last_name=contact["last_name"],
        first_kana=contact["first_kana"] or "",
        last_kana=contact["last_kana"] or "",
        company=contact["company"] or "",
        nationality=contact["nationality"] or "",
        birth_date=contact["birth_date"],
        gender=gender,
    )


def contact_of(records: Records, account: str) -> Row | None:
    """The contact that is the account's customer: the portal's own, else the oldest."""
    contacts = records.find("contact", account=account)
    return next((c for c in contacts if c["key"]), contacts[0] if contacts else None)


def profile_of(records: Records, account: Row) -> Profile | None:
    """The customer of an account; None when nobody stands on it."""
    contact = contact_of(records, account["id"])
    if contact is None:
        return None
    return Profile(
        account=AccountId(account["id"]),
        contact=ContactId(contact["id"]),
        number=CustomerNumber(account["number"]) if account["number"] else None,
        client=ClientId(account["client"]) if account["client"] else None,
        email=contact["email"] or "",
        person=_person(contact),
        phone=phone_of(contact["phone"] or account["phone"]),
        address=address_of(account),
        status=portal_status_of(account),
        added_on=tokyo_date(account["created_at"]),
        by_portal=account["key"] is not None,
    )


# --- what staff keep on the account --------------------------------------------------------------------------------
def eligibility_of(records: Records, account: Row) -> Eligibility:
    """An account's eligibility, read now; while pending without its closed case, of which nothing comes any more."""
    status = eligibility_status_of(account)
    case = records.get("case", account["eligibility_case"])
    over = status is EligibilityStatus.PENDING and (case is None or case["is_closed"])
    return Eligibility(
        account=AccountId(account["id"]),
        status=status,
        value=account["eligibility_value"],
        requested_at=account["eligibility_requested_at"],
        checked_at=account["eligibility_checked_at"],
        notes=account["eligibility_notes"],
        case=CaseId(account["eligibility_case"]) if account["eligibility_case"] and not over else None,
        address=account["eligibility_address"],
        read_at=records.now(),
    )


def identity_of(records: Records, account: Row) -> Identity:
    """An account's ID verification, read now; staff's own note stays where it is (IDV-3)."""
    document = records.get("document", account["id_document"])
    return Identity(
        account=AccountId(account["id"]),
        status=id_status_of(account),
        submitted_at=account["id_submitted_at"],
        reviewed_at=account["id_reviewed_at"],
        message=account["id_message"],
        file_name=document["title"] if document else None,
        read_at=records.now(),
    )


# --- sales ---------------------------------------------------------------------------------------------------------
def opportunity_of(records: Records, row: Row) -> Opportunity:
    """An opportunity with what stands on it."""
    return Opportunity(
        id=OpportunityId(row["id"]),
        account=AccountId(row["account"] or ""),
        product_type=meaning(COMMODITY_TYPES, row["commodity_type"]),
        stage=Stage(row["stage"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        service=ServiceId(str(row["service"])) if row["service"] is not None else None,
        has_order=bool(records.find("order", opportunity=row["id"])),
        ends_at=row["ends_at"],
        notice_given=row["cancellation_notice"] == NOTICE_GIVEN,
        kit=Kit(row["kit"]) if row["kit"] else None,
    )


def _line_of(records: Records, line: Row) -> tuple[OrderLine, ProductType | None]:
    product = records.get("product", line["product"]) or {}
    item_class: ItemClass | None = meaning(ITEM_CLASSES, product.get("item_class"))
    cycle: BillingCycle | None = meaning(ITEM_CYCLES, line["billing_cycle"] or product.get("billing_cycle"))
    shape = OrderLine(
        sku=Sku(product.get("sku") or ""),
        name=product.get("name") or "",
        item_class=item_class or ItemClass.ADD_ON,
        billing_cycle=cycle or BillingCycle.MONTHLY,
        quantity=line["quantity"],
        unit_price=Yen(line["unit_price"]),
        price_entry=line["price_entry"],
        billing_product=product.get("billing_product") or "",
        id=OrderLineId(line["id"]),
        service=ServiceId(line["service"]) if line["service"] else None,
    )
    return shape, meaning(PRODUCT_CATEGORIES, product.get("category"))


def sim_columns(sim: SimChoice | None) -> dict[str, Any]:
    """The columns of an order that say how the SIM comes and which number comes along (ORD-11)."""
    if sim is None:
        return {}
    columns: dict[str, Any] = {"sim_type": SIM_TYPES[sim.sim_type], "eid": sim.eid}
    if sim.porting is not None:
        columns |= {f"mnp_{name}": value for name, value in msgspec.structs.asdict(sim.porting).items()}
        columns["mnp_gender"] = GENDER_WORDS[sim.porting.gender]
    return columns


def _sim_of(order: Row) -> SimChoice | None:
    sim_type: SimType | None = meaning(SIM_TYPES, order["sim_type"])
    if sim_type is None:
        return None
    columns = {name: order[f"mnp_{name}"] for name in Porting.__struct_fields__}
    columns["gender"] = meaning(GENDER_WORDS, order["mnp_gender"])
    whole = all(value is not None for value in columns.values())
    return SimChoice(sim_type, order["eid"], Porting(**columns) if whole else None)


def order_of(records: Records, row: Row) -> Order:
    """An order with its lines."""
    lines = [_line_of(records, line) for line in records.find("order_line", order=row["id"])]
    opportunity = records.get("opportunity", row["opportunity"])
    begun = meaning(COMMODITY_TYPES, opportunity["commodity_type"]) if opportunity else None
    planned = next((of for line, of in lines if line.item_class is ItemClass.PLAN), None)
    return Order(
        id=OrderId(row["id"]),
        number=row["number"],
        key=RequestKey(row["key"]) if row["key"] else None,
        account=AccountId(row["account"]),
        opportunity=OpportunityId(row["opportunity"]) if row["opportunity"] else None,
        product_type=planned or begun,
        # an order that staff activated in Salesforce's own sense is locked there: nothing is left to do for it
        status=OrderStatus.COMPLETED if row["status"] == "Activated" else OrderStatus(row["status"]),
        activation=ActivationStatus(row["activation"] or ActivationStatus.NOT_STARTED),
        activation_type=ActivationType(row["activation_type"] or ActivationType.IMMEDIATE),
        activate_at=row["activate_at"],
        lines=tuple(line for line, _ in lines),
        address=address_of(row),
        placed_at=row["created_at"],
        changed_at=row["changed_at"],
        sim=_sim_of(row),
        shipped_at=row["shipped_at"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        billing_order=BillingOrderId(row["billing_order"]) if row["billing_order"] else None,
        cancel_code=row["cancel_code"],
        cancel_message=row["cancel_message"],
    )


def record(records: Records, table: str, id: str) -> Row:
    """The record, which must be there; raises Refused as Salesforce does for one that is not."""
    row = records.get(table, id)
    # writing nothing to it gives the system's own word for what is wrong with the id
    return row if row is not None else records.update(table, id, {})

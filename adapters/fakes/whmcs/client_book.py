"""Clients, as the portal finds, adds and keeps them in WHMCS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.fakes.tables import Refused, Row
from adapters.fakes.whmcs.acting import every
from adapters.fakes.whmcs.actions import WhmcsActions, asking_whmcs
from adapters.fakes.whmcs.sayings import ActionRefused
from adapters.fakes.world import World
from core.domain.account import Address, Person, Phone
from core.domain.ids import ClientId, CustomerNumber, RequestKey
from ports.billing import ClientRecord, NewClient
from ports.errors import Rejected

COUNTRY: Final = "JP"
_LANGUAGES: Final = {"en": "english", "ja": "japanese"}
_UNKNOWN_TO_ANYBODY: Final = "a password that is random and forgotten at once"


@dataclass(frozen=True, slots=True)
class FakeClientBook:
    """`ports.billing.ClientBook` on the world's WHMCS."""

    world: World

    async def ensure_client(
        self, key: RequestKey, client: NewClient, seen: Sequence[ClientRecord] | None = None
    ) -> ClientId:
        async with asking_whmcs(self.world, "ensure_client") as whmcs:

            def looked() -> Row | None:
                return _found(whmcs, email=client.email)

            known = looked() if seen is None or seen else None
            if known is None:
                try:
                    # whoever has no address yet is added without one: WHMCS's own checks are skipped, and save_details
                    # brings the address before anything is ordered
                    added = whmcs.add_client(
                        _fields_of(client),
                        customer_number=client.number,
                        skipvalidation=client.address is None,
                    )
                    return ClientId(added)
                except ActionRefused as refused:
                    # somebody was added since they were seen
                    known = looked() if refused.code == "conflict" else None
                    if known is None:
                        raise
            if known["customer_number"] != client.number or known["status"] == "Closed":
                raise Rejected("conflict", "client", ("email",))
            return ClientId(known["id"])

    async def find(self, client: ClientId) -> ClientRecord | None:
        async with asking_whmcs(self.world, "find") as whmcs:
            row = _found(whmcs, clientid=client)
            return _record_of(row) if row is not None else None

    async def find_by_email(self, email: str) -> ClientRecord | None:
        async with asking_whmcs(self.world, "find_by_email") as whmcs:
            row = _found(whmcs, email=email)
            return _record_of(row) if row is not None else None

    async def save_details(
        self,
        client: ClientId,
        phone: Phone | None,
        address: Address | None,
        *,
        marketing_consent: bool | None = None,
    ) -> None:
        async with asking_whmcs(self.world, "save_details") as whmcs:
            fields: dict[str, Any] = {"phonenumber": phone.for_billing} if phone is not None else {}
            if marketing_consent is not None:
                fields["marketingoptin"] = marketing_consent
            whmcs.update_client(client, fields | (_address_fields(address) if address is not None else {}))

    async def clear_details(self, client: ClientId, *, phone: bool, address: bool) -> None:
        async with asking_whmcs(self.world, "clear_details") as whmcs:
            gone = ("phonenumber",) * phone + ("address1", "address2", "city", "state", "postcode") * address
            whmcs.update_client(client, dict.fromkeys(gone, ""))

    async def all_clients(self, after: ClientId | None, most: int) -> tuple[ClientRecord, ...]:
        async with asking_whmcs(self.world, "all_clients") as whmcs:
            rows = (row for row in every(whmcs.get_clients) if after is None or int(row["id"]) > int(after))
            return tuple(_record_of(row) for row in rows)[:most]


def _found(whmcs: WhmcsActions, *, clientid: str | None = None, email: str | None = None) -> Row | None:
    try:
        return whmcs.get_clients_details(clientid=clientid, email=email)
    except Refused as refused:
        if refused.code != "not_found":
            raise
        return None


def _fields_of(client: NewClient) -> dict[str, Any]:
    return {
        "firstname": client.person.first_name,
        "lastname": client.person.last_name,
        "companyname": client.person.company,
        "email": client.email,
        "phonenumber": client.phone.for_billing,
        "language": _LANGUAGES[client.language],
        "marketingoptin": client.marketing_consent,
        "password2": _UNKNOWN_TO_ANYBODY,
        "country": COUNTRY,
        **(_address_fields(client.address) if client.address is not None else {}),
    }


def _address_fields(address: Address) -> dict[str, str]:
    return {
        "address1": address.town,
        "address2": address.building,
        "city": address.city,
        "state": address.prefecture,
        "postcode": address.postcode,
        "country": COUNTRY,
    }


def _record_of(row: Row) -> ClientRecord:
    number = row["customer_number"]
    return ClientRecord(
        id=ClientId(row["id"]),
        email=row["email"],
        number=CustomerNumber(number) if number else None,
        person=Person(
            first_name=row["firstname"] or "", last_name=row["lastname"] or "", company=row["companyname"] or ""
        ),
        phone=_phone_of(row["phonenumber"]),
        address=_address_of(row),
        marketing_consent=bool(row["marketingoptin"]),
        added_on=row["datecreated"],
        closed=row["status"] == "Closed",
    )


def _phone_of(text: str | None) -> Phone | None:
    country, dot, number = (text or "").removeprefix("+").partition(".")
    return Phone(country, number) if dot else None


def _address_of(row: Row) -> Address | None:
    if not row["address1"]:
        return None
    parts = (row[name] or "" for name in ("postcode", "state", "city", "address1", "address2"))
    return Address(*parts)

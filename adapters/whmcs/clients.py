"""Clients, as the portal finds, adds and keeps them in WHMCS."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from adapters.calling.lanes import Lanes
from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Row, day, flag, id_of, raw, rows, shown
from adapters.whmcs.encoding import NO, serialized
from adapters.whmcs.sayings import Class
from core.domain.account import Address, Person, Phone
from core.domain.ids import ClientId, CustomerNumber, RequestKey
from core.domain.words import Language
from ports.billing import ClientRecord, NewClient
from ports.errors import Rejected, Unavailable

COUNTRY: Final = "JP"
_LANGUAGES: Final = {Language.EN: "english", Language.JA: "japanese"}
_ADDRESS: Final = ("address1", "address2", "city", "state", "postcode")
_CLOSED: Final = "closed"
_AT_ONCE: Final = 4


class WhmcsClientBook:
    """`ports.billing.ClientBook` on a WHMCS.

    The customer number stands in a custom field of clients, which can't be searched for: a client is found by its
    address, and is ours when the field says so.
    """

    def __init__(self, client: Client, new_password: Callable[[], str]) -> None:
        self._whmcs = client
        self._number_field = client.settings.number_field
        self._new_password = new_password
        self._lanes = Lanes()
        self._places: dict[ClientId, int] = {}

    async def ensure_client(
        self, key: RequestKey, client: NewClient, seen: Sequence[ClientRecord] | None = None
    ) -> ClientId:
        async with self._lanes.alone(client.email.casefold()):
            known = await self._known(client, seen)
            if known is not None:
                return known
            try:
                body = await self._whmcs.write("AddClient", self._fields_of(client))
            except Rejected as refused:
                # a client may have been added by a call that was lost, or meanwhile by somebody else
                known = await self._known(client) if refused.code == Class.CONFLICT else None
                if known is None:
                    raise
                return known
            except Unavailable as lost:
                if not lost.outcome_unknown:
                    raise
                return await self._after_a_lost_answer(client)
            with reading("AddClient", is_read=False):
                return ClientId(id_of(body, "clientid"))

    async def find(self, client: ClientId) -> ClientRecord | None:
        return await self._found(clientid=client)

    async def find_by_email(self, email: str) -> ClientRecord | None:
        record = await self._found(email=email)
        return record if record is not None and record.email.casefold() == email.strip().casefold() else None

    async def save_details(
        self,
        client: ClientId,
        phone: Phone | None,
        address: Address | None,
        *,
        marketing_consent: bool | None = None,
    ) -> None:
        fields: dict[str, Any] = {"phonenumber": phone.for_billing} if phone is not None else {}
        if marketing_consent is not None:
            fields["marketingoptin"] = "1" if marketing_consent else NO
        await self._update(client, fields | (_address_fields(address) if address is not None else {}))

    async def clear_details(self, client: ClientId, *, phone: bool, address: bool) -> None:
        gone = ("phonenumber",) * phone + _ADDRESS * address
        # what is taken away would not pass WHMCS's own check of fields
        await self._update(client, {"skipvalidation": True, **dict.fromkeys(gone, "")})

    async def all_clients(self, after: ClientId | None, most: int) -> tuple[ClientRecord, ...]:
        listed = await self._behind(after, most)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(row: Row) -> ClientRecord | None:
            async with gate:
                record = await self.find(ClientId(id_of(row, "id")))
            # the list alone is sure to say since when a client is there
            return record and msgspec.structs.replace(record, added_on=record.added_on or day(row, "datecreated"))

        with reading("GetClients"):
            found = await asyncio.gather(*map(one, listed))
        return tuple(record for record in found if record is not None)

    # --- inside ----------------------------------------------------------------------------------------------------
    async def _known(self, client: NewClient, seen: Sequence[ClientRecord] | None = None) -> ClientId | None:
        """The client that is ours, or None where nobody has the address; Rejected where somebody else has it."""
        found = await self.find_by_email(client.email) if seen is None else next(iter(seen), None)
        if found is None:
            return None
        if found.is_of(client.number):
            return found.id
        # WHMCS says of several with one address whichever it likes
        for other in await self._others_with(client.email, found.id):
            if other.is_of(client.number):
                return other.id
        raise Rejected(Class.CONFLICT, "whmcs.client", ("email",))

    async def _others_with(self, email: str, but: ClientId) -> list[ClientRecord]:
        listed = await self._whmcs.every("GetClients", "clients", "client", search=email)
        with reading("GetClients"):
            ids = [ClientId(id_of(row, "id")) for row in listed if shown(row, "email").casefold() == email.casefold()]
        found = [await self.find(each) for each in ids if each != but]
        return [record for record in found if record is not None]

    async def _after_a_lost_answer(self, client: NewClient) -> ClientId:
        for _ in range(2):
            await asyncio.sleep(self._whmcs.settings.patience.settle)
            known = await self._known(client)
            if known is not None:
                return known
        raise Unavailable("whmcs.AddClient was not answered, and added nobody so far")

    async def _found(self, **by: str) -> ClientRecord | None:
        try:
            body = await self._whmcs.read("GetClientsDetails", **by)
        except Rejected as refused:
            if refused.code != Class.NOT_FOUND:
                raise
            return None
        with reading("GetClientsDetails"):
            held = body.get("client")
            record = _record_of(held if isinstance(held, Mapping) and held else body, self._number_field)
        # an answer about somebody else is no answer
        return None if by.get("clientid", record.id) != record.id else record

    async def _update(self, client: ClientId, fields: Mapping[str, Any]) -> None:
        await self._whmcs.write("UpdateClient", {"clientid": client, **fields}, repeatable=True)

    async def _behind(self, after: ClientId | None, most: int) -> list[Row]:
        """Clients by their ids; where the last call ended is remembered, since a list can't begin behind an id."""
        start = self._places.pop(after, 0) if after is not None else 0
        least = int(after) if after is not None else 0
        found: list[tuple[int, Row]] = []
        size = self._whmcs.settings.page_size
        while True:
            page, total = await self._whmcs.page(
                "GetClients", "clients", "client", start, size, orderby="id", sorting="ASC"
            )
            with reading("GetClients"):
                rows_by_id = [(int(id_of(row, "id")), row) for row in page]
            if start and not found and (not page or rows_by_id[0][0] > least):
                # clients before that place are gone, so that it may lie too far behind
                start = 0
                continue
            found += [(id, row) for id, row in rows_by_id if id > least]
            if len(found) >= most or not page or start + len(page) >= total:
                break
            start += len(page)
        listed = sorted(found, key=lambda pair: pair[0])[:most]
        if listed:
            self._places = {ClientId(str(listed[-1][0])): start}
        return [row for _, row in listed]

    def _fields_of(self, client: NewClient) -> dict[str, Any]:
        return {
            "firstname": client.person.first_name,
            "lastname": client.person.last_name,
            "companyname": client.person.company or None,
            "email": client.email,
            "phonenumber": client.phone.for_billing,
            "language": _LANGUAGES[client.language],
            "marketingoptin": client.marketing_consent,
            "country": COUNTRY,
            **(_address_fields(client.address) if client.address is not None else {"skipvalidation": True}),
            "password2": self._new_password(),
            "noemail": True,
            "customfields": serialized({self._number_field: client.number}),
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


def _record_of(row: Row, number_field: int) -> ClientRecord:
    number = _number_of(row, number_field)
    return ClientRecord(
        id=ClientId(id_of(row, "id", "client_id", "userid")),
        email=shown(row, "email"),
        number=CustomerNumber(number) if number else None,
        person=Person(
            first_name=shown(row, "firstname"), last_name=shown(row, "lastname"), company=shown(row, "companyname")
        ),
        phone=_phone_of(row),
        address=_address_of(row),
        marketing_consent=any(flag(row, name) for name in ("marketing_emails_opt_in", "marketingoptin")),
        added_on=day(row, "datecreated"),
        closed=raw(row, "status").casefold() == _CLOSED,
    )


def _number_of(row: Row, field: int) -> str:
    for custom in rows(row, "customfields", "customfield"):
        if id_of(custom, "id") == str(field):
            return shown(custom, "value").strip()
    return ""


def _phone_of(row: Row) -> Phone | None:
    # which of them has the country code has changed over time
    for name in ("telephoneNumber", "phonenumber", "phonenumberformatted"):
        country, dot, number = raw(row, name).strip().removeprefix("+").partition(".")
        if dot and country.isdigit() and number:
            return Phone(country, number)
    country, number = raw(row, "phonecc").strip(), raw(row, "phonenumber").strip()
    return Phone(country, number) if country and number else None


def _address_of(row: Row) -> Address | None:
    if not shown(row, "address1"):
        return None
    return Address(*(shown(row, name) for name in ("postcode", "state", "city", "address1", "address2")))

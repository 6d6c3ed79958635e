"""Documents and their review in Salesforce."""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from adapters.salesforce.bodies import altered
from adapters.salesforce.customers import Customers
from adapters.salesforce.org import Org, empty_or, is_taken
from adapters.salesforce.requests import Get, Record, Ref
from adapters.salesforce.rows import instant, to_the_millisecond, value_of
from adapters.salesforce.shapes import identity_of
from adapters.salesforce.soql import Compare, Select, le, ne
from core.domain.document import CleanDocument, Side, StoredDocument
from core.domain.identity import REVIEWED, Identity, IdStatus
from core.domain.ids import AccountId, DocumentId, RequestKey
from ports.errors import Rejected

SENT_WHOLE: Final = 1_000_000
"""Up to how many bytes a file is sent within a call that tells its document too; larger ones are streamed."""


@dataclass(frozen=True, slots=True)
class SalesforceIdentityDesk:
    """`ports.identity_desk.IdentityDesk` over Salesforce's accounts and files (IDV)."""

    org: Org
    customers: Customers

    async def standing(self, account: AccountId, *, documents: bool = False) -> Identity:
        id = self.org.sure_id("account", account)
        if not documents:
            record, titles = await asyncio.gather(self.customers.sure_record(id), self._titles(id))
            return identity_of(self.customers.account(record), titles, self.org.clock.now())
        record, titles, stored = await asyncio.gather(
            self.customers.sure_record(id), self._titles(id), self._versions(id, *Side)
        )
        identity = identity_of(self.customers.account(record), titles, self.org.clock.now())
        return msgspec.structs.replace(identity, stored=stored)

    async def ensure_document(
        self,
        key: RequestKey,
        account: AccountId,
        document: CleanDocument,
        side: Side = Side.FRONT,
        stored: tuple[StoredDocument, ...] | None = None,
    ) -> DocumentId:
        id = self.org.sure_id("account", account)
        reference = str(value_of("reference", f"{id}:{side}:{document.sha256}:{key}"))
        async with self.org.alone(id):
            known = self._still_so(id, side, stored)
            versions = known if known is not None else await self._looked_up(id, side)
            held = _held(versions, reference, document)
            if held is not None:
                return held
            values: dict[str, Any] = {"path": document.name, "title": document.name, "reference": reference}
            if versions:
                # a document is replaced by another version of it; only the first is put on the account
                values["document"] = versions[-1].document
            else:
                values["first_publish_location"] = id
            try:
                return await self._stored(values, document)
            except Rejected as rejected:
                held = _held(await self._versions(id, side), reference, document) if is_taken(rejected) else None
                if held is None:
                    raise
                return held
            finally:
                self.org.memory.stored[_of_side(id, side)] = reference

    async def ensure_submitted(self, account: AccountId, document: DocumentId, at: datetime) -> Identity:
        id, at = self.org.sure_id("account", account), to_the_millisecond(at)
        names = self.org.names
        values = {
            "id_status": IdStatus.SUBMITTED,
            "id_submitted_at": at,
            "id_message": None,
            "id_note": None,
            "id_document": document,
        }
        status, reviewed, submitted = names.fields("account", "id_status", "id_reviewed_at", "id_submitted_at")
        not_after = (
            ne(status, IdStatus.VERIFIED),
            empty_or(reviewed, le(reviewed, at)),
            empty_or(submitted, le(submitted, at)),
        )
        after = self.customers.choose().where(self.org.is_("account", "id", id))
        async with self.org.alone(id):
            titles = Get.query(self._links(id), "links")
            record, read = await self.org.change("account", id, not_after, values, after, [titles])
        titled = self._titled(read["links"].records)
        return identity_of(self.customers.account(record), titled, self.org.clock.now())

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        if most < 1:
            return ()
        fields = self.org.names.fields("account", "id_reviewed_at", "id_submitted_at")
        looked_at = self.org.choose("account", only=("id_reviewed_at", "id_submitted_at")).where(
            self.org.is_("account", "id_status", tuple(sorted(REVIEWED))), *(ne(field, None) for field in fields)
        )
        latest = looked_at.order_by(*(f"-{field}" for field in fields)).limit(most)
        times = [(row["id_reviewed_at"], row["id_submitted_at"]) for row in await self.org.rows("account", latest)]
        return tuple(end - start for end, start in (map(instant, both) for both in times) if end and start)

    # --- inside ----------------------------------------------------------------------------------------------------
    async def _titles(self, account: str) -> dict[str, str]:
        return self._titled(await self.org.records(self._links(account)))

    def _links(self, account: str) -> Select:
        names = self.org.names
        links = self.org.choose("document_link", *names.parent("document_link", "document", "document", "title"))
        return links.where(self.org.is_("document_link", "linked", account))

    def _titled(self, links: list[Record]) -> dict[str, str]:
        """The titles of an account's documents by their ids."""
        names = self.org.names
        told = [(names.row("document_link", r), names.above("document_link", "document", "document", r)) for r in links]
        return {link["document"]: document["title"] for link, document in told if document is not None}

    async def _looked_up(self, account: str, side: Side) -> tuple[StoredDocument, ...]:
        _, versions = await asyncio.gather(self.customers.sure_record(account), self._versions(account, side))
        return versions

    def _still_so(
        self, account: str, side: Side, stored: tuple[StoredDocument, ...] | None
    ) -> tuple[StoredDocument, ...] | None:
        """What was told of a side's documents; None where it was not, or another try may have stored one since."""
        last = self.org.memory.stored[_of_side(account, side)]
        if stored is None or (last is not None and last not in {each.reference for each in stored}):
            return None
        return tuple(each for each in stored if each.reference.startswith(_of_side(account, side)))

    async def _versions(self, account: str, *sides: Side) -> tuple[StoredDocument, ...]:
        """The versions of these sides' documents on the account, oldest first."""
        names = self.org.names
        ours = tuple(_of_side(account, side) for side in sides)
        like = f"{ours[0] if len(ours) == 1 else f'{account}:'}%"
        mine = Compare(names.field("document_version", "reference"), "LIKE", like)
        shown = ("id", "document", "reference", "is_latest", "created_at")
        query = self.org.choose("document_version", only=shown).where(mine)
        rows = await self.org.rows(
            "document_version", query.order_by(*names.fields("document_version", "created_at", "id"))
        )
        # Salesforce compares without regard to case, and ids differ by it
        return tuple(
            StoredDocument(DocumentId(row["document"]), row["reference"], bool(row["is_latest"]))
            for row in rows
            if (row["reference"] or "").startswith(ours)
        )

    async def _stored(self, values: dict[str, Any], document: CleanDocument) -> DocumentId:
        names = self.org.names
        version, shown = names.object("document_version"), names.fields("document_version", "document")
        # the name is kept as it is, and what a part of a call can't be told of it is sent by itself
        if len(document.data) <= SENT_WHOLE and not altered(values):
            whole = values | {"data": b64encode(document.data).decode("ascii")}
            stored = self.org.post("document_version", whole, "version")
            look = Get.row(version, Ref("version"), shown, "stored")
            answers = await self.org.at_once(stored, look, by_key=True)
            return DocumentId(names.row("document_version", answers["stored"].record or {})["document"])
        keyed = self.org.keys_are_unique
        async with self.org.writing(keyed=keyed):
            body = names.body("document_version", values)
            made = await self.org.client.upload(body, document.data, file_name=_plain_name(document), keyed=keyed)
        if "document" in values:
            return DocumentId(values["document"])
        record = await self.org.client.get(version, made, shown)
        return DocumentId(names.row("document_version", record or {})["document"])


def _of_side(account: str, side: Side) -> str:
    """How every reference to a side of an account begins."""
    return f"{account}:{side}:"


def _held(versions: Sequence[StoredDocument], reference: str, document: CleanDocument) -> DocumentId | None:
    """The document that holds the content already: stored under this very key, or the side's current version."""
    for version in versions:
        is_current = version.is_current and version.reference.split(":")[2] == document.sha256
        if is_current or version.reference == reference:
            return version.document
    return None


def _plain_name(document: CleanDocument) -> str:
    """A file name for the wire alone; the title keeps the customer's."""
    return f"document.{document.name.rpartition('.')[2]}" if document.name.isascii() else "document"

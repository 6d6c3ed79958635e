"""Documents and their review in the made-up Salesforce."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from adapters.fakes.salesforce.shapes import identity_of, record
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.document import CleanDocument, Side, StoredDocument
from core.domain.identity import REVIEWED, Identity, IdStatus
from core.domain.ids import AccountId, DocumentId, RequestKey


@dataclass(frozen=True, slots=True)
class FakeIdentityDesk:
    """`ports.identity_desk.IdentityDesk` over the world's accounts and files (IDV)."""

    world: World

    async def standing(self, account: AccountId, *, documents: bool = False) -> Identity:
        async with self.world.touch("salesforce", "standing"):
            row = record(self.world.records, "account", account)
            identity = identity_of(self.world.records, row)
            if not documents:
                return identity
            versions = self._versions(AccountId(row["id"]), *Side)
            stored = (StoredDocument(v["document"], v["reference"], bool(v["is_latest"])) for v in versions)
            return msgspec.structs.replace(identity, stored=tuple(stored))

    async def ensure_document(
        self,
        key: RequestKey,
        account: AccountId,
        document: CleanDocument,
        side: Side = Side.FRONT,
        stored: tuple[StoredDocument, ...] | None = None,
    ) -> DocumentId:
        del stored  # looking again costs nothing here
        async with self.world.touch("salesforce", "ensure_document"):
            records = self.world.records
            account = AccountId(record(records, "account", account)["id"])
            versions = self._versions(account, side)
            reference = f"{account}:{side}:{document.sha256}:{key}"
            for version in versions:
                is_current = version["is_latest"] and version["checksum"] == document.sha256
                if is_current or version["reference"] == reference:
                    return DocumentId(version["document"])
            values = {"path": document.name, "title": document.name, "data": document.data, "reference": reference}
            # a document is replaced by another version of it; only the first is put on the account
            values |= {"document": versions[-1]["document"]} if versions else {"first_publish_location": account}
            version = record(records, "document_version", records.create("document_version", values))
            return DocumentId(version["document"])

    async def ensure_submitted(self, account: AccountId, document: DocumentId, at: datetime) -> Identity:
        async with self.world.touch("salesforce", "ensure_submitted"):
            records = self.world.records
            row = record(records, "account", account)
            later = max((t for t in (row["id_reviewed_at"], row["id_submitted_at"]) if t is not None), default=None)
            if row["id_status"] != IdStatus.VERIFIED and (later is None or later <= at):
                values = {
                    "id_status": IdStatus.SUBMITTED,
                    "id_submitted_at": at,
                    "id_message": None,
                    "id_note": None,
                    "id_document": document,
                }
                row = records.update("account", account, values)
            return identity_of(records, row)

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        async with self.world.touch("salesforce", "review_times"):
            reviewed = [
                (account["id_reviewed_at"], account["seq"], account["id_reviewed_at"] - account["id_submitted_at"])
                for account in self.world.records.find("account")
                if account["id_status"] in REVIEWED and account["id_submitted_at"] and account["id_reviewed_at"]
            ]
            return tuple(waited for *_, waited in sorted(reviewed, reverse=True)[:most])

    def _versions(self, account: AccountId, *sides: Side) -> list[Row]:
        records = self.world.records
        documents = [link["document"] for link in records.find("document_link", linked=account)]
        versions = [v for document in documents for v in records.find("document_version", document=document)]
        ours = tuple(f"{account}:{side}:" for side in sides)
        return [version for version in versions if (version["reference"] or "").startswith(ours)]

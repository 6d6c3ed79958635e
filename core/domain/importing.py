"""Users and documents of a former portal, and whether they can be taken over (OPS-7)."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.account import Profile, email_faults
from core.domain.document import SentFile
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, crm_id, is_billing_id, is_customer_number
from core.domain.session import canonical_email
from core.domain.words import Language

_ARGON2ID: Final = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,8}),t=([1-9][0-9]{0,3}),p=([1-9][0-9]?)"
    r"\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{22,86})"
)
LEAST_MEMORY: Final = 7 * 1024
MOST_MEMORY: Final = 256 * 1024
"""KiB that one log-in may take, whoever made the hash."""
LEAST_WORK: Final = 35_000
MOST_WORK: Final = 1024 * 1024
"""KiB times passes: the weakest that is recommended for argon2id anywhere, and about a second of one core."""
MOST_LANES: Final = 16


class FormerUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user as the former portal knew them; `password` is an argon2id hash in its usual text form."""

    email: str
    password: str
    account: AccountId
    contact: ContactId
    client: ClientId
    number: CustomerNumber
    language: Language
    email_verified: bool
    marketing_consent: bool
    terms_version: str
    terms_accepted_at: datetime | None
    created_at: datetime

    def __repr__(self) -> str:
        return f"FormerUser({self.account})"


class FormerFile(msgspec.Struct, frozen=True):
    """A file of the export and the digest of its bytes."""

    sent: SentFile
    sha256: str


class FormerDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A residence card that the former portal stored; each side is a file of the export."""

    account: AccountId
    front: FormerFile
    back: FormerFile | None = None
    sent_at: datetime

    @property
    def reference(self) -> str:
        """What tells this card from every other: whose, and which bytes."""
        sides = [self.front.sha256] + ([self.back.sha256] if self.back is not None else [])
        return ":".join(["document", self.account, *sides])


class LineFault(msgspec.Struct, frozen=True):
    """What is wrong with one field of a line, told to operators and never what stands there."""

    field: str
    code: str
    data: dict[str, str | int] = {}


class Fate(StrEnum):
    """What became of a line of the export."""

    IMPORTED = "imported"
    """Done; in a dry run: it would be."""
    THERE = "there"
    """An earlier run did it."""
    REFUSED = "refused"
    NOT_REACHED = "not_reached"
    """Another system did not answer; the next run goes on here."""


class Imported(msgspec.Struct, frozen=True):
    """What became of a line, and what was wrong with which field of it; never what stood there."""

    fate: Fate
    faults: tuple[LineFault, ...] = ()


def refused(*faults: LineFault) -> Imported:
    """A line that is refused for these faults."""
    return Imported(Fate.REFUSED, faults)


def hash_faults(field: str, hash: str) -> list[LineFault]:
    """What is wrong with a password's hash: only argon2id, neither weak nor so costly that a log-in would hurt."""
    found = _ARGON2ID.fullmatch(hash)
    if found is None or any(len(found[part]) % 4 == 1 for part in (4, 5)):
        return [LineFault(field, "not_argon2id")]
    memory, passes, lanes = (int(found[part]) for part in (1, 2, 3))
    if memory < LEAST_MEMORY or memory * passes < LEAST_WORK:
        return [LineFault(field, "too_weak")]
    if memory > MOST_MEMORY or memory * passes > MOST_WORK or lanes > MOST_LANES:
        return [LineFault(field, "too_costly")]
    return []


def user_faults(user: FormerUser) -> list[LineFault]:
    """What is wrong with a user by itself (ACC-5, ACC-7)."""
    faults = [LineFault(each.field, each.code) for each in email_faults("email", user.email)]
    faults += hash_faults("passwordHash", user.password)
    ids = {"accountId": user.account, "contactId": user.contact}
    faults += [LineFault(field, "not_an_id_of_18_characters") for field, id in ids.items() if crm_id(id) != id]
    if not is_billing_id(user.client):
        faults.append(LineFault("clientId", "not_an_id"))
    if not user.email_verified:
        faults.append(LineFault("emailVerified", "not_verified"))
    if not is_customer_number(user.number):
        faults.append(LineFault("customerNumber", "not_a_customer_number"))
    return faults


def profile_faults(user: FormerUser, profile: Profile | None) -> list[LineFault]:
    """In what the user differs from the customer that Salesforce holds."""
    if profile is None:
        return [LineFault("accountId", "unknown")]
    held = {
        "contactId": profile.contact in (None, user.contact),
        "customerNumber": profile.number in (None, user.number),
        "clientId": profile.client in (None, user.client),
        "email": canonical_email(profile.email) == canonical_email(user.email),
    }
    return [LineFault(field, "differs_in_salesforce") for field, same in held.items() if not same]

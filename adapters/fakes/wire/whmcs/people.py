"""Who may call the action API: API credentials with their roles, administrators, and the address they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from hmac import compare_digest
from typing import Any, Final

import msgspec

from adapters.fakes.whmcs.acting import API_ROLE

ANYTHING: Final = "*"
PORTAL_ROLE: Final = API_ROLE | {
    "AddCancelRequest",
    "GetCancelledPackages",
    "GetCurrencies",
    "GetHealthStatus",
    "GetModuleQueue",
    "GetPaymentMethods",
    "GetProducts",
    "ModuleCreate",
    "PendingOrder",
    "UpgradeProduct",
    "WhmcsDetails",
}
"""What the portal's role allows: what its adapter may ask, and neither a closing, a payment nor a card."""
ACCESS_KEY: Final = "genkan-sandbox-access-key"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """One who may call: an API credential, and the administrator it belongs to.

    `roles` are lists of allowed actions, one of which has to allow a call. `by` is who acts then, as the world's
    ledger says it.
    """

    identifier: str
    secret: str
    username: str
    password: str
    roles: tuple[frozenset[str], ...]
    by: str = "portal"

    def may(self, action: str) -> bool:
        """Whether any of the roles allows the action."""
        return any(action in role or ANYTHING in role for role in self.roles)


PORTAL: Final = Caller(
    identifier="sandboxPortalIdentifier0123456789",
    secret="sandboxPortalSecret0123456789abcd",
    username="portal",
    password="portal-admin-password",
    roles=(PORTAL_ROLE,),
)
STAFF: Final = Caller(
    identifier="sandboxStaffIdentifier01234567890",
    secret="sandboxStaffSecret0123456789abcde",
    username="staff",
    password="staff-admin-password",
    roles=(frozenset({ANYTHING}),),
    by="staff",
)


@dataclass(slots=True, kw_only=True)
class Access:
    """Who is let in and from where: `addresses` one by one, or the access key in the place of any address."""

    callers: tuple[Caller, ...] = (PORTAL, STAFF)
    addresses: set[str] = field(default_factory=lambda: {"127.0.0.1", "::1"})
    access_key: str | None = ACCESS_KEY

    def admits(self, address: str, form: Mapping[Any, Any]) -> bool:
        """Whether the call comes from where calls may come from."""
        given = form.get("accesskey")
        if self.access_key and isinstance(given, str) and _same(given, self.access_key):
            return True
        return address in self.addresses

    def caller_of(self, form: Mapping[Any, Any]) -> Caller | None:
        """Whose credentials these are, by either pair of names; None when they are nobody's."""
        name = form.get("identifier") or form.get("username")
        secret = form.get("secret") or form.get("password")
        if not isinstance(name, str) or not isinstance(secret, str):
            return None
        for caller in self.callers:
            if _same(name, caller.identifier) and _same(secret, caller.secret):
                return caller
            # the old pair: the administrator's own name, and the hash of the password
            hashed = md5(caller.password.encode(), usedforsecurity=False).hexdigest()
            if name == form.get("username") and _same(name, caller.username) and _same(secret, hashed):
                return caller
        return None


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())

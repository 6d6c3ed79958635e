"""Who may use the org: its users, and the applications that log in as them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.ids import crm_id


def _long(short: str) -> str:
    long = crm_id(short)
    assert long is not None
    return long


ORG_ID: Final = _long("00DQ8K000000001")
PORTAL_NAME: Final = "portal@genkan.example"
STAFF_NAME: Final = "staff@genkan.example"
_IDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "portal": _long("005Q8K00000por1"),
        "staff": _long("005Q8K00000sta1"),
        "flow": _long("005Q8K00000aut1"),
    }
)


def user_id(by: str) -> str:
    """The id of the user that stands for whoever writes in the world; what nobody wrote is the automated process's."""
    return _IDS.get(by, _IDS["flow"])


class User(msgspec.Struct, frozen=True):
    """One user; `by` is what the world knows its writes as: "portal" or "staff"."""

    name: str
    by: str

    @property
    def id(self) -> str:
        """The user's id."""
        return user_id(self.by)


PORTAL: Final = User(PORTAL_NAME, "portal")
STAFF: Final = User(STAFF_NAME, "staff")


class App(msgspec.Struct, frozen=True, kw_only=True):
    """An application that may log in.

    With a `secret` it gets client credentials as `run_as`; with `certificate` (PEM, or a bare public key) its signed
    assertions are taken for the users in `approved`, by name.
    """

    key: str
    secret: str | None = None
    run_as: User | None = None
    certificate: str | None = None
    approved: tuple[User, ...] = ()


PORTAL_APP: Final = App(key="portal-app", secret="of the portal in the sandbox", run_as=PORTAL)
STAFF_APP: Final = App(key="staff-app", secret="of staff in the sandbox", run_as=STAFF)


def signed_app(certificate: str) -> App:
    """The application whose assertions are signed with that certificate's key, as either of the users."""
    return App(key="signed-app", certificate=certificate, approved=(PORTAL, STAFF))

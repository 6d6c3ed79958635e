"""WHMCS's actions about clients: add, read, change, close, pay methods and the single sign-on token."""

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec

from adapters.fakes.tables import Refused, Row
from adapters.fakes.whmcs.acting import Acting, Listing, action
from adapters.fakes.whmcs.sayings import Says

_ASKED_FOR: Final = {
    "firstname": "first name",
    "lastname": "last name",
    "email": "email address",
    "address1": "address (line 1)",
    "city": "city",
    "state": "region",
    "postcode": "postcode",
    "country": "country",
    "phonenumber": "phone number",
    "password2": "password",
}
_NEVER_WAIVED: Final = ("email", "password2")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_BARRED_DOMAIN: Final = "@barred.example"
BILLING_SITE: Final = "https://billing.sonixnet.example"
TOKEN_LIFE: Final = timedelta(seconds=60)

DESTINATIONS: Final = frozenset(
    {
        *(
            f"clientarea:{page}"
            for page in (
                "profile",
                "billing_info",
                "emails",
                "announcements",
                "downloads",
                "knowledgebase",
                "network_status",
                "services",
                "product_details",
                "domains",
                "domain_details",
                "invoices",
                "tickets",
                "submit_ticket",
                "shopping_cart",
                "shopping_cart_addons",
                "shopping_cart_domain_register",
                "shopping_cart_domain_transfer",
            )
        ),
        "sso:custom_redirect",
    }
)
"""The destinations that WHMCS documents; there is none for the payment methods alone."""


class SsoToken(msgspec.Struct, frozen=True):
    """A token that logs in once, within a minute, and the page it leads to."""

    access_token: str
    redirect_url: str


class ClientActions(Acting):
    """Actions about clients."""

    @action("AddClient")
    def add_client(
        self,
        fields: Mapping[str, Any],
        *,
        customer_number: str | None = None,
        skipvalidation: bool = False,
        owner: str | None = None,
    ) -> str:
        """Add a client and its login user; answers the client id. The user's address is unique.

        With an `owner`, a user there is already, no user is made and no password needed.
        """
        needed = _NEVER_WAIVED if skipvalidation else tuple(_ASKED_FOR)
        waived = ("password2",) if owner is not None else ()
        missing = [name for name in needed if name not in waived and not str(fields.get(name) or "").strip()]
        if missing:
            raise Says.NOT_ENTERED.about(_ASKED_FOR[missing[0]], fields=tuple(missing))
        email = fields["email"].strip()
        self._check_email(email)
        if not skipvalidation and not _COUNTRY.fullmatch(fields["country"]):
            raise Says.COUNTRY_WRONG.about(fields=("country",))
        if owner is not None:
            self._check_user(owner)
        # whether clients of one user may share an address is not sure of WHMCS; here they may not
        if self.records.one("client", **{"user_email" if owner is None else "email": email}) is not None:
            raise Says.EMAIL_TAKEN.about(fields=("email",))
        user = {"user_email": email} if owner is None else {}
        kept = {name: value for name, value in fields.items() if name != "password2"}
        return self.records.create(
            "client",
            {**kept, **user, "customer_number": customer_number, "datecreated": self.today},
            by=self.by,
        )

    @action("GetClientsDetails")
    def get_clients_details(self, *, clientid: str | None = None, email: str | None = None) -> Row:
        """The client of that id, or else of that address."""
        row = self.records.get("client", clientid) if clientid else self.records.one("client", email=email)
        if row is None:
            raise Says.CLIENT_MISSING.about()
        return row

    @action("GetClients")
    def get_clients(self, *, limitstart: int = 0, limitnum: int = 25) -> Listing:
        """Clients in the order of their ids."""
        return self._listing(self.records.find("client"), limitstart, limitnum)

    @action("UpdateClient")
    def update_client(self, clientid: str, fields: Mapping[str, Any]) -> None:
        """Change what is named of a client; the login user and its password are out of reach."""
        row = self._client(clientid)
        email = fields.get("email")
        if email is not None:
            self._check_email(email)
            if any(other["id"] != row["id"] for other in self.records.find("client", email=email)):
                raise Says.EMAIL_DUPLICATE.about(fields=("email",))
        if "country" in fields and not _COUNTRY.fullmatch(fields["country"] or ""):
            raise Says.COUNTRY_WRONG.about(fields=("country",))
        self.records.update("client", row["id"], fields, by=self.by)

    @action("CloseClient")
    def close_client(self, clientid: str) -> None:
        """Close the client, end its services and cancel its unpaid invoices."""
        row = self._client(clientid)
        self.records.update("client", row["id"], {"status": "Closed"}, by=self.by)
        for service in self.records.find("service", client=row["id"]):
            end = {"Pending": "Cancelled", "Active": "Terminated", "Suspended": "Terminated"}.get(service["status"])
            if end is not None:
                self.records.update(
                    "service", service["id"], {"status": end, "terminationdate": self.today}, by=self.by
                )
        for invoice in self.records.find("invoice", client=row["id"], status="Unpaid"):
            self.records.update("invoice", invoice["id"], {"status": "Cancelled"}, by=self.by)

    @action("GetPayMethods")
    def get_pay_methods(self, clientid: str) -> tuple[Row, ...]:
        """The client's pay methods, in the order they were added; nothing tells which is the default."""
        if self.records.get("client", clientid) is None:
            raise Says.CLIENT_MISSING.about()
        return tuple(self.records.find("payment_method", client=clientid))

    @action("CreateSsoToken")
    def create_sso_token(self, client_id: str, destination: str, sso_redirect_path: str = "") -> SsoToken:
        """A token for the client's owner; refused for a closed client and for one who switched it off."""
        row = self.records.get("client", client_id)
        if row is None:
            raise Says.SSO_CLIENT_WRONG.about()
        if row["status"] == "Closed" or row["sso_off"]:
            raise Says.SSO_BLOCKED.about(client_id)
        if destination not in DESTINATIONS or (destination == "sso:custom_redirect") != bool(sso_redirect_path):
            raise Says.DESTINATION_WRONG.about()
        now = self.world.clock.now()
        # made up of where and when: the pages behind it are not part of the world, but which one it opens is
        made = self.records.counts.get("sso_token", 0)
        seed = f"{client_id} {destination} {sso_redirect_path} {now.isoformat()} {made}"
        token = sha256(seed.encode()).hexdigest()
        door = {"token": token, "client": client_id, "destination": destination, "until": now + TOKEN_LIFE}
        self.records.create("sso_token", {**door, "path": sso_redirect_path or None}, by=self.by)
        return SsoToken(token, f"{BILLING_SITE}/oauth/singlesignon.php?access_token={token}")

    def open_sso_link(self, url: str) -> Row:
        """What a browser does with the link: the token's page, once and in time."""
        row = self.records.one("sso_token", token=url.rpartition("access_token=")[2])
        if row is None or row["used"] or row["until"] < self.world.clock.now():
            raise Refused("wrong_state", ("url",), "sso_token")
        return self.records.update("sso_token", row["id"], {"used": True}, by=self.by)

    def _client(self, clientid: str) -> Row:
        row = self.records.get("client", clientid)
        if row is None:
            raise Says.CLIENT_ID_MISSING.about()
        return row

    def _check_user(self, user: str) -> None:
        # a user bears the number of the client that it came with
        row = self.records.get("client", user)
        if row is None or row["user_email"] is None:
            raise Says.USER_WRONG.about()

    @staticmethod
    def _check_email(email: str) -> None:
        if not _EMAIL.fullmatch(email):
            raise Says.EMAIL_WRONG.about(fields=("email",))
        if email.casefold().endswith(_BARRED_DOMAIN):
            raise Says.EMAIL_BARRED.about(fields=("email",))

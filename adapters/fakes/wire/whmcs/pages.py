"""The pages behind a single sign-on: where a customer adds a card and pays an invoice, logged in by a cookie."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import quote

import msgspec

from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.tables import Refused, Row
from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.fakes.wire.whmcs.calls import Answer
from adapters.fakes.wire.whmcs.forms import Form
from adapters.fakes.wire.whmcs.office import Office
from adapters.fakes.wire.whmcs.paying import CARD
from adapters.fakes.wire.whmcs.templates import rendered
from core.domain.ids import ClientId, InvoiceId
from ports.errors import Rejected

COOKIE: Final = "WHMCSMadeUp"
PAY_METHODS: Final = "index.php?rp=/account/paymentmethods"
INVOICES: Final = "clientarea.php?action=invoices"
_ADD: Final = "/account/paymentmethods/add"
_HEADERS: Final = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
_LEADS_TO: Final = {
    "clientarea:billing_info": PAY_METHODS,
    "clientarea:invoices": INVOICES,
    "clientarea:services": "clientarea.php?action=services",
    "clientarea:profile": "clientarea.php?action=details",
}
_EXPIRY: Final = re.compile(r"(0[1-9]|1[0-2])\s*/\s*([0-9]{2})")
_IN_A_URL: Final = "/?#[]@!$&'()*+,;=:%~"
_BRANDS: Final = {"3": "JCB", "4": "Visa", "5": "MasterCard"}


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser asks for."""

    method: str
    path: str
    query: Form
    cookies: str
    form: Form


class Session(msgspec.Struct, frozen=True):
    """Whose browser it is, and the token that each of its forms has to bring back."""

    client: str
    token: str


@dataclass(slots=True)
class Pages:
    """The client area. A session ends with the installation."""

    office: Office
    _sessions: dict[str, Session] = field(default_factory=dict)

    async def answered(self, visit: Visit) -> Answer:
        """The page, or where it is."""
        if visit.path == "/oauth/singlesignon.php" and visit.method == "GET":
            return self._signed_on(visit)
        session = self._session_of(visit)
        if session is None:
            return _page(403, "notice", title="Please log in", text="Open this page from the portal.")
        if visit.method == "POST":
            return await self._posted(visit, session)
        if visit.method not in ("GET", "HEAD"):
            return _page(405, "notice", title="Not like this", text="There is nothing here for that.")
        return self._shown(visit, session)

    def _signed_on(self, visit: Visit) -> Answer:
        """What the link does, once and within its minute: it logs in and leads on."""
        token = visit.query.get("access_token")
        try:
            row = WhmcsActions(self.office.world, "customer").open_sso_link(f"access_token={token}")
        except Refused:
            return _page(403, "notice", title="This link is used up", text="Open it from the portal once more.")
        # nothing but made-up records lies behind it, so that a counted name will do
        name = sha256(f"session {len(self._sessions)} {token}".encode()).hexdigest()
        self._sessions[name] = Session(row["client"], sha256(f"form {name}".encode()).hexdigest())
        cookie = f"{COOKIE}={name}; Path=/; HttpOnly; SameSite=Lax"
        return _to(row["path"] or _LEADS_TO.get(row["destination"], "clientarea.php"), {"set-cookie": cookie})

    def _session_of(self, visit: Visit) -> Session | None:
        try:
            morsel = SimpleCookie(visit.cookies).get(COOKIE)
        except CookieError:
            return None
        return self._sessions.get(morsel.value) if morsel is not None else None

    # --- reading ---------------------------------------------------------------------------------------------------
    def _shown(self, visit: Visit, session: Session) -> Answer:
        asked = (visit.path, visit.query.get("rp") or visit.query.get("action"))
        if asked == ("/index.php", "/account/paymentmethods"):
            return self._methods(session)
        if visit.path == "/viewinvoice.php":
            return self._invoice(session, _text(visit.query, "id"))
        if asked == ("/clientarea.php", "invoices"):
            rows = [row for row in self._of(session, "invoice") if row["status"] != "Draft"]
            return _page(200, "invoices", title="Invoices", invoices=rows[::-1])
        if asked == ("/clientarea.php", "services"):
            return _page(200, "services", title="Services", services=self._of(session, "service"))
        if visit.path == "/clientarea.php":
            client = self.office.world.records.get("client", session.client)
            return _page(200, "details", title="Your details", client=client)
        return _page(404, "notice", title="Not found", text="There is no such page.")

    def _methods(self, session: Session, problem: str = "") -> Answer:
        rows = self._of(session, "payment_method")
        status = 422 if problem else 200
        return _page(status, "methods", title="Payment methods", methods=rows, token=session.token, problem=problem)

    def _invoice(self, session: Session, invoice: str, problem: str = "") -> Answer:
        row = self.office.world.records.get("invoice", invoice)
        if row is None or row["client"] != session.client or row["status"] == "Draft":
            return _page(404, "notice", title="Not found", text="There is no such invoice.")
        lines = self.office.world.records.find("invoice_line", invoice=row["id"])
        token, methods = session.token, self._of(session, "payment_method")
        title = f"Invoice {row['invoicenum'] or row['id']}"
        told = {"invoice": row, "lines": lines, "token": token, "methods": methods, "problem": problem}
        return _page(409 if problem else 200, "invoice", title=title, **told)

    def _of(self, session: Session, table: str) -> list[Row]:
        return self.office.world.records.find(table, client=session.client)

    # --- writing ---------------------------------------------------------------------------------------------------
    async def _posted(self, visit: Visit, session: Session) -> Answer:
        if not compare_digest(_text(visit.form, "token").encode(), session.token.encode()):
            return _page(403, "notice", title="This form is too old", text="Open the page once more.")
        if (visit.path, visit.query.get("rp")) == ("/index.php", _ADD):
            return await self._add_card(visit, session)
        if (visit.path, visit.query.get("rp")) == ("/index.php", "/account/paymentmethods/delete"):
            return await self._remove(session, _text(visit.form, "method"))
        if visit.path == "/viewinvoice.php":
            return await self._pay(session, _text(visit.query, "id"))
        return _page(404, "notice", title="Not found", text="There is no such page.")

    async def _add_card(self, visit: Visit, session: Session) -> Answer:
        """Keep the last four digits of a card and its month; the rest is forgotten here."""
        number = re.sub(r"[\s-]", "", _text(visit.form, "ccnumber"))
        month = _EXPIRY.fullmatch(_text(visit.form, "ccexpirydate").strip())
        if not CARD.fullmatch(number) or month is None:
            return self._methods(session, "The card's number or its date is not right.")
        brand = _BRANDS.get(number[0], "Card")
        client = ClientId(session.client)
        await BillingDesk(self.office.world).add_payment_method(client, number[-4:], f"20{month[2]}-{month[1]}", brand)
        return _to(PAY_METHODS)

    async def _remove(self, session: Session, method: str) -> Answer:
        try:
            await BillingDesk(self.office.world).remove_payment_method(ClientId(session.client), method)
        except Rejected:
            return _page(404, "notice", title="Not found", text="There is no such payment method.")
        return _to(PAY_METHODS)

    async def _pay(self, session: Session, invoice: str) -> Answer:
        row = self.office.world.records.get("invoice", invoice)
        if row is None or row["client"] != session.client:
            return _page(404, "notice", title="Not found", text="There is no such invoice.")
        try:
            await BillingDesk(self.office.world).pay_invoice(InvoiceId(invoice))
        except Rejected:
            return self._invoice(session, invoice, "There is nothing to pay on it.")
        return _to(f"viewinvoice.php?id={row['id']}")


def _text(form: Form, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _page(status: int, template: str, **told: Any) -> Answer:
    return Answer(status, rendered(template, told).encode(), _HEADERS)


def _to(path: str, more: dict[str, str] | None = None) -> Answer:
    """On to a page of this installation; an address of another place is none."""
    here = "/" + quote(re.sub(r"^[a-z][a-z0-9+.-]*:", "", path, flags=re.IGNORECASE).lstrip("/\\"), safe=_IN_A_URL)
    return Answer(302, b"", {**_HEADERS, "location": here, **(more or {})})

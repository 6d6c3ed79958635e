"""Actions about clients."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from adapters.fakes.tables import Row
from adapters.fakes.wire.whmcs.calls import Call, Members, WireError, acting, offered
from adapters.fakes.wire.whmcs.forms import is_true, unserialised
from adapters.fakes.wire.whmcs.told import Shown, day, listed, number, shown

_TEXTS: Final = (
    "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country",
    "phonenumber", "language",
)  # fmt: skip
"""What the world keeps of what is posted; the rest is kept beside it."""
_BESIDE: Final = (
    "tax_id", "notes", "groupid", "currency", "paymentmethod", "securityqid", "taxexempt", "separateinvoices",
    "disableautocc",
)  # fmt: skip
_ICANN: Final = (
    "You must have at least one email address enabled to receive domain related notifications as required by ICANN. "
    "To disable domain notifications, please create a contact to receive them first."
)


@offered("AddClient", writes=True)
def add_client(call: Call) -> Members:
    """Add a client and its login user."""
    fields = {name: call.text(name) for name in _TEXTS if name in call.form} | {
        "password2": call.text("password2"),
        "marketingoptin": call.is_set("marketingoptin"),
    }
    fields.setdefault("country", "")
    owner = call.maybe("owner_user_id")
    client = acting(call).add_client(
        fields, customer_number=_number_in(call), skipvalidation=call.is_set("skipvalidation"), owner=owner
    )
    _keep(call, client)
    return {"clientid": client, "owner_id": owner or client}


@offered("UpdateClient", writes=True)
def update_client(call: Call) -> Members:
    """Change what is named, even to nothing; the login user stays as it is."""
    whmcs = acting(call)
    clientid = call.text("clientid")
    if not clientid and call.maybe("clientemail"):
        found = whmcs.records.one("client", email=call.text("clientemail"))
        clientid = found["id"] if found is not None else ""
    fields: dict[str, Any] = {name: call.text(name) for name in _TEXTS if name in call.form}
    if "marketingoptin" in call.form:
        fields["marketingoptin"] = call.is_set("marketingoptin")
    if call.maybe("status"):
        fields["status"] = call.text("status")
    preferences = call.array("email_preferences")
    if "domain" in preferences and not is_true(preferences["domain"]):
        raise WireError(_ICANN)
    customer_number = _number_in(call)
    if customer_number is not None:
        fields["customer_number"] = customer_number
    whmcs.update_client(clientid, fields)
    _keep(call, clientid)
    return {"clientid": clientid}


@offered("GetClients")
def get_clients(call: Call) -> Members:
    """Clients, a page of them; none of their custom fields."""
    start, most = call.page
    search, status = call.text("search").casefold(), call.maybe("status")
    rows = [
        row
        for row in acting(call).records.find("client")
        if any(text.casefold().startswith(search) for text in _searched(row)) and status in (None, row["status"])
    ]
    orders = {"firstname": "firstname", "lastname": "lastname", "companyname": "companyname", "email": "email"}
    by = orders.get(call.text("orderby"))
    rows.sort(key=lambda row: (row[by] or "").casefold() if by else row["seq"])
    if call.text("sorting").upper() == "DESC":
        rows.reverse()
    page = rows[start : start + most]
    return {
        "totalresults": len(rows),
        "startnumber": start,
        "numreturned": len(page),
        "clients": listed("client", map(_in_a_list, page)),
    }


@offered("GetClientsDetails")
def get_clients_details(call: Call) -> Members:
    """The client, under `client` and once more beside it."""
    row = acting(call).get_clients_details(clientid=call.maybe("clientid"), email=call.maybe("email"))
    client = dict(_details(call, row))
    told: dict[str, Any] = dict(client) if call.office.quirks.duplicates else {}
    told["client"] = client
    if call.is_set("stats"):
        told["stats"] = _stats(call, row)
    return told


@offered("CloseClient", writes=True)
def close_client(call: Call) -> Members:
    """Close the client, and end what is theirs."""
    acting(call).close_client(call.text("clientid"))
    return {}


@offered("DeleteClient", writes=True)
def delete_client(call: Call) -> Members:
    """Take the client away for ever, with everything that is theirs."""
    whmcs = acting(call)
    client = call.text("clientid")
    if whmcs.records.get("client", client) is None:
        raise WireError("Client ID Not Found")
    for invoice in whmcs.records.find("invoice", client=client):
        for table in ("invoice_line", "transaction"):
            for row in whmcs.records.find(table, invoice=invoice["id"]):
                whmcs.records.delete(table, row["id"], by=whmcs.by)
    for table in ("service", "billing_order", "invoice", "payment_method", "sso_token"):
        for row in whmcs.records.find(table, client=client):
            whmcs.records.delete(table, row["id"], by=whmcs.by)
    whmcs.records.delete("client", client, by=whmcs.by)
    return {"clientid": client}


@offered("ValidateLogin", writes=True)
def validate_login(call: Call) -> Members:
    """Whether a user's address and password fit; nobody knows the password of a client that the portal added."""
    row = acting(call).records.one("client", user_email=call.maybe("email"))
    if row is None or call.text("password2") != call.office.more("client", row["id"]).get("password2"):
        raise WireError("Email or Password Invalid")
    made = sha256(f"{row['id']} {call.text('password2')}".encode()).hexdigest()
    return {"userid": int(row["id"]), "passwordhash": made, "twoFactorEnabled": "false"}


def _number_in(call: Call) -> str | None:
    """The customer number among the custom fields; what is serialised wrongly is not there."""
    fields = unserialised(call.form.get("customfields"))
    value = fields.get(call.office.fields.customer_number)
    return None if value is None else str(value)


def _keep(call: Call, client: str) -> None:
    posted: dict[str, Any] = {name: call.text(name) for name in _BESIDE if name in call.form}
    if call.action == "AddClient":
        posted["password2"] = call.text("password2")
        if call.maybe("owner_user_id"):
            posted["owner_user_id"] = call.maybe("owner_user_id")
    call.office.keep("client", client, posted)


def _searched(row: Row) -> Iterator[str]:
    first, last = row["firstname"] or "", row["lastname"] or ""
    yield from (row["email"], first, last, f"{first} {last}", row["companyname"] or "")


def _in_a_list(row: Row) -> Members:
    return {
        "id": int(row["id"]),
        "firstname": shown(row["firstname"]),
        "lastname": shown(row["lastname"]),
        "companyname": shown(row["companyname"]),
        "email": row["email"],
        "datecreated": day(row["datecreated"]),
        "groupid": 0,
        "status": row["status"],
    }


def _details(call: Call, row: Row) -> Iterator[tuple[str, Any]]:
    office, more = call.office, call.office.more("client", row["id"])
    for name in ("id", "client_id", "userid"):
        yield name, int(row["id"])
    owner = office.world.records.get("client", more.get("owner_user_id")) or row
    yield "owner_user_id", int(owner["id"])
    yield "uuid", _uuid(row["id"])
    for name in ("firstname", "lastname", "companyname", "address1", "address2", "city", "state", "postcode"):
        yield name, shown(row[name])
    yield "fullname", shown(f"{row['firstname'] or ''} {row['lastname'] or ''}".strip())
    yield "email", row["email"]
    yield "fullstate", shown(row["state"])
    for name in ("country", "countrycode"):
        yield name, row["country"] or ""
    yield "countryname", "Japan" if row["country"] == "JP" else ""
    yield from _phones(row["phonenumber"] or "")
    for name in ("tax_id", "notes"):
        yield name, Shown(more.get(name, ""))
    yield "currency", 1
    yield "currency_code", "JPY"
    yield "defaultgateway", more.get("paymentmethod", "")
    yield "groupid", number(more.get("groupid"))
    yield "status", row["status"]
    yield "credit", "0.00"
    for name in ("taxexempt", "separateinvoices", "disableautocc"):
        yield name, is_true(more.get(name))
    yield from _consents(row)
    yield "allowSingleSignOn", 0 if row["sso_off"] else 1
    yield "email_verified", False
    yield "language", row["language"] or ""
    # it bears HTML of its own, which is not text
    yield "lastlogin", "Date: 20/01/2026 09:00<br>IP Address: 192.0.2.1<br>Host: 192.0.2.1"
    if office.quirks.more_dates:
        yield "datecreated", day(row["datecreated"])
    value = row["customer_number"] or ""
    yield "customfields", listed("", [{"id": office.fields.customer_number, "value": shown(value)}])
    if office.quirks.duplicates:
        yield f"customfields{office.fields.customer_number}", shown(value)
    user = {"name": shown(owner["firstname"]), "id": int(owner["id"]), "email": owner["user_email"], "is_owner": True}
    yield "users", listed("user", [user])


def _consents(row: Row) -> Iterator[tuple[str, Any]]:
    yield "emailoptout", 0 if row["marketingoptin"] else 1
    yield "marketing_emails_opt_in", "1" if row["marketingoptin"] else "0"
    yield "isOptedInToMarketingEmails", bool(row["marketingoptin"])


def _phones(phone: str) -> Iterator[tuple[str, Any]]:
    country, dot, digits = phone.removeprefix("+").partition(".")
    yield "phonenumber", phone
    yield "phonecc", country if dot else ""
    yield "phonenumberformatted", phone
    yield "telephoneNumber", phone if dot else digits


def _stats(call: Call, row: Row) -> Members:
    records = call.office.world.records
    unpaid = records.find("invoice", client=row["id"], status="Unpaid")
    paid = records.find("invoice", client=row["id"], status="Paid")
    active = records.find("service", client=row["id"], status="Active")
    return {
        "numdueinvoices": len(unpaid),
        "dueinvoicesbalance": f"¥{sum(invoice['balance'] for invoice in unpaid)}.00 JPY",
        "numpaidinvoices": len(paid),
        "paidinvoicesamount": f"¥{sum(invoice['total'] for invoice in paid)}.00 JPY",
        "productsnumactive": len(active),
    }


def _uuid(id: str) -> str:
    digits = sha256(f"client {id}".encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))

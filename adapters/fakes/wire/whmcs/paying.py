"""Actions about pay methods, and the token that logs a client in to WHMCS's own pages."""

import re
from collections.abc import Iterator
from typing import Any, Final

from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.tables import Row
from adapters.fakes.wire.whmcs.calls import Call, Members, WireError, acting, offered
from adapters.fakes.wire.whmcs.told import JAPAN, listed, shown

CARD: Final = re.compile(r"[0-9]{13,19}")
_EXPIRY: Final = re.compile(r"(0[1-9]|1[0-2])([0-9]{2})")
_BANKS: Final = ("BankAccount", "RemoteBankAccount")


@offered("GetPayMethods")
def get_pay_methods(call: Call) -> Members:
    """A client's pay methods; nothing marks the one that is charged."""
    rows = acting(call).get_pay_methods(call.text("clientid"))
    method, kind = call.maybe("paymethodid"), call.maybe("type")
    found = [row for row in rows if method in (None, row["id"]) and (kind is None or row["type"].endswith(kind))]
    return {"clientid": call.text("clientid"), "paymethods": listed("", [dict(_method(row)) for row in found])}


@offered("AddPayMethod", writes=True)
def add_pay_method(call: Call) -> Members:
    """Keep a card or an account, of which the world keeps what may be shown and nothing else."""
    records, client = call.office.world.records, call.text("clientid")
    if records.get("client", client) is None:
        raise WireError("Invalid Client ID")
    kind = call.text("type") or "CreditCard"
    if kind not in ("CreditCard", "RemoteCreditCard", "BankAccount", "RemoteBankAccount"):
        raise WireError("Invalid type")
    gateway = call.text("gateway_module_name")
    if kind.startswith("Remote") and gateway not in GATEWAYS:
        raise WireError(f"Token could not be provisioned: {gateway}")
    fields: dict[str, Any] = {"client": client, "type": kind, "description": call.text("description")}
    if kind in _BANKS:
        fields["bank_name"] = call.text("bank_name")
    else:
        card, expiry = call.text("card_number"), _EXPIRY.fullmatch(call.text("card_expiry"))
        if not CARD.fullmatch(card) or expiry is None:
            raise WireError("Card number and expiry date are required")
        fields |= {"card_last_four": card[-4:], "expiry_date": f"{expiry[1]}/{expiry[2]}", "card_type": "Visa"}
    method = records.create("payment_method", {**fields, "gateway_name": gateway}, by=call.caller.by)
    return {"clientid": client, "paymethodid": int(method)}


@offered("DeletePayMethod", writes=True)
def delete_pay_method(call: Call) -> Members:
    """Take a pay method away."""
    records, method = call.office.world.records, call.text("paymethodid")
    row = records.get("payment_method", method)
    if records.get("client", call.text("clientid")) is None:
        raise WireError("Invalid Client ID")
    if row is None or row["client"] != call.text("clientid"):
        raise WireError("Invalid Pay Method ID")
    records.delete("payment_method", method, by=call.caller.by)
    return {"paymethodid": method}


@offered("CreateSsoToken", writes=True)
def create_sso_token(call: Call) -> Members:
    """A token that logs in once, within a minute, and where it leads."""
    # a user bears the number of the client that it came with; one of another's user brought none
    client, user = call.maybe("client_id"), call.maybe("user_id")
    owned = call.office.world.records.get("client", user)
    if client is None and user is not None and (owned is None or owned["user_email"] is None):
        raise WireError("Invalid user_id")
    destination = call.text("destination") or "clientarea:profile"
    made = acting(call).create_sso_token(client or user or "", destination, call.text("sso_redirect_path"))
    url = f"{call.office.url}oauth/singlesignon.php?access_token={made.access_token}"
    return {"access_token": made.access_token, "redirect_url": url}


def _method(row: Row) -> Iterator[tuple[str, Any]]:
    yield "id", int(row["id"])
    yield "type", row["type"]
    yield "description", shown(row["description"])
    yield "gateway_name", row["gateway_name"] or ""
    yield "contact_type", "Client"
    yield "contact_id", int(row["client"])
    yield "last_updated", row["changed_at"].astimezone(JAPAN).strftime("%d/%m/%Y %H:%M")
    if row["type"].startswith("Remote"):
        yield "remote_token", f'{{"customer":"cus_{row["client"]}","method":"pm_{row["id"]}"}}'
    if row["type"] in _BANKS:
        yield "bank_name", shown(row["bank_name"])
    else:
        yield "card_last_four", row["card_last_four"] or ""
        yield "expiry_date", row["expiry_date"] or ""
        yield "card_type", row["card_type"] or ""
        yield "start_date", ""
        yield "issue_number", ""

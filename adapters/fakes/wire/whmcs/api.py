"""The action API: who calls, what for, what struck it, and what is answered."""

from typing import Any, Final

import msgspec

from adapters.fakes.tables import Refused
from adapters.fakes.whmcs.invoicing import run_cron
from adapters.fakes.whmcs.sayings import ActionRefused
from adapters.fakes.wire.whmcs import (  # noqa: F401 - each offers its actions
    clients,
    installation,
    invoices,
    orders,
    paying,
    services,
    upgrades,
)
from adapters.fakes.wire.whmcs.calls import OFFERED, Action, Answer, Call, Members, WireError
from adapters.fakes.wire.whmcs.forms import FORM, Form, form_of
from adapters.fakes.wire.whmcs.modules import ModuleFailed
from adapters.fakes.wire.whmcs.office import Office
from adapters.fakes.wire.whmcs.people import Caller
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.wire.whmcs.told import encoded, worded

PATH: Final = "/includes/api.php"
_BAD_BYTES: Final = "Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded"
_FROM_QUERY: Final = ("action", "responsetype", "accesskey")
"""What a call may say behind the question mark; credentials are not among it."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the web server hands it to PHP."""

    method: str
    query: str
    kind: str
    body: bytes
    address: str


def form_of_request(request: Request) -> Form:
    """What PHP makes of it: of a body that is no form it reads nothing."""
    asked = form_of(request.query)
    form: Form = {name: asked[name] for name in _FROM_QUERY if name in asked}
    if request.method == "POST" and request.kind.partition(";")[0].strip().lower() == FORM:
        form |= form_of(request.body.decode("utf-8", "replace"))
    return form


def admitted(office: Office, request: Request, form: Form, struck: dict[WireFault, int]) -> Caller:
    """Who calls, from where calls may come; WireError for anybody else."""
    forbidden = 403 if office.quirks.refusals_are_403 else 200
    if WireFault.INVALID_IP in struck or not office.access.admits(request.address, form):
        raise WireError(f"Invalid IP {request.address}", forbidden)
    caller = office.access.caller_of(form)
    if caller is None or WireFault.LOCKED_OUT in struck:
        raise WireError("Authentication Failed", forbidden)
    return caller


def called(office: Office, form: Form) -> Action | None:
    """The action that is asked for, however it is spelt."""
    name = form.get("action", "")
    return OFFERED.get(name.lower()) if isinstance(name, str) else None


def answered(office: Office, request: Request, form: Form, struck: dict[WireFault, int]) -> Answer:
    """The answer to one call, done from beginning to end without anybody in between."""
    action = called(office, form)
    kind = str(form.get("responsetype", "")).lower()
    try:
        caller = admitted(office, request, form, struck)
        members = _done(office, form, caller, action, struck)
    except WireError as refused:
        return error(office, refused.text, refused.status, kind)
    if WireFault.BAD_BYTES in struck and kind == "json":
        return error(office, _BAD_BYTES)
    assert action is not None
    return _told(office, {"result": "success"} | worded(action.name, members, office.quirks), 200, kind)


def error(office: Office, text: str, status: int = 200, kind: str = "json") -> Answer:
    """A refusal, told as WHMCS tells one."""
    told: dict[str, Any] = {"result": "error", "message": text}
    if office.quirks.status_for_result:
        told = {"status": "error", "message": text}
    if office.quirks.bare_warning:
        told = {"warning": text}
    return _told(office, told, status, kind)


def _told(office: Office, members: Members, status: int, kind: str) -> Answer:
    content_type, body = encoded(members, office.quirks, kind)
    return Answer(status, body, {"content-type": content_type})


def _done(office: Office, form: Form, caller: Caller, action: Action | None, struck: dict[WireFault, int]) -> Any:
    name = action.name if action is not None else str(form.get("action", ""))
    forbidden = 403 if office.quirks.refusals_are_403 else 200
    if not caller.may(name):
        raise WireError(f'Invalid Permissions: API action "{name.lower()}" is not allowed', forbidden)
    if action is None:
        raise WireError("Command Not Found")
    if WireFault.REFUSED in struck:
        raise WireError("Stopped by a hook of the operator's own")
    if WireFault.ERROR in struck:
        raise WireError("An unexpected error occurred: it was not done")
    if WireFault.DUPLICATE_EMAIL in struck and action.name == "AddClient":
        raise WireError("A user already exists with that email address")
    if WireFault.DUPLICATE_EMAIL in struck and action.name == "UpdateClient":
        raise WireError("Duplicate Email Address")
    call = Call(
        action=action.name,
        form=form,
        caller=caller,
        office=office,
        module_fails=WireFault.MODULE_FAILS in struck,
    )
    run_cron(office.world)
    services.heed_requests(call)
    upgrades.run_upgrades(call)
    try:
        return _whole(call, action)
    except ActionRefused as refused:
        raise WireError(refused.text, forbidden if refused.code == "permission" else 200) from refused
    except Refused as refused:
        # the world is stricter than WHMCS's database here; whoever calls hears which column it was
        raise WireError(f"An unexpected error occurred: {', '.join(refused.fields)}") from refused


def _whole(call: Call, action: Action) -> Members:
    """Do it whole or not; but what stood before a module was asked stays though the module fails."""
    with call.office.world.records.all_or_none():
        try:
            return action.does(call)
        except ModuleFailed as failed:
            told = failed
    raise told

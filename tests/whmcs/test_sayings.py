"""A refusal is known by its text, whatever the status; success is what says so."""

from typing import Any

import msgspec
import pytest

from adapters.whmcs.faults import Fault, ShutOut, read
from adapters.whmcs.sayings import Class, class_of
from ports.errors import Rejected, Unavailable

SAYINGS = {
    Class.AUTH: [("GetClients", "Authentication Failed"), ("GetClients", "Invalid IP 203.0.113.7")],
    Class.PERMISSION: [("GetClients", 'Invalid Permissions: API action "getclients" is not allowed')],
    Class.NOT_FOUND: [
        ("UpdateClient", "Client ID Not Found"), ("GetPayMethods", "Client Not Found"),
        ("AddClientNote", "Client ID not found"), ("AddPayMethod", "Invalid Client ID"),
        ("CreateSsoToken", "Invalid client_id"), ("CreateSsoToken", "Invalid user_id"),
        ("ModuleTerminate", "Service ID not found"), ("UpdateClientProduct", "Service ID Not Found"),
        ("DeleteOrder", "Order ID Not Found"), ("GetInvoice", "Invoice ID Not Found"),
    ],
    Class.CONFLICT: [
        ("AddClient", "A user already exists with that email address"),
        ("AddClient", "The email address entered is not available for use."),
        ("UpdateClient", "Duplicate Email Address"),
        ("AddCancelRequest", "Existing Cancellation Request Exists"),
        ("AddTransaction", "Transaction ID must be Unique"),
    ],
    Class.WRONG_STATE: [
        ("AcceptOrder", "Order ID not found or Status not Pending"),
        ("CancelOrder", "Order ID not found or Status not Pending"),
        ("DeleteOrder", "The order status must be in Cancelled or Fraud to be deleted"),
        ("AddOrder", "Unable to add order when client status is Closed"),
        ("CreateSsoToken", "SSO authentication blocked for client 7"),
    ],
    Class.VALIDATION: [
        ("AddClient", "You did not enter your first name"), ("AddClient", "Valid country required"),
        ("AddOrder", "Invalid Payment Method. Valid options include stripe,paypal"),
        ("AddOrder", "No items added to cart so order cannot proceed"),
        ("AddOrder", "Expecting parameter 'pid' to be an array"), ("CreateSsoToken", "Invalid destination"),
        ("AddOrder", "You did not provide required custom field value for CRM Order"),
        ("ModuleCreate", "Service not assigned to a module"), ("ModuleCreate", "Service ID is required"),
    ],
    Class.UPSTREAM: [
        ("ModuleCreate", "The line is not there yet"), ("AcceptOrder", "cURL error 28"),
        # the module's own log-in, address and records are none of WHMCS's
        ("ModuleCreate", "Authentication Failed"), ("ModuleCreate", "Server says: client not found"),
        ("AcceptOrder", "Invalid IP pool"),
    ],
    Class.BROKEN: [
        ("AddOrder", "An unexpected error occurred: x"), ("ModuleCreate", "An unexpected error occurred: x"),
    ],
    Class.UNREADABLE: [("GetClientsProducts", "Error generating JSON encoded response: Malformed UTF-8 characters")],
    Class.OTHER: [("AddOrder", "Stopped by a hook")],
}  # fmt: skip
EACH = [(kind, action, text) for kind, pairs in SAYINGS.items() for action, text in pairs]


@pytest.mark.parametrize(("kind", "action", "text"), EACH)
def test_a_text_has_its_class(kind: Class, action: str, text: str) -> None:
    assert class_of(text, action) is kind
    assert class_of(f"  {text.upper()}\n".replace(" ", "  ").replace("'", "&#039;"), action) is kind


@pytest.mark.parametrize("status", [200, 400, 404, 500])
@pytest.mark.parametrize(("kind", "action", "text"), EACH)
def test_the_body_decides_whatever_the_status(kind: Class, action: str, text: str, status: int) -> None:
    fault = read(status, msgspec.json.encode({"result": "error", "message": text}), action)
    assert isinstance(fault, Fault) and fault.told == kind
    error = fault.error(action)
    assert isinstance(error, Unavailable if kind in (Class.AUTH, Class.BROKEN) else Rejected)
    assert text not in str(error)


def test_403_is_about_who_calls() -> None:
    for text in ("Authentication Failed", "Invalid IP 1.2.3.4", "Something new", ""):
        fault = read(403, msgspec.json.encode({"result": "error", "message": text}), "ModuleCreate")
        assert isinstance(fault, Fault) and isinstance(fault.error("ModuleCreate"), ShutOut)
    role = read(403, msgspec.json.encode({"result": "error", "message": "Invalid Permissions: API action"}), "X")
    assert isinstance(role, Fault) and role.told == Class.PERMISSION


@pytest.mark.parametrize(("message", "kind"), [
    ("Authentication Failed", Class.AUTH), ("Invalid IP 203.0.113.7", Class.AUTH), ("Something new", Class.AUTH),
    ('Invalid Permissions: API action "addorder" is not allowed', Class.PERMISSION),
])  # fmt: skip
@pytest.mark.parametrize("said", [{}, {"result": ""}, {"result": None}])
def test_a_403_is_read_though_it_names_no_result(message: str, kind: Class, said: dict[str, Any]) -> None:
    fault = read(403, msgspec.json.encode({**said, "message": message}), "AddOrder")
    assert isinstance(fault, Fault) and fault.told == kind
    assert fault.shuts_out is (kind is Class.AUTH)


@pytest.mark.parametrize(
    "body", [{}, {"error": "x"}, {"message": ""}, {"message": {"a": 1}}, {"result": "ok", "message": "x"}]
)
def test_a_403_that_says_nothing_is_no_refusal(body: dict[str, Any]) -> None:
    fault = read(403, msgspec.json.encode(body), "AddOrder")
    assert isinstance(fault, Fault) and not fault.shuts_out and not fault.is_refusal


@pytest.mark.parametrize(
    "body", [{"result": "success"}, {"status": "success"}, {"result": "Success", "warning": "old"}]
)
def test_success_is_what_says_so(body: dict[str, Any]) -> None:
    assert read(200, msgspec.json.encode(body), "AddOrder") == body


@pytest.mark.parametrize(
    "body", [{"warning": "it failed"}, {}, {"result": ""}, {"message": "x"}, {"result": "ok", "status": "success"}]
)
def test_not_an_error_is_no_success(body: dict[str, Any]) -> None:
    fault = read(200, msgspec.json.encode(body), "AddOrder")
    assert isinstance(fault, Fault)
    error = fault.error("AddOrder")
    assert isinstance(error, Unavailable) and error.outcome_unknown


def test_status_for_result_is_an_error_too() -> None:
    fault = read(200, b'{"status":"error","message":"Client ID Not Found"}', "AddOrder")
    assert isinstance(fault, Fault) and fault.told == Class.NOT_FOUND


@pytest.mark.parametrize(
    ("status", "content", "may_pass", "unknown"),
    [
        (200, b"", True, True),
        (200, b"<b>Notice</b> {}", True, True),
        (200, b"[1]", True, True),
        (200, b'{"result":"success"', True, True),
        (200, b'{"result":"success","x":"\xff"}', True, True),
        (403, b"<html>blocked</html>", True, True),
        (429, b"<html></html>", True, True),
        (502, b"<html></html>", True, True),
        (522, b"", True, True),
        (302, b"", False, True),
        (404, b"<html></html>", False, False),
    ],
)
def test_without_a_body_the_status_decides(status: int, content: bytes, *, may_pass: bool, unknown: bool) -> None:
    fault = read(status, content, "AddOrder")
    assert isinstance(fault, Fault)
    assert (fault.is_transient, not fault.proves_nothing_written, fault.is_refusal) == (may_pass, unknown, False)


def test_a_mark_of_byte_order_is_no_noise() -> None:
    assert read(200, b'\xef\xbb\xbf{"result":"success"}', "X") == {"result": "success"}

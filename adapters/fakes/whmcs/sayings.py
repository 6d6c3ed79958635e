"""What WHMCS says when it refuses: its text is its only code, so each text stands here once, with its class."""

from enum import Enum

from adapters.fakes.tables import Refused


class ActionRefused(Refused):
    """WHMCS refused an action; `code` is the class of its text, `text` what it said."""

    def __init__(self, code: str, text: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(code, fields, "whmcs")
        self.text = text


class Says(Enum):
    """A refusal of WHMCS: (class, text); `{}` is the place for what it names."""

    EMAIL_TAKEN = ("conflict", "A user already exists with that email address")
    EMAIL_BARRED = ("conflict", "The email address entered is not available for use.")
    EMAIL_DUPLICATE = ("conflict", "Duplicate Email Address")
    NOT_ENTERED = ("validation", "You did not enter your {}")
    EMAIL_WRONG = ("validation", "The email address you entered was not valid")
    COUNTRY_WRONG = ("validation", "Valid country required")
    GATEWAY_WRONG = ("validation", "Invalid Payment Method. Valid options include {}")
    CART_EMPTY = ("validation", "No items added to cart so order cannot proceed")
    NOT_AN_ARRAY = ("validation", "Expecting parameter '{}' to be an array")
    CUSTOM_FIELD_MISSING = ("validation", "You did not provide required custom field value for {}")
    CYCLE_WRONG = ("validation", "Invalid Billing Cycle Requested")
    DESTINATION_WRONG = ("validation", "Invalid destination")
    NO_MODULE = ("validation", "Service not assigned to a module")
    CLIENT_ID_MISSING = ("not_found", "Client ID Not Found")
    CLIENT_MISSING = ("not_found", "Client Not Found")
    USER_WRONG = ("not_found", "Invalid user_id")
    SSO_CLIENT_WRONG = ("not_found", "Invalid client_id")
    SERVICE_MISSING = ("not_found", "Service ID not found")
    ORDER_MISSING = ("not_found", "Order ID Not Found")
    INVOICE_MISSING = ("not_found", "Invoice ID Not Found")
    TRANSACTION_TAKEN = ("conflict", "Transaction ID must be Unique")
    ORDER_NOT_PENDING = ("wrong_state", "Order ID not found or Status not Pending")
    ORDER_NOT_DELETABLE = ("wrong_state", "The order status must be in Cancelled or Fraud to be deleted")
    CLIENT_CLOSED = ("wrong_state", "Unable to add order when client status is Closed")
    SSO_BLOCKED = ("wrong_state", "SSO authentication blocked for client {}")
    NOT_ALLOWED = ("permission", 'Invalid Permissions: API action "{}" is not allowed')

    def about(self, *names: str, fields: tuple[str, ...] = ()) -> ActionRefused:
        """The refusal, ready to be raised, with its place filled."""
        code, text = self.value
        return ActionRefused(code, text.format(*names), fields)

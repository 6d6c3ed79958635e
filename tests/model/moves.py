"""What the portal may move in other systems, and from where to where: from docs/tables.md, not from the core.

What a column was before a record was made, or while nobody had filled it, is None. A column that is not here is one
that the portal fills when it makes a record, or never.
"""

from collections.abc import Mapping, Set
from typing import Final

Moves = Set[tuple[str | None, str | None]]

PORTAL: Final[Mapping[tuple[str, str], Moves]] = {
    ("order", "status"): {
        (None, "Pending Review"),
        ("Pending Review", "Cancelled"),
        ("Approved", "Completed"),
    },
    ("order", "activation"): {
        (None, "Not Started"),
        ("Not Started", "Activating"),
        ("Activating", "Activated"),
        ("Activating", "Failed"),
        ("Failed", "Activating"),
    },
    ("order", "activation_type"): {(None, "Immediate"), (None, "Scheduled")},
    ("order", "sim_type"): {(None, "eSIM"), (None, "Physical SIM")},
    ("opportunity", "stage"): {
        (None, "Introduction"),
        (None, "Post Processing"),
        ("Introduction", "Ready"),
        ("Introduction", "Void"),
        ("Ready", "Void"),
        ("Introduction", "Post Processing"),
        ("Ready", "Post Processing"),
        ("Post Processing", "Active"),
        ("Post Processing", "Void"),
        ("Pending", "Void"),
        ("Active", "△Cancelling"),
        ("△Cancelling", "Active"),
        ("△Cancelling", "〇Cancelled"),
    },
    # asked for again after it was taken back, a kit that is not back is to be sent anew (CAN-2, CAN-7)
    ("opportunity", "kit"): {
        (None, "NotYet"),
        *((kit, "NotYet") for kit in ("SentKit", "AS/Pickup provided", "NTTDispatch", "Compensated", "N/A")),
    },
    ("opportunity", "cancellation_notice"): {(None, "有"), ("有", None)},
    ("account", "portal_status"): {(None, "Active")},
    ("account", "registration_source"): {(None, "Portal Signup")},
    ("account", "eligibility_status"): {
        (None, "Pending"),
        ("Not Requested", "Pending"),
        ("Eligible", "Pending"),
        ("Ineligible", "Pending"),
    },
    ("account", "id_status"): {(None, "Submitted"), ("Not Submitted", "Submitted"), ("Rejected", "Submitted")},
    ("case", "status"): {(None, "New"), ("New", "Closed")},
    ("case", "priority"): {(None, "Medium"), ("Medium", "High")},
    ("client", "status"): {(None, "Active")},
    ("billing_order", "status"): {(None, "Pending"), ("Pending", "Active"), ("Pending", "Cancelled")},
    ("service", "status"): {
        (None, "Pending"),
        ("Pending", "Active"),
        ("Active", "Completed"),
        ("Pending", "Cancelled"),
        ("Active", "Terminated"),
    },
    ("invoice", "status"): {(None, "Unpaid"), (None, "Paid"), ("Unpaid", "Cancelled")},
    ("esim", "status"): {(None, "active"), ("active", "ended")},
}

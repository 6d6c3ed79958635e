"""Durable work: what was accepted and is being done, whatever happens to the process (T-1, T-3)."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from core.domain.ids import RequestId, RequestKey, UserId


class WorkKind(StrEnum):
    """Each piece of durable work the portal does; the container binds one use case to each."""

    SIGN_UP = "sign_up"
    START_SIGN_UP = "start_sign_up"
    ACCOUNT_LETTER = "account_letter"
    NOTE_SIGN_IN = "note_sign_in"
    SAVE_PROFILE = "save_profile"
    REQUEST_ELIGIBILITY = "request_eligibility"
    FOLLOW_UPLOAD = "follow_upload"
    PLACE_ORDERS = "place_orders"
    WITHDRAW_ORDER = "withdraw_order"
    PROVISION = "provision"
    PREFLIGHT = "preflight"
    ACTIVATE_SCHEDULED = "activate_scheduled"
    CLEAR_ORDER = "clear_order"
    REQUEST_CANCELLATION = "request_cancellation"
    UNDO_CANCELLATION = "undo_cancellation"
    COMPLETE_CANCELLATION = "complete_cancellation"
    TERMINATE_SERVICE = "terminate_service"
    REISSUE_ESIM = "reissue_esim"
    TOP_UP = "top_up"
    OPEN_CASE = "open_case"
    COMMENT_ON_CASE = "comment_on_case"
    SEND_CONTACT = "send_contact"
    SEND_MAIL = "send_mail"
    ANNOUNCE = "announce"
    LEARN_FACT = "learn_fact"
    DAILY = "daily"
    NIGHTLY = "nightly"
    REMIND_CHECKOUT = "remind_checkout"
    ADOPT_ORPHAN = "adopt_orphan"


ASKED_UNDER: Final = "asked_under"
"""The intent whose subject is a job's key: what was asked under it is another request's, which had it already (T-2)."""
# What stays wanted after the work that began it is done: until staff answered, the order is over, or a while passed.
LASTING: Final = frozenset(
    {"internet_check", "internet_order", "order", "first_order", "cancellation_by_case", ASKED_UNDER}
)


class WorkState(StrEnum):
    """What is known of a piece of work: never more than is true (T-3)."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REFUSED = "refused"
    WITH_STAFF = "with_staff"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self in (WorkState.DONE, WorkState.REFUSED, WorkState.WITH_STAFF, WorkState.CANCELLED)

    @property
    def as_told(self) -> "WorkState":
        """The state as others are told: what an operator ended was refused to them (T-3)."""
        return WorkState.REFUSED if self is WorkState.CANCELLED else self


SETTLED: Final = frozenset({WorkState.DONE, WorkState.REFUSED, WorkState.CANCELLED})
"""What is over for good; work that is with staff may still become true (T-3)."""


def lasting_of(state: WorkState) -> frozenset[str]:
    """The kinds of intents that stay open once work is over like that: none where it came to nothing."""
    return LASTING if state is WorkState.DONE else frozenset()


ATTENDED: Final = frozenset({WorkKind.PROVISION})
"""Work that somebody has to decide about when it is refused: by a further attempt, or by ending it (FUL-4)."""
STOPPED: Final = frozenset({WorkState.WITH_STAFF, WorkState.REFUSED})
"""What goes on only when somebody takes it up again."""


class Failing(msgspec.Struct, frozen=True):
    """A step that gets no answer, so that its outcome is not known: which, since when, how often (OPS-6).

    Of work that stopped, the step it stopped at.
    """

    step: str
    since: datetime
    times: int


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of work as it stands. `result` is plain data; `code` says why it was refused or parked.

    `failing` is the step that gets no answer now, or at which the work stopped.
    """

    key: RequestKey
    kind: WorkKind
    state: WorkState
    owner: UserId | None = None
    request: RequestId | None = None
    due_at: datetime | None = None
    attempts: int = 0
    result: Any = None
    code: str | None = None
    failing: Failing | None = None
    started_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it, or somebody has to decide (OPS-6)."""
        return self.state not in SETTLED or (self.state is WorkState.REFUSED and self.kind in ATTENDED)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer is told of a request: its id, and the work as it stands after a short wait (T-3)."""

    request: RequestId
    about: str
    work: Work


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Work to be accepted: `data` is plain data without secrets, personal documents or tokens.

    `lane` keeps pieces of work of one account (or order) from running at once; `due_at` None means now. `request` is
    the customer's request it answers, if it answers one.
    """

    key: RequestKey
    kind: WorkKind
    data: Any
    owner: UserId | None = None
    lane: str | None = None
    due_at: datetime | None = None
    request: RequestId | None = None

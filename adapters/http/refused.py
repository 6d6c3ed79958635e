"""What the HTTP surface refuses by itself, before any rule of the business is asked.

They are Refusals, so that one table gives each a status and one place its words.
"""

from core.domain.refusals import FieldFault, Refusal


class Unreadable(Refusal):
    """The request has not the shape the operation takes; `faults` names each field."""

    code = "unreadable"

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__()
        self.faults = faults


class MethodNotAllowed(Refusal):
    """The path exists and has no such method; `allow` lists what it has."""

    code = "method_not_allowed"

    def __init__(self, allow: str) -> None:
        super().__init__()
        self.allow = allow


class BodyTooLarge(Refusal):
    """The body is larger than the operation takes; `limit` in bytes."""

    code = "body_too_large"


class BodyTooSlow(Refusal):
    """The body did not arrive in time, or the caller left while sending it."""

    code = "body_too_slow"


class WrongMediaType(Refusal):
    """The body is not of the media type the operation takes; `wanted` names it."""

    code = "wrong_media_type"


class CrossSite(Refusal):
    """A cookie's session asked for a change without its CSRF token, or from another site."""

    code = "cross_site"


class SigningOff(Refusal):
    """No secret is set, so no signed call is believed (T-4)."""

    code = "signing_off"


class SignatureWrong(Refusal):
    """No active secret gives this signature (T-4)."""

    code = "signature_wrong"


class ClockOff(Refusal):
    """The call's timestamp is more than five minutes from now (T-4)."""

    code = "clock_off"


class NonceSeen(Refusal):
    """This nonce was used already (T-4)."""

    code = "nonce_seen"


class NotReady(Refusal):
    """A part the portal can't work without does not answer; `faults` names each (OPS-2)."""

    code = "not_ready"

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__()
        self.faults = faults


class Unsupported(Refusal):
    """HTTP knows what was asked, the portal does not do it."""

    code = "unsupported"

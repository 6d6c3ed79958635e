"""Writing to the operator without an account."""

from dataclasses import dataclass

import msgspec

from core.domain.flags import Feature
from core.domain.ids import RequestId, RequestKey, request_key
from core.domain.refusals import Invalid, SwitchedOff
from core.domain.support import ContactForm, ContactMessage, contact_faults
from core.domain.work import Job, Reply, Work, WorkKind, WorkState
from ports.durable import Reception
from ports.flags import Flags
from ports.ids import Ids


@dataclass(frozen=True, slots=True)
class SendContact:
    """Take a message of the public form, which becomes a Lead (SUP-1).

    A form that only a program can have filled in is answered like any other, and goes nowhere.
    """

    reception: Reception
    flags: Flags
    ids: Ids

    async def __call__(self, form: ContactForm, key: RequestKey) -> Reply:
        """How the message stands, written once for a key; raises Invalid, or SwitchedOff where the form is hidden."""
        if not await self.flags.on(Feature.PUBLIC_SUPPORT):
            raise SwitchedOff(feature=Feature.PUBLIC_SUPPORT.value)
        tidied = form.tidied()
        faults = contact_faults(tidied)
        if faults:
            raise Invalid(*faults)
        key = request_key("contact", key)
        if tidied.website:
            spam = Work(key=key, kind=WorkKind.SEND_CONTACT, state=WorkState.DONE)
            return Reply(request=RequestId(self.ids.new()), about="contact", work=spam)
        message = ContactMessage(
            key=key,
            email=tidied.email,
            name=tidied.name,
            subject=tidied.subject,
            message=tidied.message,
            phone=tidied.phone,
        )
        job = Job(key=key, kind=WorkKind.SEND_CONTACT, data=msgspec.to_builtins(message))
        return await self.reception(None, "contact", job)

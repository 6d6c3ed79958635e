"""Taking up an Account that belongs to no portal user (ACC-4)."""

import msgspec

from core.domain.ids import AccountId, request_key
from core.domain.work import Job, WorkKind


class Orphan(msgspec.Struct, frozen=True):
    """The Account to be taken up, and what tells one time of doing so from another."""

    account: AccountId
    occasion: str

    def job(self) -> Job:
        """The work that takes it up."""
        key = request_key(WorkKind.ADOPT_ORPHAN.value, self.account, self.occasion)
        return Job(key=key, kind=WorkKind.ADOPT_ORPHAN, data=msgspec.to_builtins(self), lane=str(self.account))

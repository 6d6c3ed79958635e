"""Something the operator tells every customer (FUL-8, NTF-1)."""

import msgspec

from core.domain.ids import request_key
from core.domain.work import Job, WorkKind


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement's words; the same id is told once to each customer."""

    id: str
    title_en: str
    title_ja: str
    message_en: str
    message_ja: str

    @property
    def values(self) -> dict[str, str]:
        """What fills the places of the notice."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "id"}

    def job(self) -> Job:
        """The work that tells everybody."""
        return Job(key=request_key("announce", self.id), kind=WorkKind.ANNOUNCE, data=msgspec.to_builtins(self))

"""What other instances tell, done here (ADR 0033)."""

from dataclasses import dataclass

from adapters.system.bell import InProcessBell
from adapters.system.cached_desks import DroppedReadings
from adapters.system.sessions import RememberedSessions
from core.domain.ids import AccountId, ClientId, UserId


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Rings, drops and forgets here what was rung, dropped or forgotten in another instance (NTF-4, CAT-7, ACC-9)."""

    bell: InProcessBell
    readings: DroppedReadings
    sessions: RememberedSessions

    def heard(self, *said: str) -> None:
        """Do it here; what is not understood, from a newer instance perhaps, may be anything."""
        match said:
            case ("ring", user, what):
                self.bell.hear(UserId(user), what)
            case ("account", account):
                self.readings.hear_account(AccountId(account))
            case ("client", client):
                self.readings.hear_client(ClientId(client))
            case ("catalog",):
                self.readings.hear_catalog()
            case ("session", session):
                self.sessions.hear(session=session)
            case ("sessions", user):
                self.sessions.hear(user=user)
            case _:
                self.missed()

    def missed(self) -> None:
        """Whatever was told since nobody listened here is not known: read everything again."""
        self.readings.hear_all()
        self.sessions.hear()
        self.bell.hear_all("status")

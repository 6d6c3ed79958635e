"""Alarms: what only a person can put right, in the log, in the audit trail and in the figures."""

from dataclasses import dataclass

import structlog

from genkan.figures import AlarmCount
from ports.clock import Clock
from ports.store import AuditEntry, Store

log = structlog.get_logger()

DEED = "alarm: {code}"


@dataclass(frozen=True, slots=True)
class LoggedAlarms:
    """`ports.alarms.Alarms`: one line in the log and in the audit trail while the latest line is not the same."""

    store: Store
    clock: Clock
    count: AlarmCount

    async def raise_alarm(self, code: str, subject: str) -> None:
        """Log `code` for `subject` and write it down, unless it was the last thing said of it."""
        deed = DEED.format(code=code)
        async with self.store.begin() as shelves:
            await shelves.alone("audit", subject)
            latest = await shelves.audit.of_subject(subject, 1)
            if latest and latest[0].deed == deed:
                return
            await shelves.audit.write(AuditEntry(at=self.clock.now(), actor="portal", deed=deed, subject=subject))
        self.count.add(code)
        log.error("alarm", alarm=code, subject=subject)

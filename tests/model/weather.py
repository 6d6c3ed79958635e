"""What happens to everybody: facts get lost or shuffled, time goes on, systems fail, and so does the power."""

from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from adapters.fakes.control import WorldControl
from adapters.fakes.faults import ANY, FaultKind
from adapters.fakes.ledger import LedgerEntry
from core.domain.facts import (
    AnyFact,
    EligibilityChanged,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
    ServiceChanged,
)
from core.domain.ids import AccountId, ClientId, OpportunityId, OrderId, ServiceId
from core.domain.japan import TOKYO
from tests.model.stage import Stage, action

SYSTEMS: Final = ("salesforce", "whmcs", "esim", "mail", "stream")
OPERATIONS: Final = (
    ("salesforce", "ensure_order"),
    ("salesforce", "ensure_check"),
    ("salesforce", "ensure_completed"),
    ("salesforce", "ensure_cancelling"),
    ("whmcs", "ensure_billed"),
    ("whmcs", "ensure_accepted"),
    ("esim", "ensure_profile"),
    ("mail", "send"),
)
WAYS: Final = st.sampled_from((FaultKind.UNAVAILABLE, FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER))


class Weather(Stage):
    """Facts, time, outages."""

    # --- facts -----------------------------------------------------------------------------------------------------
    @action(times=st.integers(1, 4))
    def facts_get_lost(self, times: int) -> None:
        """The next few facts are never told."""
        self.house.world.faults.switch(ANY, ANY, FaultKind.LOST_EVENT, times)

    @action(times=st.integers(1, 4))
    def facts_come_twice(self, times: int) -> None:
        """The next few facts are told twice."""
        self.house.world.faults.switch(ANY, ANY, FaultKind.DUPLICATE_EVENT, times)

    @action(lambda it: it.house.world.stream.facts, back=st.integers(1, 30), most=st.integers(1, 6))
    def facts_come_again(self, back: int, most: int) -> None:
        """Facts that were told are told again, as they were."""
        for fact in self.house.world.stream.facts[-back:][:most]:
            self.house.world.emit(fact)

    @action(back=st.integers(1, 40), order=st.randoms(use_true_random=False))
    def facts_come_late_and_shuffled(self, back: int, order: Any) -> None:
        """What happened lately is told now, in any order, as if the first telling had never been."""
        facts = [fact for entry in self.house.world.ledger.entries[-back:] for fact in self._about(entry)]
        order.shuffle(facts)
        for fact in facts[:6]:
            self.house.world.emit(fact)

    def _about(self, entry: LedgerEntry) -> list[AnyFact]:
        row = self.house.world.records.get(entry.table, entry.id)
        if row is None:
            return []
        match entry.table:
            case "order":
                return [OrderChanged(id="", at=self.now, order=OrderId(entry.id), account=AccountId(row["account"]))]
            case "opportunity":
                sale, account = OpportunityId(entry.id), AccountId(row["account"])
                return [OpportunityChanged(id="", at=self.now, opportunity=sale, account=account)]
            case "account":
                account = AccountId(entry.id)
                kinds = (EligibilityChanged, IdentityChanged)
                return [kind(id="", at=self.now, account=account) for kind in kinds]
            case "service":
                client = ClientId(row["client"])
                return [ServiceChanged(id="", at=self.now, client=client, service=ServiceId(entry.id))]
        return []

    # --- time ------------------------------------------------------------------------------------------------------
    def move(self, to: datetime) -> None:
        """Time goes on to that instant; WHMCS does what it does on the days between."""
        self.deed(WorldControl(self.house.world).move_clock(to))

    @action(minutes=st.sampled_from((1, 5, 15, 61)))
    def minutes_pass(self, minutes: int) -> None:
        """A while goes by."""
        self.move(self.now + timedelta(minutes=minutes))

    @action(days=st.sampled_from((1, 2, 3, 4)))
    def days_pass(self, days: int) -> None:
        """Days go by."""
        self.move(self.now + timedelta(days=days))

    @action()
    def the_25th_comes(self) -> None:
        """It is the first moment of the next 25th in Japan, when the month can't be chosen any more (CAN-1)."""
        today = self.now.astimezone(TOKYO)
        month = today.replace(day=1) + timedelta(days=31) if today.day >= 25 else today
        self.move(datetime(month.year, month.month, 25, tzinfo=TOKYO))

    @action()
    def the_month_ends(self) -> None:
        """It is the first morning of the next month in Japan."""
        later = self.now.astimezone(TOKYO).replace(day=1) + timedelta(days=31)
        self.move(datetime(later.year, later.month, 1, 0, 30, tzinfo=TOKYO))

    @action(seconds=st.sampled_from((0.05, 0.3, 1.5)))
    def a_moment_passes(self, seconds: float) -> None:
        """The portal goes on with what it does by itself."""
        self.house.go_on(seconds)

    @action()
    def all_goes_quiet(self) -> None:
        """Everything that is due happens."""
        if self.step == self.quiet_at + 1:
            self.tally.steps -= 1  # nothing has happened since: it is quiet already, and no step
            self.quiet_at = self.step
        elif self.house.settle():
            self.tally.reached["quiet moments"] += 1
            self.quiet_at = self.step

    # --- outages ---------------------------------------------------------------------------------------------------
    @action(system=st.sampled_from(SYSTEMS), way=WAYS)
    def a_system_goes_down(self, system: str, way: FaultKind) -> None:
        """A system fails whatever it is asked for, until it is well again."""
        self.house.world.faults.switch(system, ANY, way)

    @action(which=st.sampled_from(OPERATIONS), way=WAYS, times=st.integers(1, 3))
    def an_operation_fails(self, which: tuple[str, str], way: FaultKind, times: int) -> None:
        """An operation fails a few times; the effect may have happened, and its answer be lost."""
        self.house.world.faults.switch(*which, way, times)

    @action(which=st.sampled_from(OPERATIONS), milliseconds=st.sampled_from((300, 2500)))
    def an_operation_is_slow(self, which: tuple[str, str], milliseconds: int) -> None:
        """An operation takes longer, twice; longer than a customer waits, perhaps."""
        self.house.world.faults.switch(*which, FaultKind.SLOW, 2, milliseconds)

    @action(lambda it: it.is_bad)
    def all_is_well_again(self) -> None:
        """Every system works again."""
        self.house.world.faults.clear()

    # --- the process -----------------------------------------------------------------------------------------------
    @action(turns=st.integers(1, 300))
    def the_power_will_fail(self, turns: int) -> None:
        """In the midst of what comes next the portal dies; it starts again over what is left."""
        self.house.fuse = turns

    @action()
    def the_portal_restarts(self) -> None:
        """The portal is asked to stop, and started again."""
        self.house.close()
        self.house.open(self.morning.migrated)

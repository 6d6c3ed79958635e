"""What the portal takes from events of its own writes, and what it looks at all the same."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard

_ECHOES: Final = "tests/usecases/test_echoes.py::"
_FACTS: Final = "tests/domain/test_facts.py::"


ECHOES: Final[tuple[Guard, ...]] = (
    guard(
        Kind.PROOF,
        "an order is taken at the word of the portal's own writes alone",
        "T-5, FUL-1",
        "core/domain/facts.py",
        "return self.own and (self.only_details or completed or self.status is OrderStatus.PENDING_REVIEW)",
        "return self.only_details or completed or self.status is OrderStatus.PENDING_REVIEW",
        f"{_FACTS}test_of_the_portals_own_orders_only_what_it_placed_or_completed_is_quiet",
    ),
    guard(
        Kind.LOOK,
        "an order that was completed is looked at where its approval was never heard",
        "T-5, NTF-1",
        "core/domain/facts.py",
        "completed = self.status is OrderStatus.COMPLETED and approval_seen",
        "completed = self.status is OrderStatus.COMPLETED",
        f"{_ECHOES}test_an_approval_that_was_never_heard_is_told_by_the_echo_of_what_it_led_to",
    ),
    guard(
        Kind.PROOF,
        "of facts that stand for one another each says what became of it",
        "T-5",
        "core/domain/facts.py",
        "if _says(before) and _says(fact):",
        "if _says(before) or _says(fact):",
        f"{_FACTS}test_where_one_says_nothing_nothing_is_said",
    ),
    guard(
        Kind.ORDER,
        "a sale's echo does not stand for what was learned after it",
        "T-5, OPP-1",
        "core/usecases/cancellation/learn_opportunity.py",
        "if outruns(kept.get(sale), version_of(said)):",
        "if False:",
        f"{_ECHOES}test_an_echo_that_comes_after_what_followed_it_takes_nothing_back",
    ),
    guard(
        Kind.ORDER,
        "an order's echo does not stand for what was learned after it",
        "T-5",
        "core/usecases/fulfilment/learn_order.py",
        "if outruns(kept.get(order), version_of(said)):",
        "if False:",
        f"{_ECHOES}test_an_echo_that_comes_after_what_followed_it_takes_nothing_back",
    ),
    guard(
        Kind.UNIQUE,
        "each echo of one transaction is a fact",
        "T-5",
        "adapters/salesforce/events/change_events.py",
        "and not header.is_gap and not own else place",
        "and not header.is_gap else place",
        "tests/salesforce/test_events_facts.py::test_each_echo_of_one_transaction_is_told",
    ),
    guard(
        Kind.ORDER,
        "only what the portal sent is learned without being told",
        "T-5, IDV-4",
        "core/usecases/identity/follow_upload.py",
        "if identity.status is IdStatus.SUBMITTED:",
        "if True:",
        "tests/usecases/test_identity.py::test_a_review_that_came_before_the_portal_was_done_is_made_good_too",
    ),
    guard(
        Kind.ORDER,
        "what the portal wrote does not stand for what was learned later",
        "T-5",
        "adapters/db/shelves/records.py",
        "if not outruns((await self.learned([subject])).get(subject), version):",
        "if True:",
        "tests/contracts/test_store_records.py::"
        "test_what_the_portal_wrote_is_no_later_than_what_was_learned_later[sqlite]",
    ),
    guard(
        Kind.OWNERSHIP,
        "an echo gives no order to another account",
        "T-5, T-7",
        "core/usecases/fulfilment/learn_order.py",
        "if owner not in kept:",
        "if True:",
        f"{_ECHOES}test_an_echo_changes_nothing_about_whose_it_is[OrderChanged]",
    ),
    guard(
        Kind.OWNERSHIP,
        "an echo gives no sale to another account",
        "T-5, T-7",
        "core/usecases/cancellation/learn_opportunity.py",
        "if owner not in kept:",
        "if True:",
        f"{_ECHOES}test_an_echo_changes_nothing_about_whose_it_is[OpportunityChanged]",
    ),
    guard(
        Kind.ORDER,
        "what was called failed is called activating before it runs",
        "FUL-1, FUL-4",
        "core/usecases/fulfilment/provision.py",
        "            await self._move_to_activating(order)\n            key =",
        "            key =",
        "tests/usecases/test_fulfilment_durable.py::test_what_was_called_failed_is_called_activating_before_it_runs",
    ),
)

"""What keeps calls to WHMCS from being lost, doubled, let through or told to others."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard

_PROVISIONER: Final = "contracts/test_billing_provisioner.py"
_BOOKS: Final = "contracts/test_billing_books.py"


def _of(kind: Kind, name: str, keeps: str, file: str, right: str, wrong: str, *noticed_by: str) -> Guard:
    tests = (f"tests/{test}" for test in noticed_by)
    return guard(kind, name, keeps, f"adapters/whmcs/{file}.py", right, wrong, *tests)


WHMCS: Final[tuple[Guard, ...]] = (
    _of(
        Kind.LIMIT,
        "a write that may have reached WHMCS is not sent again",
        "T-1, FUL-3",
        "transport",
        "return call.is_read or call.repeatable or fault.proves_nothing_written",
        "return True",
        "whmcs/test_transport.py::test_a_write_whose_answer_is_lost_is_not_sent_again",
    ),
    _of(
        Kind.ORDER,
        "what WHMCS may have done leaves doubt",
        "T-3",
        "transport",
        "found.outcome_unknown = doubt.remains",
        "pass",
        "whmcs/test_transport.py::test_doubt_stays_when_a_later_try_never_left",
    ),
    _of(
        Kind.LIMIT,
        "whom WHMCS shuts out calls no more",
        "T-9",
        "transport",
        'self._door = Breaker("whmcs", 1, patience.shut_out, _shuts_out, lambda: ShutOut(self._why))',
        'self._door = Breaker("whmcs", 1_000, patience.shut_out, _shuts_out, lambda: ShutOut(self._why))',
        "whmcs/test_transport.py::test_whom_whmcs_does_not_let_in_calls_no_more",
    ),
    _of(
        Kind.LOOK,
        "WHMCS is looked through for the mark before an order is added",
        "T-1, FUL-3",
        "orders",
        "billed = await self._the_one(look) or await self._add(order, look)",
        "billed = await self._add(order, look)",
        f"{_PROVISIONER}::test_asking_again_finds_the_order[whmcs]",
    ),
    _of(
        Kind.LOOK,
        "who has seen a service under the mark is not taken to have seen none",
        "T-1, FUL-3",
        "marking",
        "if any(service.mark == mark for service in seen):",
        "if False:",
        f"{_PROVISIONER}::test_what_the_caller_has_just_seen_is_the_look[whmcs]",
    ),
    _of(
        Kind.LOOK,
        "after a lost answer what was seen before says nothing",
        "T-1, FUL-3",
        "orders",
        "look = None if seen is None or order.mark in self._lost else look_of(seen, order.mark)",
        "look = None if seen is None else look_of(seen, order.mark)",
        "whmcs/test_over_the_wire.py::test_what_was_seen_says_nothing_after_a_lost_answer",
    ),
    _of(
        Kind.LOOK,
        "an order without a mark that came with a lost answer is for a person",
        "T-1, FUL-3",
        "orders",
        "if look.unmarked - self._lost.get(order.mark, look.unmarked):",
        "if False:",
        "whmcs/test_over_the_wire.py::test_an_order_that_lost_its_mark_with_its_answer_is_for_a_person",
    ),
    _of(
        Kind.LOOK,
        "of two orders under a mark in WHMCS the younger pending one goes",
        "FUL-3",
        "orders",
        "for standing in found[1:]:",
        "for standing in ():",
        f"{_PROVISIONER}::test_a_younger_pending_duplicate_is_removed[whmcs]",
    ),
    _of(
        Kind.LOOK,
        "whether an order was accepted is read where nobody said it",
        "T-3, FUL-2",
        "orders",
        "            if await self._marks.status_of(order) != ACTIVE:\n                raise\n            return False",
        "            raise",
        f"{_PROVISIONER}::test_a_lost_answer_to_accepting_leaves_it_accepted[whmcs]",
        "whmcs/test_over_the_wire.py::test_an_answer_that_is_none_is_looked_for",
    ),
    _of(
        Kind.LOCK,
        "one order of a client is added at a time",
        "T-1, FUL-3",
        "orders",
        "async with self._lanes.alone(order.client):",
        "async with Lanes().alone(order.client):",
        f"{_PROVISIONER}::test_twenty_at_once_make_one_order[whmcs]",
    ),
    _of(
        Kind.OWNERSHIP,
        "an order of another client is not accepted in WHMCS",
        "FUL-2",
        "orders",
        'if row is None or id_of(row, "userid", "clientid") != client:',
        "if row is None:",
        f"{_PROVISIONER}::test_only_ones_own_pending_order_can_be_accepted[whmcs]",
    ),
    _of(
        Kind.OWNERSHIP,
        "WHMCS's answer about another client's service is none",
        "SRV-5",
        "services",
        'mine = [row for row in listed if id_of(row, "clientid", "userid") == client]',
        "mine = [*listed]",
        "whmcs/test_ports.py::test_another_clients_service_is_none_although_whmcs_tells_it",
    ),
    _of(
        Kind.OWNERSHIP,
        "another client's invoice is none although WHMCS shows it",
        "SRV-2",
        "invoices",
        'is_theirs = id_of(body, "userid") == client and id_of(body, "invoiceid", "id") == invoice',
        'is_theirs = id_of(body, "invoiceid", "id") == invoice',
        f"{_BOOKS}::test_drafts_and_other_peoples_invoices_are_not_shown[whmcs]",
    ),
    _of(
        Kind.OWNERSHIP,
        "a client in WHMCS is adopted with our number alone",
        "ACC-3",
        "clients",
        "if found.is_of(client.number):",
        "if True:",
        "contracts/test_billing_clients.py::test_an_address_of_somebody_else_is_a_conflict[whmcs]",
    ),
    _of(
        Kind.PROOF,
        "a link that logs in leads to WHMCS alone",
        "SRV-3",
        "door",
        "if place not in places:",
        "if False:",
        "whmcs/test_ports.py::test_a_link_to_elsewhere_is_no_link",
    ),
    guard(
        Kind.LOOK,
        "what was seen in one run of the work is the look of that run alone",
        "T-1, FUL-3",
        "core/usecases/fulfilment/provision.py",
        "looked = seen.take_recent(self.clock.now())",
        "looked: tuple[Service, ...] | None = ()",
        "tests/usecases/test_fulfilment_durable.py::test_it_runs_once_when_the_portal_dies_twice",
    ),
    guard(
        Kind.LOOK,
        "what was seen is the look of one try alone",
        "T-1, FUL-3",
        "core/domain/fresh.py",
        "kept, self._kept = self._kept, None\n        return kept[0] if kept is not None and",
        "kept = self._kept\n        return kept[0] if kept is not None and",
        "tests/usecases/test_fulfilment_durable.py::test_one_lost_answer_is_looked_up[ensure_billed]",
    ),
)

"""What keeps a wish one wish, and what is read again before something is written; and the limits of a document."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard

_CASES: Final = "core/usecases/"
_TESTS: Final = "tests/usecases/"


def _use_case(kind: Kind, name: str, keeps: str, file: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(kind, name, keeps, f"{_CASES}{file}.py", right, wrong, f"{_TESTS}{noticed_by}")


def _document(name: str, keeps: str, file: str, right: str, wrong: str, noticed_by: str) -> Guard:
    tests = f"tests/adapters/{noticed_by}"
    return guard(Kind.LIMIT, name, keeps, f"adapters/system/documents/{file}.py", right, wrong, tests)


_ORDERS: Final = (
    _use_case(
        Kind.UNIQUE,
        "one Internet order is open for an account",
        "T-2, CAT-6",
        "orders/place_orders",
        "        if await shelves.intents.take(intent, at.now) is not None:",
        "        if False:",
        "test_orders_place.py::test_two_carts_with_internet_at_once_are_one_internet",
    ),
    _use_case(
        Kind.UNIQUE,
        "one of a customer's orders is the first",
        "OPS-8",
        "orders/place_orders",
        "        if await shelves.intents.take(first, now) is not None:",
        "        if False:",
        "test_orders_place.py::test_of_different_carts_at_once_one_is_the_first",
    ),
    _use_case(
        Kind.COMPARE,
        "what holds Internet gives way once it is over",
        "T-2",
        "orders/place_orders",
        "await shelves.intents.close(INTERNET_ORDER, session.account, worked)",
        "await shelves.intents.close(INTERNET_ORDER, session.account)",
        "test_orders_place.py::test_internet_that_is_over_is_wanted_again_by_one_of_two_at_once",
    ),
    _use_case(
        Kind.UNIQUE,
        "the same cart is the same wish",
        "T-2, ORD-5",
        "orders/place_orders",
        "            return await self._take(shelves, wish, now)\n",
        "            return None\n",
        "test_orders_place.py::test_the_same_wish_soon_after_is_the_same_order_and_later_another",
    ),
    _use_case(
        Kind.UNIQUE,
        "a saved checkout and the same cart are one wish",
        "T-2, ORD-5",
        "orders/place_orders",
        "        held = await self._take(shelves, wish, now)\n        if held is not None:\n            return held\n",
        "",
        "test_orders_place.py::test_a_saved_checkout_and_the_same_cart_from_another_tab_are_one_order",
    ),
    _use_case(
        Kind.COMPARE,
        "what is submitted is what went through the gates",
        "ORD-1, ORD-7",
        "orders/place_orders",
        "return kept is not None and (kept.id, kept.version) == (asked.checkout, asked.version)",
        "return True",
        "test_orders_place.py::test_a_checkout_changed_between_the_gates_and_the_submit_is_not_submitted",
    ),
    _use_case(
        Kind.LOOK,
        "a checkout is reminded of once",
        "ORD-7",
        "checkout/remind_checkout",
        'key=request_key("mail", "remind", data.checkout),',
        'key=request_key("mail", "remind", data.checkout, self.clock.now()),',
        "test_checkout_saved.py::test_a_reminder_that_found_no_answer_is_sent_later_and_once",
    ),
)
_CHECKS: Final = (
    _use_case(
        Kind.UNIQUE,
        "one request for an address is under way",
        "T-2, ELG-2",
        "eligibility/request_eligibility",
        'intent = (ASKED, f"{session.account}:{self.secrets.fingerprint(wanted.place)}")',
        'intent = (ASKED, f"{session.account}:{self.ids.new()}")',
        "test_eligibility.py::test_twenty_at_once_make_one_case_and_one_sale",
    ),
    _use_case(
        Kind.COMPARE,
        "who comes after another request looks what it left",
        "T-2, ELG-2",
        "eligibility/open_check",
        "return holder in (None, mine) and latest == data.after",
        "return True",
        "test_eligibility.py::test_racing_for_two_addresses_makes_one_case_with_both",
    ),
    _use_case(
        Kind.LIMIT,
        "three changes of an eligibility are taken in an hour",
        "ELG-3",
        "eligibility/request_eligibility",
        "intent, also=asked_already, limit=limit)",
        "intent, also=asked_already)",
        "test_eligibility.py::test_three_changes_an_hour",
    ),
)
_FULFILMENT: Final = (
    guard(
        Kind.UNIQUE,
        "one attempt at a time provisions an order",
        "T-2, FUL-1",
        "core/domain/provisioning.py",
        "    if latest.state not in SETTLED:\n        return False\n",
        "",
        "tests/domain/test_provisioning.py::test_another_attempt_follows_only_one_that_is_over",
    ),
    _use_case(
        Kind.COMPARE,
        "an order is not begun before its day",
        "FUL-5",
        "fulfilment/begin_activation",
        "if not asked and (has_to_wait or not is_untouched(order)):",
        "if not asked and not is_untouched(order):",
        "test_fulfilment_dates.py::test_it_waits_for_its_date_to_the_second",
    ),
    _use_case(
        Kind.COMPARE,
        "a date that was moved activates nothing",
        "FUL-5",
        "fulfilment/activate_scheduled",
        "early = order.activate_at == data.due and self.clock.now() < data.due",
        "early = True",
        "test_fulfilment_dates.py::test_staff_move_the_date_later",
    ),
    _use_case(
        Kind.COMPARE,
        "each step looks whether the order is still approved",
        "FUL-4",
        "fulfilment/provision",
        "    if order.status is not OrderStatus.APPROVED:\n        raise NotApproved\n    return order\n",
        "    return order\n",
        "test_fulfilment_failures.py::test_an_order_cancelled_before_billing_never_runs",
    ),
    _use_case(
        Kind.COMPARE,
        "what runs is not cleared away",
        "FUL-4",
        "fulfilment/clear_order",
        "            await self.alarms.raise_alarm(RUNS_ALREADY, order_id)\n            return False\n",
        "            await self.alarms.raise_alarm(RUNS_ALREADY, order_id)\n",
        "test_fulfilment_failures.py::test_an_order_cancelled_after_its_service_runs_ends_no_service",
    ),
    guard(
        Kind.UNIQUE,
        "an event is learned once",
        "T-5",
        "core/domain/facts.py",
        'key=request_key("fact", fact.id),',
        'key=request_key("fact", fact.id, id(fact)),',
        f"{_TESTS}test_services.py::test_news_of_billing_are_learned_once",
    ),
    guard(
        Kind.COMPARE,
        "what was learned is not told again",
        "T-5",
        "core/domain/changes.py",
        "    return before != version\n",
        "    return True\n",
        f"{_TESTS}test_catch_up.py::test_what_was_heard_is_not_looked_up_again",
    ),
)
_SERVICES: Final = (
    _use_case(
        Kind.UNIQUE,
        "one cancellation of a service is under way",
        "T-2, CAN-2",
        "cancellation/request_cancellation",
        '"cancellation", job, (ASKED, str(service.id)), also=also)',
        '"cancellation", job, also=also)',
        "test_cancellation.py::test_one_is_not_begun_while_the_other_is_being_written",
    ),
    _use_case(
        Kind.UNIQUE,
        "a service without a sale is cancelled by one case",
        "T-2, CAN-3",
        "cancellation/request_cancellation",
        "return await _hold(shelves, request, data, lapsed) if active is None else None",
        "return None",
        "test_cancellation.py::test_without_an_opportunity_it_can_be_asked_again_once_the_month_is_over",
    ),
    _use_case(
        Kind.COMPARE,
        "what was taken back is not ended",
        "CAN-4",
        "cancellation/terminate_service",
        "if sale is None or sale.stage is not Stage.CANCELLING or sale.ends_at is None:",
        "if sale is None or sale.ends_at is None:",
        "test_cancellation_end.py::test_what_was_taken_back_or_moved_is_not_ended",
    ),
    _use_case(
        Kind.COMPARE,
        "what was moved is not ended before its day",
        "CAN-4",
        "cancellation/terminate_service",
        "        if sale.ends_at > self.clock.now():\n            return False\n",
        "",
        "test_cancellation_end.py::test_what_was_taken_back_or_moved_is_not_ended",
    ),
    _use_case(
        Kind.PROOF,
        "the portal's own echo is not staff's word",
        "CAN-5",
        "cancellation/learn_opportunity",
        "last is Stage.CANCELLING and not fact.own",
        "last is Stage.CANCELLING",
        "test_cancellation_end.py::test_a_service_without_kit_is_complete_with_its_end",
    ),
    _use_case(
        Kind.UNIQUE,
        "one change of an eSIM is under way",
        "T-2, SRV-4",
        "services/change_esim",
        '"service", job, intent, limit=limit)',
        '"service", job, limit=limit)',
        "test_services.py::test_two_tabs_add_data_once_at_a_time",
    ),
    _use_case(
        Kind.COMPARE,
        "a repair looks whether the difference still stands",
        "OPS-5",
        "work/repair_difference",
        "        if difference not in found or mine is None:",
        "        if mine is None:",
        "test_repair_difference.py::test_a_service_of_a_cancelled_order_is_left_to_a_person",
    ),
    _use_case(
        Kind.COMPARE,
        "work that is with staff keeps what it holds",
        "T-2, T-3",
        "work/close_intents",
        "if work.request is None or work.state not in SETTLED:",
        "if work.request is None:",
        "test_accept_request.py::test_intents_are_given_back_as_the_work_ended",
    ),
)
_DOCUMENTS: Final = (
    _document(
        "a document has so many bytes",
        "IDV-1",
        "cleaner",
        "        if len(data) > MAX_BYTES:",
        "        if False:",
        "test_documents.py::test_what_is_refused_and_why",
    ),
    _document(
        "a document has so many seconds",
        "IDV-1",
        "cleaner",
        "        with self._killed_after(seconds):\n            frames.send",
        "        if seconds:\n            frames.send",
        "test_document_processes.py::test_what_takes_too_long_is_refused_and_its_process_ended",
    ),
    _document(
        "a process opens so many documents",
        "IDV-1",
        "cleaner",
        "        if process.answered < _DOCUMENTS_EACH:",
        "        if True:",
        "test_document_processes.py::test_a_process_serves_a_number_of_documents_only",
    ),
    _document(
        "a process that opens documents knows no secret",
        "IDV-6",
        "cleaner",
        "**{name: os.environ[name] for name in _KEPT_FROM_ENVIRONMENT if name in os.environ},",
        "**os.environ,",
        "test_document_processes.py::test_a_process_is_told_no_setting_and_no_secret",
    ),
    _document(
        "a process that opens documents writes no file",
        "IDV-6",
        "worker",
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n",
        "",
        "test_document_processes.py::test_a_process_can_write_no_file_and_has_its_share_only",
    ),
    _document(
        "a process that opens documents has so much memory",
        "IDV-1",
        "worker",
        "        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))\n",
        "        pass\n",
        "test_document_processes.py::test_a_process_can_write_no_file_and_has_its_share_only",
    ),
    _document(
        "an image has so many pixels",
        "IDV-1",
        "images",
        "    if short * long > MAX_PIXELS:",
        "    if False:",
        "test_documents.py::test_what_is_refused_and_why",
    ),
    _document(
        "a picture in a PDF has so many pixels",
        "IDV-1",
        "pictures",
        '    if _number(image, "/Width") * _number(image, "/Height") > MAX_PIXELS:',
        "    if False:",
        "test_documents.py::test_what_is_refused_and_why",
    ),
)
BUSINESS: Final = (*_ORDERS, *_CHECKS, *_FULFILMENT, *_SERVICES, *_DOCUMENTS)

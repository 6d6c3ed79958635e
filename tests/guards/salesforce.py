"""What keeps calls to Salesforce from being lost, doubled, let through or told to others."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard


def _of(kind: Kind, name: str, keeps: str, file: str, right: str, wrong: str, *noticed_by: str) -> Guard:
    tests = (f"tests/salesforce/{test}" for test in noticed_by)
    place = file if file.startswith("calling/") else f"salesforce/{file}"
    return guard(kind, name, keeps, f"adapters/{place}.py", right, wrong, *tests)


_ONE_LOG_IN: Final = "test_auth.py::test_fifty_who_find_the_token_expired_log_in_once"

SALESFORCE: Final[tuple[Guard, ...]] = (
    _of(
        Kind.LOOK,
        "who finds a token expired looks whether there is a later one",
        "T-9",
        "auth",
        "if self._token is not None and self._token.generation > used.generation:",
        "if False:",
        "test_auth.py::test_who_comes_late_with_an_old_token_takes_the_new_one",
    ),
    _of(
        Kind.CLAIM,
        "one log-in is under way for all",
        "T-9",
        "auth",
        "if self._under_way is None:",
        "if True:",
        _ONE_LOG_IN,
    ),
    _of(
        Kind.LIMIT,
        "a refused log-in is not tried again at once",
        "T-9",
        "auth",
        "if time.monotonic() - since < self._settings.patience.rest:",
        "if False:",
        "test_auth.py::test_a_new_token_that_is_refused_ends_it",
    ),
    _of(
        Kind.LIMIT,
        "a write that may have arrived is not sent again without a key",
        "T-1, T-3",
        "transport",
        "return call.is_read or call.keyed or fault.proves_nothing_written",
        "return True",
        "test_faults.py::test_a_write_that_may_have_arrived_is_not_sent_again",
    ),
    _of(
        Kind.ORDER,
        "a doubt of an earlier try outlives the later ones",
        "T-3",
        "calling/trouble",
        "self._earlier = self._earlier or (self._writes and not fault.proves_nothing_written)",
        "self._earlier = self._writes and not fault.proves_nothing_written",
        "test_faults.py::test_doubt_stays_when_later_tries_prove_nothing",
    ),
    _of(
        Kind.LIMIT,
        "one call alone sees whether a rest is over",
        "T-9",
        "calling/breaker",
        "if self._is_half_open:",
        "if False:",
        "test_faults.py::test_a_kind_of_operation_that_fails_rests_and_is_tried_alone",
    ),
    _of(
        Kind.LIMIT,
        "work in the background leaves the day's last calls to customers",
        "T-9",
        "transport",
        "self.gauge.admit(call.what, background=call.background)",
        "pass",
        "test_client.py::test_background_work_waits_while_the_day_runs_low",
    ),
    _of(
        Kind.LOOK,
        "a key that is taken is read back",
        "T-1",
        "client",
        "if refused.code == _TAKEN and (found := await self.find(sobject, key_field, key, fields)):",
        "if False:",
        "test_client.py::test_a_lost_answer_is_read_back",
    ),
    _of(
        Kind.LOOK,
        "a row without a key is looked for before it is made",
        "T-1",
        "org",
        "        if made is not None:\n            return made\n        try:\n",
        "        try:\n",
        "test_late_effects.py::test_a_case_that_comes_late_is_the_one_without_keys",
    ),
    _of(
        Kind.ORDER,
        "what has no key is looked for once a lost answer had its time",
        "T-1, T-3",
        "org",
        "if lost.outcome_unknown and not keyed:",
        "if False:",
        "test_late_effects.py::test_a_lead_that_comes_late_is_the_one",
    ),
    guard(
        Kind.COMPARE,
        "what was decided of a later check is not written over",
        "ELG-8",
        "adapters/salesforce/eligibility_desk.py",
        "*([] if _is_overtaken(row, held) else decided),",
        "*decided,",
        "tests/contracts/test_salesforce_eligibility_desk.py::"
        "test_an_answer_that_comes_after_another_check_closes_its_own_case_alone[wire-True]",
    ),
    _of(
        Kind.UNIQUE,
        "a detail does not stand for what else a transaction changed",
        "T-5, ACC-8",
        "events/news",
        'details = "details:" if self.only_details else ""',
        'details = ""',
        "test_events_facts.py::test_a_detail_does_not_stand_for_what_else_changed_in_its_transaction",
    ),
    _of(
        Kind.PROOF,
        "a backslash ends no literal",
        "T-7",
        "soql",
        r"""[\\'"\x00""",
        r"""['"\x00""",
        "test_soql.py::test_a_value_has_one_form",
    ),
    _of(
        Kind.PROOF,
        "a customer's text refers to no other part of a composite",
        "T-7",
        "bodies",
        'value.replace("@{", "@ {")',
        "value",
        "test_client.py::test_what_a_customer_wrote_refers_to_no_other_part",
    ),
    _of(
        Kind.PROOF,
        "the token follows a next page to no other address",
        "T-6",
        "answers",
        "isinstance(rest, str) and rest.startswith(_ROOT)",
        "isinstance(rest, str)",
        "test_client.py::test_a_next_page_elsewhere_is_not_followed",
    ),
    _of(
        Kind.PROOF,
        "what can't be read as a code is none",
        "T-6",
        "faults",
        'return code if isinstance(code, str) and _CODE.fullmatch(code) else ""',
        'return code if isinstance(code, str) else ""',
        "test_faults.py::test_a_refusal_is_read_by_its_code_first",
    ),
)

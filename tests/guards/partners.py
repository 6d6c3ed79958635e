"""What keeps calls to partners and mails from being lost, doubled, let through or told to others."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard


def _of(kind: Kind, name: str, keeps: str, file: str, right: str, wrong: str, *noticed_by: str) -> Guard:
    tests = (f"tests/{test}" for test in noticed_by)
    return guard(kind, name, keeps, f"adapters/{file}.py", right, wrong, *tests)


PARTNERS: Final[tuple[Guard, ...]] = (
    _of(
        Kind.UNIQUE,
        "a write to a partner goes under its key",
        "T-1, FUL-3",
        "partners/transport",
        "({} if call.key is None else {KEY: call.key})",
        "({} if call.key is None else {KEY: str(time.monotonic())})",
        "partners/test_faults.py::test_a_write_is_sent_again_under_its_key",
    ),
    _of(
        Kind.ORDER,
        "what may have been done leaves doubt",
        "T-3",
        "partners/transport",
        "found.outcome_unknown = doubt.remains",
        "pass",
        "partners/test_faults.py::test_doubt_stays_when_later_tries_prove_nothing",
    ),
    _of(
        Kind.LIMIT,
        "who is told to come back later does not wait here",
        "T-9",
        "partners/transport",
        "if asked > patience.longest_wait:",
        "if False:",
        "partners/test_faults.py::test_who_is_told_to_come_back_later_does",
    ),
    _of(
        Kind.PROOF,
        "an activation code is one that phones scan",
        "FUL-2",
        "partners/esim_issuer",
        "    activation_code: _Qr",
        "    activation_code: str",
        "partners/test_faults.py::test_a_wrong_value_is_no_profile",
    ),
    _of(
        Kind.LOOK,
        "a key stands for one wish",
        "T-1, FUL-3",
        "fakes/esim_profiles",
        "if any(made[name] != value for name, value in asked.items()):",
        "if False:",
        "contracts/test_partners_esim.py::test_a_key_stands_for_one_wish",
    ),
    _of(
        Kind.UNIQUE,
        "a mail's id is made of its key",
        "T-1, NTF-1",
        "mail/rendering",
        "sha256(key.encode())",
        "sha256(str(id(key)).encode())",
        "mail/test_smtp.py::test_an_id_tells_nothing_of_its_key",
        "mail/test_smtp.py::test_the_same_key_is_the_same_id_whatever_is_in_it",
    ),
    _of(
        Kind.PROOF,
        "an address that is none reaches no mail service",
        "ACC-1",
        "mail/smtp",
        "if email_faults(name, each) or each != tidy(each)",
        "if False",
        "mail/test_smtp.py::test_an_address_that_is_none_reaches_no_service",
    ),
    _of(
        Kind.LIMIT,
        "no more mails at once than the service is to bear",
        "T-9",
        "mail/smtp",
        "asyncio.timeout(self._settings.deadline), self._room:",
        "asyncio.timeout(self._settings.deadline):",
        "mail/test_smtp.py::test_no_more_at_once_than_the_service_is_to_bear",
    ),
    _of(
        Kind.PROOF,
        "others' words are words in HTML",
        "NTF-1",
        "mail/rendering",
        'select_autoescape(enabled_extensions=("html.jinja",))',
        "False",
        "mail/test_rendering.py::test_what_others_wrote_stays_words",
    ),
)

"""What keeps accounts apart: codes, links, passwords, and whose a thing is."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard

_SIGN_UP: Final = "tests/usecases/test_account_sign_up.py::"
_SURVIVES: Final = "tests/usecases/test_account_sign_up_durable.py::"
_LOG_IN: Final = "tests/usecases/test_account_log_in.py::"
_IMPORT: Final = "tests/running/test_import_command.py::"
_CONTRACTS: Final = "tests/contracts/"


def _account(kind: Kind, name: str, keeps: str, file: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(kind, name, keeps, f"core/usecases/account/{file}.py", right, wrong, noticed_by)


def _whose(name: str, file: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(Kind.OWNERSHIP, name, "T-7", f"adapters/{file}.py", right, wrong, f"{_CONTRACTS}{noticed_by}")


_CODES: Final = (
    _account(
        Kind.LIMIT,
        "a code is tried five times",
        "ACC-1",
        "confirm_sign_up",
        "        if await shelves.sign_ups.take_attempt(sign_up.id) >= self.policy.code_attempts:\n"
        "            return False\n",
        "",
        f"{_SIGN_UP}test_guesses_at_once_are_no_more_than_one_by_one",
    ),
    _account(
        Kind.PROOF,
        "a code is over after its life",
        "ACC-1",
        "confirm_sign_up",
        " or now >= sign_up.expires_at:",
        ":",
        f"{_SIGN_UP}test_a_code_is_over_after_its_life",
    ),
    _account(
        Kind.PROOF,
        "a mailed link is over after its life",
        "ACC-1",
        "confirm_sign_up",
        "right = found is not None and now < found.expires_at",
        "right = found is not None",
        f"{_SIGN_UP}test_a_code_is_over_after_its_life",
    ),
    _account(
        Kind.PROOF,
        "a code is its own sign-up's",
        "ACC-1",
        "confirm_sign_up",
        'if self.secrets.fingerprint(f"{sign_up.id}:{code}") != sign_up.code:',
        "if False:",
        f"{_SIGN_UP}test_a_code_of_another_sign_up_is_wrong",
    ),
    _account(
        Kind.PROOF,
        "a code is spent by the first who was let in",
        "ACC-9",
        "read_session",
        "            await shelves.sign_ups.spend(session.user)\n",
        "            pass\n",
        f"{_SIGN_UP}test_a_code_is_no_second_log_in",
    ),
    _account(
        Kind.LIMIT,
        "codes are counted by mailbox",
        "ACC-1",
        "send_sign_up_mail",
        "mailbox_of(sign_up.canonical)",
        "sign_up.canonical",
        f"{_SIGN_UP}test_mails_to_one_mailbox_are_limited_silently[tagged]",
    ),
    _account(
        Kind.LIMIT,
        "links are counted by mailbox",
        "ACC-1, ACC-9",
        "send_account_letter",
        "mailbox_of(user.canonical)",
        "user.canonical",
        f"{_LOG_IN}test_reset_mails_to_one_mailbox_are_limited_silently[tagged]",
    ),
    _account(
        Kind.LOOK,
        "a code is mailed once, however often it is tried",
        "ACC-1",
        "send_sign_up_mail",
        'key=request_key("sign_up", id, letter.value, occasion)',
        'key=request_key("sign_up", id, letter.value, self.ids.new())',
        f"{_SIGN_UP}test_a_mail_whose_answer_is_lost_is_one_mail_and_its_code_is_good",
    ),
)
_LOG_INS: Final = (
    _account(
        Kind.LIMIT,
        "a failed log-in is counted before it is one",
        "ACC-8",
        "log_in",
        "            seconds = await self.limits.take(limit, subject, now)\n",
        "            seconds = None\n",
        f"{_LOG_IN}test_the_sixth_failure_in_a_row_waits_and_no_longer",
    ),
    _account(
        Kind.PROOF,
        "an unknown address costs the same work",
        "ACC-8",
        "log_in",
        "right = await self.passwords.matches(form.password, user.password if user else None)",
        "right = user is not None and await self.passwords.matches(form.password, user.password)",
        f"{_LOG_IN}test_wrong_unknown_and_barred_are_told_apart_by_nothing",
    ),
    _account(
        Kind.LIMIT,
        "guesses of the current password are counted",
        "ACC-8",
        "change_password",
        "        if seconds is not None:\n            raise TooMany",
        "        if False:\n            raise TooMany",
        f"{_LOG_IN}test_guessing_the_current_password_is_limited_like_log_ins",
    ),
    _account(
        Kind.PROOF,
        "a changed password voids the link that was mailed",
        "ACC-9",
        "change_password",
        "            await shelves.resets.void(user.id)\n",
        "",
        f"{_LOG_IN}test_changing_the_password_voids_a_mailed_link",
    ),
    guard(
        Kind.COMPARE,
        "a session that ends while it is read is not remembered",
        "ACC-9",
        "adapters/system/sessions.py",
        "        elif changes == self._changes:",
        "        else:",
        "tests/adapters/test_system.py::test_a_session_that_ends_while_it_is_read_is_not_remembered",
    ),
)
_LINKS: Final = (
    _account(
        Kind.UNIQUE,
        "two addresses of an account make one user",
        "ACC-3, ACC-5",
        "complete_sign_up",
        "            if holder not in (None, intent.request) or await",
        "            if await",
        f"{_SURVIVES}test_two_addresses_of_one_account_make_one_user",
    ),
    _account(
        Kind.LOOK,
        "a user that was made before a crash is not made again",
        "T-1, ACC-4",
        "complete_sign_up",
        "            if sign_up.user is not None:  # a crash came between keeping the user and remembering it\n"
        "                return sign_up.user\n",
        "",
        f"{_SURVIVES}test_a_sign_up_makes_one_customer_wherever_the_portal_dies",
    ),
    _account(
        Kind.OWNERSHIP,
        "a number is linked by the address on file alone",
        "ACC-3",
        "complete_sign_up",
        "if profile is None or canonical_email(profile.email) != sign_up.canonical:",
        "if profile is None:",
        f"{_SURVIVES}test_a_number_whose_address_staff_changed_meanwhile_is_not_linked",
    ),
    _account(
        Kind.LOOK,
        "a user is imported once",
        "OPS-7",
        "import_user",
        "        if kept is not None:\n            return kept\n",
        "",
        f"{_IMPORT}test_what_comes_is_linked_stored_and_written_down_once",
    ),
    _account(
        Kind.OWNERSHIP,
        "nobody is imported with another's client",
        "OPS-7",
        "import_user",
        "    if billed.number != former.number and not (linked and billed.number is None):",
        "    if False:",
        f"{_IMPORT}test_lines_that_disagree_are_refused_by_field_and_the_rest_comes",
    ),
    guard(
        Kind.LOOK,
        "a card is imported once",
        "OPS-7",
        "core/usecases/identity/import_document.py",
        "        if done:\n            return Imported(Fate.THERE)\n",
        "",
        f"{_IMPORT}test_what_comes_is_linked_stored_and_written_down_once",
    ),
    guard(
        Kind.COMPARE,
        "an older card does not go before a newer one",
        "OPS-7",
        "core/usecases/identity/import_document.py",
        "        if standing.submitted_at is not None and standing.submitted_at > former.sent_at:",
        "        if False:",
        f"{_IMPORT}test_a_card_that_is_older_than_what_was_sent_since_is_left_out",
    ),
    guard(
        Kind.OWNERSHIP,
        "an export leads to its own files alone",
        "OPS-7",
        "adapters/system/former_portal.py",
        "if not path.is_relative_to(self._files) or not path.is_file():",
        "if not path.is_file():",
        "tests/adapters/test_former_portal.py::test_a_file_outside_of_the_export_is_never_read",
    ),
)
_WHOSE: Final = (
    _whose(
        "a request is read by its owner",
        "db/shelves/requests",
        'or_(requests.c.owner == bindparam("whose"), requests.c.owner.is_(None))\n)\n_ADD',
        'or_(bindparam("whose").is_(None), bindparam("whose").is_not(None))\n)\n_ADD',
        "test_store_requests.py::test_a_request_is_found_by_its_owner_only[sqlite]",
    ),
    guard(
        Kind.OWNERSHIP,
        "a key that another's request has is nobody's",
        "T-7",
        "core/usecases/work/accept_request.py",
        "            if earlier.owner != request.owner:\n                raise NotFound\n",
        "",
        "tests/usecases/test_accept_request.py::test_the_same_key_is_the_same_request[sqlite]",
    ),
    _whose(
        "a notice is read and dismissed by whom it tells",
        "db/shelves/notices",
        'notices.c.id == bindparam("notice"), notices.c.user == bindparam("whose"), notices.c.expired',
        'notices.c.id == bindparam("notice"), bindparam("whose") != "", notices.c.expired',
        "test_store_records.py::test_only_the_customers_own_notices_are_read_or_dismissed[sqlite]",
    ),
    _whose(
        "an eSIM is found by its own account",
        "db/shelves/things",
        'esims.c.account == bindparam("whose"), esims.c.service',
        'bindparam("whose") != "", esims.c.service',
        "test_store_records.py::test_an_orders_esim_is_kept_and_replaced[sqlite]",
    ),
    _whose(
        "an order is found by its own account",
        "fakes/salesforce/order_book",
        'mine = row is not None and account in (None, row["account"])',
        "mine = True",
        "test_salesforce_order_book.py::test_orders_are_found_by_their_own_account_only[fake]",
    ),
    _whose(
        "a sale takes the orders of its own account",
        "fakes/salesforce/order_book",
        'if row["account"] != draft.account or row["stage"]',
        'if row["stage"]',
        "test_salesforce_order_book.py::test_anothers_opportunity_takes_no_order[fake]",
    ),
    _whose(
        "a case is found by its own account",
        "fakes/salesforce/support_desk",
        'if row is None or row["account"] != account or row["origin"]',
        'if row is None or row["origin"]',
        "test_salesforce_support_desk.py::test_a_case_is_read_by_its_own_account[fake]",
    ),
    _whose(
        "an order in billing is accepted for its own client",
        "fakes/whmcs/provisioner",
        '            if row is None or row["client"] != client:',
        "            if row is None:",
        "test_billing_provisioner.py::test_only_ones_own_pending_order_can_be_accepted[fake]",
    ),
)
PEOPLE: Final = (*_CODES, *_LOG_INS, *_LINKS, *_WHOSE)

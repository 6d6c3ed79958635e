"""What is written in the portal's own database only from the state that is expected."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard

_DB: Final = "adapters/db/"
_JOURNAL: Final = "tests/contracts/test_store_journal.py::"
_CHECKOUTS: Final = "tests/contracts/test_store_checkouts.py::"
_PEOPLE: Final = "tests/contracts/test_store_people.py::"
_REQUESTS: Final = "tests/contracts/test_store_requests.py::"


def _journal(name: str, keeps: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(Kind.COMPARE, name, keeps, f"{_DB}journal.py", right, wrong, f"{_JOURNAL}{noticed_by}[sqlite]")


def _shelf(shelf: str, name: str, keeps: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(Kind.COMPARE, name, keeps, f"{_DB}shelves/{shelf}.py", right, wrong, noticed_by)


_WORK: Final = (
    _journal(
        "work begins where it is due or was begun",
        "T-1, FUL-5",
        "_CHANGE.where(or_(_BEGUN, _RECEIVED & _IS_DUE))",
        "_CHANGE",
        "test_delayed_work_begins_at_its_date_only",
    ),
    _journal(
        "an answer is kept of work that goes on",
        "T-1, T-3",
        "_CHANGE.where(_BEGUN).values(failing=None",
        "_CHANGE.values(failing=None",
        "test_parked_work_keeps_nothing_more_until_it_is_reopened",
    ),
    _journal(
        "a failure is kept of work that goes on",
        "T-3",
        "_FAILED: Final = _CHANGE.where(_BEGUN)",
        "_FAILED: Final = _CHANGE",
        "test_parked_work_keeps_nothing_more_until_it_is_reopened",
    ),
    _journal(
        "work ends once",
        "T-3",
        "_OVER: Final = _CHANGE.where(_BEGUN)",
        "_OVER: Final = _CHANGE",
        "test_work_begins_keeps_its_answers_and_ends",
    ),
    _journal(
        "work that has begun is not moved",
        "FUL-5",
        "_CHANGE.where(_RECEIVED).values(due_at",
        "_CHANGE.values(due_at",
        "test_delayed_work_begins_at_its_date_only",
    ),
    _journal(
        "work that has begun is not cancelled",
        "T-1, FUL-8",
        "which = _CHANGE.where(or_(_RECEIVED, _STOPPED) if stopped else _RECEIVED)",
        "which = _CHANGE",
        "test_only_work_that_has_not_begun_is_cancelled",
    ),
    _journal(
        "work that is over is not parked",
        "T-3, FUL-8",
        "parked = _CHANGE.where(or_(_BEGUN, _RECEIVED)).values",
        "parked = _CHANGE.values",
        "test_work_that_is_over_is_not_parked",
    ),
)
_CARTS: Final = (
    _shelf(
        "checkouts",
        "a checkout is saved behind the version that was seen",
        "ORD-7",
        'checkouts.c.version < bindparam("kept_version")',
        'checkouts.c.version <= bindparam("kept_version")',
        f"{_CHECKOUTS}test_of_two_tabs_the_first_to_save_a_version_wins[sqlite]",
    ),
    _shelf(
        "checkouts",
        "a submitted checkout is not saved over",
        "ORD-7",
        "    checkouts.c.submitted_at.is_(None),\n)\n_CLAIM",
        ")\n_CLAIM",
        f"{_CHECKOUTS}test_a_checkout_is_submitted_once_by_its_user[sqlite]",
    ),
    _shelf(
        "checkouts",
        "a checkout is submitted once",
        "ORD-5",
        '        checkouts.c.submitted_at.is_(None),\n    )\n    .values(submitted_at=bindparam("at")',
        '    )\n    .values(submitted_at=bindparam("at")',
        f"{_CHECKOUTS}test_a_checkout_is_submitted_once_by_its_user[sqlite]",
    ),
    _shelf(
        "checkouts",
        "a cart is claimed by one customer",
        "ORD-7",
        'where(checkouts.c.id == bindparam("checkout"), checkouts.c.user.is_(None))',
        'where(checkouts.c.id == bindparam("checkout"))',
        "tests/contracts/test_store_races.py::test_a_cart_that_two_claim_at_once_is_one_customers[postgresql]",
    ),
)
_ACCOUNTS: Final = (
    _shelf(
        "sessions",
        "a refresh token is used once",
        "ACC-9",
        'refresh_tokens.c.refresh == bindparam("spent"), refresh_tokens.c.used_at.is_(None))',
        'refresh_tokens.c.refresh == bindparam("spent"))',
        f"{_PEOPLE}test_a_refresh_token_is_good_once_and_a_replay_ends_the_session[sqlite]",
    ),
    _shelf(
        "sessions",
        "a replayed refresh token ends its session",
        "ACC-9",
        "        await self.revoke(row.id, now)\n        return RefreshTurn.REPLAYED",
        "        return RefreshTurn.REPLAYED",
        f"{_PEOPLE}test_a_refresh_token_is_good_once_and_a_replay_ends_the_session[sqlite]",
    ),
    _shelf(
        "sessions",
        "a refresh that is sent again voids what it gave before",
        "T-2, ACC-9",
        "            await self.transaction.change(_VOID_UNUSED, session=row.id)\n",
        "",
        f"{_PEOPLE}test_a_used_refresh_token_is_good_again_under_its_key_for_a_while[sqlite-None]",
    ),
    _shelf(
        "sessions",
        "a refresh is sent again for a little while",
        "ACC-9",
        " and row.used_at > again_since",
        "",
        f"{_PEOPLE}test_a_used_refresh_token_is_good_again_under_its_key_for_a_while[sqlite-too late]",
    ),
    _shelf(
        "sessions",
        "a reset link works once",
        "ACC-9",
        '_TAKE: Final = delete(resets).where(resets.c.token == bindparam("mailed"))'
        ".returning(resets.c.user, resets.c.expires_at)",
        '_TAKE: Final = select(resets.c.user, resets.c.expires_at).where(resets.c.token == bindparam("mailed"))',
        f"{_PEOPLE}test_a_reset_link_is_good_once_and_only_the_last_one[sqlite]",
    ),
    _shelf(
        "sign_ups",
        "an address that a sign-up holds is not claimed",
        "ACC-5",
        "        if not taken and await self.transaction.value(_HOLDER, canonical=canonical) != sign_up:\n"
        "            return False\n",
        "",
        f"{_PEOPLE}test_an_address_is_claimed_by_one_sign_up_at_a_time[sqlite]",
    ),
    _shelf(
        "sign_ups",
        "an address that a user has is not claimed",
        "ACC-5",
        "        if await self.transaction.value(_IS_USER, canonical=canonical) is not None:",
        "        if False:",
        f"{_PEOPLE}test_an_address_that_has_a_user_can_not_be_claimed[sqlite]",
    ),
)
_KEYS: Final = (
    _shelf(
        "answers",
        "a key belongs to the body it came with",
        "T-2",
        "        if row.digest != digest:\n            return KeptAnswer(state=KeyState.DIFFERENT)\n",
        "",
        f"{_REQUESTS}test_a_key_is_taken_once_and_its_answer_repeated[sqlite]",
    ),
    _shelf(
        "answers",
        "an answer that is kept is not given back",
        "T-2",
        "_GIVE_BACK: Final = delete(answers).where(*_WHICH, _UNANSWERED)",
        "_GIVE_BACK: Final = delete(answers).where(*_WHICH)",
        f"{_REQUESTS}test_a_key_of_a_refused_request_can_be_used_again[sqlite]",
    ),
    _shelf(
        "requests",
        "an intent is closed by the request that holds it",
        "T-2",
        "held = _CLOSE if request is None else _CLOSE.where(intents.c.request == request)",
        "held = _CLOSE",
        f"{_REQUESTS}test_an_intent_is_held_by_one_request[sqlite]",
    ),
)
MOMENTS: Final = (*_WORK, *_CARTS, *_ACCOUNTS, *_KEYS)

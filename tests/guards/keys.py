"""Unique keys of the database, taken out of the revisions that make them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tests.guards.guard import Guard, Kind, guard

_REQUESTS: Final = "tests/contracts/test_store_requests.py::"
_PEOPLE: Final = "tests/contracts/test_store_people.py::"
_RECORDS: Final = "tests/contracts/test_store_records.py::"
_JOURNAL: Final = "tests/contracts/test_store_journal.py::"


def _key(
    name: str, keeps: str, unique: str, right: str, wrong: str, noticed_by: str, made: str = "0001_first_tables"
) -> Guard:
    file = f"adapters/db/migrations/versions/{made}.py"
    return guard(Kind.UNIQUE, name, keeps, file, right, wrong, noticed_by, unique=unique)


KEYS: Final = (
    _key(
        "one world of a database",
        "T-1",
        "installation: id",
        'sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)',
        'sa.Column("id", sa.Integer)',
        "tests/contracts/test_store_unit_of_work.py::test_a_database_is_paired_once[sqlite]",
    ),
    _key(
        "one user of an address",
        "ACC-5",
        "users: canonical",
        'sa.Column("canonical", sa.Text, nullable=False, unique=True)',
        'sa.Column("canonical", sa.Text, nullable=False)',
        f"{_PEOPLE}test_an_address_and_an_account_have_one_user[sqlite-canonical]",
    ),
    _key(
        "one user of an account",
        "ACC-5",
        "users: account",
        'sa.Column("account", ID, nullable=False, unique=True)',
        'sa.Column("account", ID, nullable=False)',
        f"{_PEOPLE}test_an_address_and_an_account_have_one_user[sqlite-account]",
    ),
    _key(
        "one sign-up of an address",
        "T-2, ACC-5",
        "sign_up_claims: canonical",
        'sa.Column("canonical", sa.Text, primary_key=True)',
        'sa.Column("canonical", sa.Text)',
        f"{_PEOPLE}test_an_address_is_claimed_by_one_sign_up_at_a_time[sqlite]",
    ),
    _key(
        "one address of a sign-up",
        "ACC-5",
        "sign_up_claims: sign_up",
        'sa.ForeignKey("sign_ups.id", ondelete="CASCADE"), nullable=False, unique=True)',
        'sa.ForeignKey("sign_ups.id", ondelete="CASCADE"), nullable=False)',
        f"{_PEOPLE}test_a_sign_up_claims_one_address[sqlite]",
    ),
    _key(
        "one open intent",
        "T-2",
        "intents: kind, subject",
        'sa.Column("kind", ID, primary_key=True),\n        sa.Column("subject", sa.Text, primary_key=True)',
        'sa.Column("kind", ID),\n        sa.Column("subject", sa.Text)',
        f"{_REQUESTS}test_of_twenty_that_want_the_same_one_gets_it[sqlite]",
    ),
    _key(
        "one answer of a key",
        "T-2",
        "answers: owner, key",
        'sa.Column("owner", ID, primary_key=True),\n        sa.Column("key", sa.String(255), primary_key=True)',
        'sa.Column("owner", ID),\n        sa.Column("key", sa.String(255))',
        f"{_REQUESTS}test_a_key_is_taken_once_and_its_answer_repeated[sqlite]",
    ),
    _key(
        "one notice of a fact",
        "NTF-2",
        "notices: user, type, source_id, version",
        '        sa.UniqueConstraint("user", "type", "source_id", "version"),\n',
        "",
        f"{_RECORDS}test_a_fact_is_told_once[sqlite]",
    ),
    _key(
        "one use of a nonce",
        "T-4",
        "nonces: key_id, nonce",
        'sa.Column("key_id", ID, primary_key=True),\n        sa.Column("nonce", sa.String(255), primary_key=True)',
        'sa.Column("key_id", ID),\n        sa.Column("nonce", sa.String(255))',
        f"{_REQUESTS}test_a_nonce_is_spent_once_for_each_key[sqlite]",
    ),
    _key(
        "one beginning of the customer numbers",
        "ACC-2",
        "sequences: name",
        'sa.Column("name", sa.String(32), primary_key=True)',
        'sa.Column("name", sa.String(32))',
        f"{_RECORDS}test_customer_numbers_begin_once_and_never_repeat[sqlite]",
    ),
    _key(
        "one piece of work of a key",
        "T-1, T-2, T-5",
        "work: key",
        'sa.Column("key", sa.Text, nullable=False, unique=True),\n        sa.Column("job", PLAIN, nullable=False),\n'
        '        sa.Column("kind"',
        'sa.Column("key", sa.Text, nullable=False),\n        sa.Column("job", PLAIN, nullable=False),\n'
        '        sa.Column("kind"',
        f"{_JOURNAL}test_accepted_work_is_received_once[sqlite]",
    ),
    _key(
        "one piece of work at a time in a lane",
        "T-1",
        "work: lane",
        '["lane"], unique=True, sqlite_where',
        '["lane"], sqlite_where',
        f"{_JOURNAL}test_one_piece_of_work_at_a_time_is_under_way_in_a_lane[sqlite]",
        made="0003_lanes_and_executors",
    ),
    _key(
        "one answer of a step",
        "T-1",
        "work_steps: work, name",
        'sa.ForeignKey("work.position", ondelete="CASCADE"), primary_key=True),\n'
        '        sa.Column("name", sa.String(255), primary_key=True)',
        'sa.ForeignKey("work.position", ondelete="CASCADE")),\n        sa.Column("name", sa.String(255))',
        f"{_JOURNAL}test_what_a_step_answered_first_stays[sqlite]",
    ),
)

_MADE_ANEW: Final = "its id is made anew with each row, so that nobody asks for the same twice"
_OUT_OF_REACH: Final = "a fingerprint of 256 bits that were drawn: no two are the same, and it is there to be found by"
_NUMBERED: Final = "the database numbers the rows itself"
_PUT: Final = "rows are put there by this key: without it the database refuses every write"

NO_GUARDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "users: id": _MADE_ANEW,
        "sign_ups: id": _MADE_ANEW,
        "sessions: id": _MADE_ANEW,
        "requests: id": _MADE_ANEW,
        "notices: id": _MADE_ANEW,
        "checkouts: id": "whose it is, or its token, is unique as well, and what is saved meets that first",
        "sign_ups: token": _OUT_OF_REACH,
        "sessions: access": _OUT_OF_REACH,
        "refresh_tokens: refresh": _OUT_OF_REACH,
        "resets: token": _OUT_OF_REACH,
        "checkouts: token": _OUT_OF_REACH,
        "notices: position": _NUMBERED,
        "audit: id": _NUMBERED,
        "work: position": _NUMBERED,
        "tries: id": _NUMBERED,
        "flags: name": _PUT,
        "streams: stream": _PUT,
        "learned: subject": _PUT,
        "esims: order": _PUT,
        "cards: client": _PUT,
        "noes: account, place": _PUT,
        "sent: mark": _PUT,
        "requests: key": "acceptance is alone with the key and looks first; without either this refuses the second",
        "checkouts: user": "whoever saves or claims is alone with the customer's; without that this refuses the second",
        "executors: name": "a process holds its name before it beats: `one process of a name`",
    }
)
"""Each other unique key, with the reason why nothing is doubled without it."""

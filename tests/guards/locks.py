"""Locks: who comes meanwhile waits, and goes on from what the one before left."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard

_RACES: Final = "tests/contracts/test_store_races.py::"
_UNITS: Final = "tests/contracts/test_store_unit_of_work.py::"


def _use_case(name: str, keeps: str, file: str, held: str, noticed_by: str) -> Guard:
    """What a use case decides by reading first; its test holds the lock by hand while the use case comes."""
    right = f"await shelves.alone({held})"
    return guard(
        Kind.LOCK, name, keeps, f"core/usecases/{file}.py", right, "pass", f"tests/usecases/test_alone.py::{noticed_by}"
    )


def _database(name: str, keeps: str, file: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(Kind.LOCK, name, keeps, f"adapters/db/{file}.py", right, wrong, noticed_by)


_USE_CASES: Final = (
    _use_case(
        "a key is accepted by one after the other",
        "T-2",
        "work/accept_request",
        '"request", request.job.key',
        "test_a_key_that_is_accepted_meanwhile_is_that_request",
    ),
    _use_case(
        "a code is proved before it is replaced or after",
        "ACC-1",
        "account/confirm_sign_up",
        '"sign_up", id or ""',
        "test_a_code_that_is_replaced_meanwhile_proves_nothing",
    ),
    _use_case(
        "an address is claimed before its code is replaced or after",
        "ACC-4",
        "account/complete_sign_up",
        '"sign_up", id',
        "test_an_address_is_proved_before_its_code_is_replaced_or_after",
    ),
    _use_case(
        "a code is replaced before it is proved or after",
        "ACC-9",
        "account/send_sign_up_mail",
        '"sign_up", id',
        "test_who_becomes_a_customer_meanwhile_is_kept_no_other_code_for",
    ),
    _use_case(
        "a profile is changed by one after the other",
        "ACC-10",
        "account/save_profile",
        '"profile", session.user',
        "test_two_changes_of_a_profile_both_stay",
    ),
    _use_case(
        "a check knows which came before",
        "ELG-2",
        "eligibility/open_check",
        '"eligibility", account',
        "test_a_check_that_comes_meanwhile_is_looked_for",
    ),
    _use_case(
        "a checkout is submitted before it is saved or after",
        "ORD-5, ORD-7",
        "orders/place_orders",
        "CHECKOUT, session.user",
        "test_a_checkout_that_is_changed_meanwhile_is_not_submitted",
    ),
    _use_case(
        "a checkout is saved by one after the other",
        "ORD-7",
        "checkout/save_checkout",
        "CHECKOUT, session.user",
        "test_a_checkout_is_saved_behind_the_one_before",
    ),
    _use_case(
        "an eSIM is issued anew before it is linked or after",
        "SRV-4",
        "services/write_esim_change",
        '"esim", data.order',
        "test_an_esim_that_is_linked_meanwhile_is_issued_anew_for_its_service",
    ),
    _use_case(
        "an eSIM is linked before it is issued anew or after",
        "SRV-4",
        "fulfilment/provision",
        '"esim", order.id',
        "test_an_esim_that_is_issued_anew_meanwhile_is_the_one_that_is_linked",
    ),
    _use_case(
        "a change of an eSIM is written down by one after the other",
        "SRV-4",
        "services/write_esim_change",
        '"audit", entry.subject',
        "test_a_change_of_an_esim_is_written_down_once",
    ),
    _use_case(
        "an approval is noted by one after the other",
        "STA-3",
        "fulfilment/learn_order",
        '"audit", subject',
        "test_an_approval_is_noted_once",
    ),
    guard(
        Kind.LOCK,
        "a flag is switched by one after the other",
        "OPS-3",
        "core/usecases/work/set_flag.py",
        'await shelves.alone("flag", feature.value)',
        "pass",
        f"{_RACES}test_two_who_switch_a_flag_at_once_both_have_their_way[postgresql]",
    ),
    guard(
        Kind.LOCK,
        "an alarm is raised by one after the other",
        "OPS-6",
        "genkan/alarms.py",
        'await shelves.alone("audit", subject)',
        "pass",
        "tests/usecases/test_alone.py::test_the_same_alarm_is_raised_once",
    ),
)
_DATABASE: Final = (
    _database(
        "tries are counted one by one",
        "ACC-8",
        "limits",
        'await self.transaction.alone("limit", limit, whose)\n        span',
        "span",
        f"{_RACES}test_instances_count_together[postgresql]",
    ),
    _database(
        "notices of a customer come in their order",
        "NTF-4",
        "shelves/notices",
        'await self.transaction.alone("notices", notice.user)',
        "pass",
        f"{_RACES}test_a_page_that_saw_a_notice_saw_all_before_it[postgresql]",
    ),
    _database(
        "reset links are made one by one",
        "ACC-9",
        "shelves/sessions",
        'await self.transaction.alone("resets", user)',
        "pass",
        f"{_RACES}test_of_two_links_the_later_is_good_and_the_earlier_void[postgresql]",
    ),
    _database(
        "tokens of a session are taken one by one",
        "T-2, ACC-9",
        "shelves/sessions",
        "await self.transaction.row(_HOLD_BY_REFRESH, refresh=refresh)",
        "pass",
        f"{_RACES}test_a_refresh_that_is_sent_twice_at_once_goes_on_both_times[postgresql]",
    ),
    _database(
        "a cart is claimed before another is saved or after",
        "ORD-7",
        "shelves/checkouts",
        "await self.transaction.alone(CHECKOUT, user)",
        "pass",
        f"{_RACES}test_a_cart_that_is_claimed_takes_the_place_of_one_saved_at_the_same_time[postgresql]",
    ),
    _database(
        "one of several instances migrates",
        "T-8",
        "migrate",
        'await Transaction(connection).alone("migrations")',
        "pass",
        "tests/adapters/test_migrations.py::test_several_that_start_at_once_migrate_once[postgresql]",
    ),
    _database(
        "a unit of work inside another is refused",
        "T-1",
        "database",
        "if task is None or task in self._writers:",
        "if task is None:",
        f"{_UNITS}test_a_unit_of_work_inside_another_is_a_mistake_and_no_standstill[sqlite]",
    ),
    _database(
        "a write takes the write lock at its beginning",
        "T-1",
        "sqlite",
        '_BEGIN: Final = "BEGIN IMMEDIATE"',
        '_BEGIN: Final = "BEGIN"',
        f"{_UNITS}test_forty_units_of_work_at_once_all_end_well[sqlite]",
    ),
    _database(
        "a reading sees one moment",
        "T-3",
        "postgresql",
        '"isolation_level": "REPEATABLE READ"',
        '"isolation_level": "READ COMMITTED"',
        f"{_UNITS}test_a_reading_sees_one_moment[postgresql]",
    ),
    _database(
        "what is promised waits for the disk",
        "T-1",
        "sqlite",
        'Mode.DURABLE: "PRAGMA synchronous=FULL"',
        'Mode.DURABLE: "PRAGMA synchronous=NORMAL"',
        f"{_UNITS}test_what_is_promised_waits_for_the_disk[full]",
    ),
    _database(
        "what is promised waits for the server's disk",
        "T-1",
        "postgresql",
        '"synchronous_commit": "on",',
        '"synchronous_commit": "off",',
        f"{_UNITS}test_a_server_waits_for_the_disk_every_time[durable]",
    ),
)
LOCKS: Final = (*_USE_CASES, *_DATABASE)

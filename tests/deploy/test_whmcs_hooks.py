"""The hook file for WHMCS tells the portal what changed, by ids alone, and never keeps WHMCS from its work.

It is run by PHP itself; where there is none these tests are skipped.
"""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.facts import TOLD_BEFORE
from tests.deploy.hook_listener import HOOKS, PHP, Event, Heard, has_php, installed, listening, run
from tests.http.account_portal import Portal
from tests.http.service_portal import settled
from tests.http.shop_portal import a_shop
from tests.portal import SECRET

pytestmark = pytest.mark.skipif(
    not has_php(), reason="the hook file is not run: no PHP with curl here (on Debian: php-cli and php-curl)"
)

CANARY = "canary"
MODULE = {
    "params": {
        "serviceid": 5,
        "userid": 3,
        "pid": 31,
        "domain": "canary.example",
        "username": "canary-user",
        "password": "canary-password",
        "serverpassword": "canary-server",
        "customfields": {"Number": "canary-field"},
        "configoptions": {},
    }
}
SERVICE = {"userid": 3, "serviceid": 5}
OF_SERVICE = {"clientId": 3, "serviceId": 5, "orderId": None, "invoiceId": None}
OF_INVOICE = {"clientId": 3, "serviceId": None, "orderId": None, "invoiceId": 7}
OF_ORDER = {"clientId": 3, "serviceId": None, "orderId": 9, "invoiceId": None}
OF_ORDER_AND_INVOICE = OF_ORDER | {"invoiceId": 7}
OF_CLIENT = {"clientId": 3, "serviceId": None, "orderId": None, "invoiceId": None}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("InvoiceCreated", {"invoiceid": 7, "source": "autogen", "user": "system", "status": "Unpaid"}, OF_INVOICE),
    ("InvoicePaid", {"invoiceid": 7}, OF_INVOICE),
    ("InvoiceUnpaid", {"invoiceid": 7}, OF_INVOICE),
    ("InvoiceCancelled", {"invoiceid": "7"}, OF_INVOICE),
    ("InvoiceRefunded", {"invoiceid": 7}, OF_INVOICE),
    ("AddInvoicePayment", {"invoiceid": 7}, OF_INVOICE),
    (
        "AddTransaction",
        {"id": 1, "userid": 3, "gateway": "stripe", "amountin": "10.00", "transid": "canary-trans", "invocieid": 7},
        OF_INVOICE,
    ),
    ("AddTransaction", {"id": 1, "userid": 3, "invoiceid": 7}, OF_INVOICE),
    ("AddTransaction", {"id": 1, "userid": 3, "invocieid": 0}, OF_CLIENT),
    (
        "CCUpdate",
        {"userid": "3", "cardtype": "canary-Visa", "cardnum": "canary-4111111111111111", "cardcvv": "canary-987"},
        OF_CLIENT,
    ),
    *((event, {"orderid": 9}, OF_ORDER) for event in sorted(TOLD_BEFORE)),
    ("OrderPaid", {"orderId": 9, "userId": 3, "invoiceId": 7}, OF_ORDER_AND_INVOICE),
    (
        "AfterShoppingCartCheckout",
        {"OrderID": 9, "OrderNumber": "4294967297", "ServiceIDs": [5], "InvoiceID": 7, "PaymentMethod": "stripe"},
        OF_ORDER_AND_INVOICE,
    ),
    ("AfterShoppingCartCheckout", {"OrderID": 9, "ServiceIDs": [5], "InvoiceID": 0}, OF_ORDER),
    ("AfterModuleCreate", MODULE, OF_SERVICE),
    ("AfterModuleSuspend", MODULE, OF_SERVICE),
    ("AfterModuleUnsuspend", MODULE, OF_SERVICE),
    ("AfterModuleTerminate", MODULE, OF_SERVICE),
    ("AfterModuleChangePackage", MODULE, OF_SERVICE),
    ("ServiceEdit", SERVICE, OF_SERVICE),
    ("AdminServiceEdit", SERVICE, OF_SERVICE),
    ("ServiceDelete", {"userid": 3, "clientId": 3, "serviceid": 5}, OF_SERVICE),
    ("CancellationRequest", {"userid": 3, "relid": 5, "reason": "canary-reason", "type": "Immediate"}, OF_SERVICE),
]
"""Each hook with what WHMCS hands it, and the ids that are told."""
EVENTS: list[Event] = [(event, vars) for event, vars, _ in CASES]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    with a_shop(tmp_path_factory.mktemp("hooked"), migrated_file) as portal:
        portal.world.clock.set(datetime.now(UTC))  # PHP knows the machine's time alone
        yield portal


# --- the file itself -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("file", sorted(HOOKS.glob("*.php")), ids=lambda path: path.name)
def test_the_file_is_php(file: Path) -> None:
    assert PHP is not None
    said = subprocess.run([PHP, "-l", str(file)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout
    # asked for by a browser, it does nothing and says nothing
    alone = subprocess.run([PHP, str(file)], capture_output=True, text=True, check=False)
    assert (alone.returncode, alone.stdout, alone.stderr) == (0, "", "")


def test_each_hook_of_the_file_is_tried_here(tmp_path: Path) -> None:
    folder = installed(tmp_path, url="http://127.0.0.1:1", secret=SECRET)
    assert set(json.loads(run(folder, words=("--points",)).printed)) == {event for event, _, _ in CASES}


@pytest.mark.parametrize("settings", [{}, {"url": "http://127.0.0.1:1", "secret": ""}, {"url": "", "secret": SECRET}])
def test_without_settings_it_does_nothing(tmp_path: Path, settings: dict[str, str]) -> None:
    folder = installed(tmp_path, **settings)
    assert run(folder, words=("--points",)).printed == "[]"
    (folder / "_genkan.php").unlink()
    assert run(folder, words=("--points",)).printed == "[]"


def test_the_settings_that_come_with_it_tell_nothing() -> None:
    assert run(HOOKS, words=("--points",)).printed == "[]"


# --- what is told --------------------------------------------------------------------------------------------------
def test_the_portal_takes_what_each_hook_tells(portal: Portal, tmp_path: Path) -> None:
    def passed_on(heard: Heard) -> int:
        return portal.http.post(heard.path, content=heard.body, headers=heard.headers).status_code

    with listening(passed_on) as listener:
        ran = run(installed(tmp_path, url=listener.address, secret=SECRET, key_id="test"), *EVENTS)
    assert (ran.printed, ran.logged) == ("", [])
    told = [heard.news for heard in listener.heard]
    ids = ("clientId", "serviceId", "orderId", "invoiceId")
    assert [(news["event"], {name: news[name] for name in ids}) for news in told] == [
        (event, expected) for event, _, expected in CASES
    ]
    assert len({news["id"] for news in told}) == len(CASES)
    assert len({heard.headers["X-Nonce"] for heard in listener.heard}) == len(CASES)
    portal.world.clock.advance(timedelta(seconds=10))
    settled(portal)
    work = portal.running.container.work()
    for (event, _, expected), news in zip(CASES, told, strict=True):
        kinds = [name.removesuffix("Id") for name in ids[1:] if expected[name]]
        for fact in [f":{kind}" for kind in kinds] or [""]:
            learned = portal.now(work.outcome, f"fact:whmcs:{news['id']}{fact}", 0)
            assert (learned is not None and learned.state.value) == "done", (event, fact)


def test_nothing_but_ids_leaves_whmcs(tmp_path: Path) -> None:
    with listening(lambda _: 500) as listener:
        ran = run(installed(tmp_path, url=listener.address, secret=SECRET), *EVENTS)
    assert CANARY in str(EVENTS)
    assert len(listener.heard) == len(ran.logged) == len(CASES)
    for heard in listener.heard:
        assert CANARY not in heard.text
        assert SECRET not in heard.text
        assert set(heard.news) == {"event", "id", "at", "clientId", "serviceId", "orderId", "invoiceId"}
    assert not [line for line in ran.logged if CANARY in line or SECRET in line or listener.address in line]
    assert ran.printed == ""


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (("InvoicePaid", {"invoiceid": 999}), "nobody knows whose it is"),
        (("AcceptOrder", {"orderid": 999}), "nobody knows whose it is"),
        (("InvoicePaid", {"invoiceid": 998}), "TypeError"),
        (("InvoicePaid", {}), "nobody knows whose it is"),
        (("ServiceEdit", {"userid": True, "serviceid": 5}), "nobody knows whose it is"),
        (("ServiceEdit", {"userid": "3 or 1", "serviceid": 5}), "nobody knows whose it is"),
        (("AfterModuleCreate", {"params": "canary"}), "nobody knows whose it is"),
    ],
)
def test_what_can_not_be_told_is_logged(tmp_path: Path, event: Event, said: str) -> None:
    with listening() as listener:
        ran = run(installed(tmp_path, url=listener.address, secret=SECRET), event)
    assert (listener.heard, ran.printed) == ([], "")
    assert ran.logged == [f"Customer portal not told of {event[0]}: {said}"]


# --- WHMCS goes on -------------------------------------------------------------------------------------------------
def test_a_portal_that_is_away_is_tried_once(tmp_path: Path) -> None:
    with listening() as listener:
        address = listener.address
    ran = run(installed(tmp_path, url=address, secret=SECRET), *EVENTS)
    assert ran.printed == ""
    assert ran.logged == ["Customer portal not told of InvoiceCreated: no answer (curl 7), nor of what follows"]


def test_a_portal_that_is_slow_is_waited_for_once_and_not_for_long(tmp_path: Path) -> None:
    with listening(after=4.0) as listener:
        ran = run(installed(tmp_path, url=listener.address, secret=SECRET), *EVENTS)
        assert len(listener.heard) == 1
    assert ran.seconds < 3.5
    assert ran.logged == ["Customer portal not told of InvoiceCreated: no answer (curl 28), nor of what follows"]


def test_a_refusal_is_logged_and_the_next_is_told(portal: Portal, tmp_path: Path) -> None:
    def passed_on(heard: Heard) -> int:
        return portal.http.post(heard.path, content=heard.body, headers=heard.headers).status_code

    with listening(passed_on) as listener:
        another = "another-secret-0123456789abcdef0123"
        ran = run(installed(tmp_path, url=f"{listener.address}/", secret=another), *EVENTS[:2])
    lines = [f"Customer portal not told of {event}: answered 401" for event, _ in EVENTS[:2]]
    assert (len(listener.heard), ran.logged) == (2, lines)

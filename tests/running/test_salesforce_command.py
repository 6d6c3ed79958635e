"""`genkan salesforce check`, against the made-up org."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from anyio.from_thread import start_blocking_portal

from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.server import served
from adapters.salesforce.checking import Trouble
from adapters.salesforce.settings import SalesforceSettings
from genkan.salesforce import SETS, check_of, made_up_org
from tests.worlds import a_world


@pytest.fixture(scope="module")
def org() -> Iterator[str]:
    """The address of an org that was set up as the portal wants it."""
    with (
        start_blocking_portal() as loop,
        loop.wrap_async_context_manager(served(a_world(), made_up_org(SETS))) as server,
    ):
        yield server.base


def asked(folder: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
    environment |= {f"GENKAN_SALESFORCE__{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "genkan", "salesforce", "check", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def as_set_up(org: str) -> Mapping[str, str]:
    return {
        "login_url": org,
        "flow": "client_credentials",
        "client_id": PORTAL_APP.key,
        "client_secret": PORTAL_APP.secret or "",
        "price_book": "Portal",
    }


def test_an_org_that_has_everything_is_told_so(org: str, tmp_path: Path) -> None:
    told = asked(tmp_path, **as_set_up(org))
    assert (told.returncode, told.stdout) == (0, "The org has all that the portal needs.\n"), told.stdout + told.stderr


def test_what_is_missing_is_listed_with_what_breaks(org: str, tmp_path: Path) -> None:
    told = asked(tmp_path, "--json", **as_set_up(org), names='{"account.number": "Customer_No__c"}')
    [missing] = json.loads(told.stdout)
    assert (missing["place"], missing["trouble"]) == ("Account.Customer_No__c", "field missing or not readable")
    assert "ACC-2" in missing["rules"]
    assert told.returncode == 1


@pytest.mark.parametrize(
    ("gone", "changes", "trouble", "rule", "weakens"),
    [
        ("OrderStatus", {}, Trouble.NO_OBJECT, "ORD-3", False),
        ("Account_Internet_Eligibility_Update__e", {}, Trouble.NO_EVENT, "T-5", True),
        ("Pricebook2", {"price_book": "Nobody's"}, Trouble.NO_BOOK, "CAT-1", False),
    ],
)
async def test_what_no_describe_tells_is_listed_too(
    gone: str, changes: Mapping[str, str], trouble: Trouble, rule: str, weakens: bool
) -> None:
    shown = {name: each for name, each in made_up_org().objects.items() if changes or name != gone}
    with closing(a_world()) as world:
        async with served(world, Schema(shown)) as server:
            settings = msgspec.convert({**as_set_up(server.base), **changes}, SalesforceSettings)
            [found] = await check_of(settings)
    assert (found.place, found.trouble, found.detail, found.weakens) == (
        gone,
        trouble,
        changes.get("price_book", ""),
        weakens,
    )
    assert rule in found.rules


async def test_an_object_of_which_the_portal_may_make_no_record_is_listed() -> None:
    objects = dict(made_up_org(SETS).objects)
    objects["CaseComment"] = msgspec.structs.replace(objects["CaseComment"], createable=False)
    with closing(a_world()) as world:
        async with served(world, Schema(objects)) as server:
            found = await check_of(msgspec.convert(as_set_up(server.base), SalesforceSettings))
    assert found[0].place == "CaseComment"
    assert (found[0].trouble, found[0].rules) == (Trouble.NOT_MADE, ("SUP-2",))


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"client_id": ""}, 2, "salesforce.client_id is not set"),
        ({"names": '{"account.colour": "Colour__c"}'}, 2, "salesforce.names: the portal knows no account.colour"),
        ({"client_secret": "wrong"}, 1, "invalid_client"),
        ({"login_url": "http://127.0.0.1:9"}, 1, "Salesforce can't be asked"),
    ],
)
def test_what_keeps_it_from_asking_is_said_without_the_secret(
    org: str, tmp_path: Path, changes: Mapping[str, str], status: int, said: str
) -> None:
    told = asked(tmp_path, **{**as_set_up(org), **changes})
    assert (told.returncode, said in told.stderr) == (status, True), told.stderr
    assert "Traceback" not in told.stderr
    assert not PORTAL_APP.secret or PORTAL_APP.secret not in told.stderr

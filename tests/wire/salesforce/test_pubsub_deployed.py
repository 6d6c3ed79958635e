"""The events that the org tells are those that `deploy/salesforce` selects and publishes (ADR 41)."""

import shutil
from pathlib import Path

from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.deployed import read_events
from adapters.fakes.world import World
from core.domain.eligibility import EligibilityStatus
from tests.wire.salesforce.conftest import FOLDER

HOME = Path("force-app/main/default")
MEMBERS = HOME / "platformEventChannelMembers"
FLOW = HOME / "flows" / "Genkan_Account_Event.flow-meta.xml"
UPDATE = "/event/Account_Internet_Eligibility_Update__e"


def test_only_what_is_selected_is_told(world: World) -> None:
    bus = EventBus(world, read_events(FOLDER))
    selected = {file.name.removeprefix("ChangeEvents_").partition(".")[0] for file in (FOLDER / MEMBERS).glob("*")}
    assert set(bus.topics) == {"/data/ChangeEvents", UPDATE} | {f"/data/{name}" for name in selected}
    assert "/data/ContactChangeEvent" not in bus.topics
    bus.close()


def test_what_is_deployed_otherwise_is_told_otherwise(world: World, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / MEMBERS / "ChangeEvents_OrderChangeEvent.platformEventChannelMember-meta.xml").unlink()
    said = (tmp_path / FLOW).read_text()
    assignments = said.split("<inputAssignments>")
    (notes,) = (part for part in assignments if "<field>Internet_Eligibility_Notes__c</field>" in part)
    said = said.replace(f"<inputAssignments>{notes}", "")
    said = said.replace("ISCHANGED({!$Record.Internet_Eligibility__c}) || ", "")
    (tmp_path / FLOW).write_text(said)
    bus = EventBus(world, read_events(tmp_path))
    account = world.records.create("account", {"name": "Mina"}, "staff")
    world.records.update("account", account, {"eligibility_value": "Eligible"}, "staff")
    assert not bus.topics[UPDATE].events
    world.records.update("account", account, {"eligibility_status": EligibilityStatus.ELIGIBLE}, "staff")
    (event,) = bus.topics[UPDATE].events
    told = bus.platform[UPDATE].decode(event.payload)
    assert told["AccountId__c"] == account
    assert told["Internet_Eligibility_Status__c"] == EligibilityStatus.ELIGIBLE
    assert "Internet_Eligibility_Notes__c" not in told
    assert "/data/OrderChangeEvent" not in bus.topics
    bus.close()

"""What a process does beside answering goes on, or the process says that it is well no more (T-5, T-8)."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from genkan import duties
from genkan.duties import claimed, on_duty
from genkan.logging import ALLOWED
from genkan.settings import Profile, Settings


@dataclass
class Stumbling:
    """A duty that is ended by each of these before it goes on."""

    over: list[BaseException]
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def forever(self) -> None:
        if self.over:
            raise self.over.pop(0)
        self.goes_on.set()
        await asyncio.Event().wait()


@dataclass
class Forgetful:
    """A claim of which nothing can be known once it was made."""

    asked: int = 0

    async def lead(self) -> bool:
        self.asked += 1
        if self.asked > 1:
            raise OSError("what nobody foresaw")
        return True

    async def resign(self) -> None:
        return


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "LOOK", 0.001)
    monkeypatch.setattr(duties, "CLAIM_WITHIN", 0.02)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(profile=Profile.OFFLINE, data=tmp_path)


async def test_a_duty_that_ended_is_told_of_and_begun_again(settings: Settings) -> None:
    duty = Stumbling([ValueError("what nobody foresaw"), asyncio.CancelledError()])
    with capture_logs() as said:
        async with on_duty(None, settings, duty.forever), asyncio.timeout(5):
            await duty.goes_on.wait()
    assert [line["event"] for line in said] == ["duty.ended"] * 2
    assert all(set(line) - {"log_level", "exc_info"} <= ALLOWED for line in said)


async def test_a_name_of_which_nothing_is_known_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "leadership_of", lambda *_: Forgetful())
    lost = asyncio.Event()
    async with claimed(settings, None, lost.set), asyncio.timeout(5):
        await lost.wait()

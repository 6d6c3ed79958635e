"""What the made-up eSIM issuer does with its profiles, and what it refuses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from adapters.fakes.tables import Refused, Row
from adapters.fakes.world import World
from core.domain.ids import EsimId, RequestKey
from core.domain.provisioning import EsimOrder, EsimProfile

SMDP: Final = "smdp.sonixnet.example"
_EID: Final = re.compile(r"[0-9]{32}")
_NO_CHECK_DIGITS: Final = "00"
"""An EID has 32 digits, and its last two are never 00: so that one stands for a device the issuer does not know."""

_KEYED: Final = ("esim", "top_up", "esim_end")
"""What is done under a key; the keys of all of it are one set."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A profile, how it stands, and whether it was made just now or under the same key before."""

    profile: EsimProfile
    status: str
    is_new: bool


def activate(world: World, order: EsimOrder) -> Issued:
    """One profile per key; a device that the issuer does not know is refused."""
    fields = {
        "order": str(order.order),
        "plan": order.plan,
        "eid": order.eid,
        "porting_reservation": order.porting_reservation,
    }
    _unused(world, order.key, "esim")
    made = world.records.one("esim", key=order.key)
    if made is not None:
        _same(made, fields | {"replaces": None})
        return _issued(made, is_new=False)
    if order.eid is not None and (not _EID.fullmatch(order.eid) or order.eid.endswith(_NO_CHECK_DIGITS)):
        raise Refused("eid_unknown", ("eid",), "esim")
    return _issue(world, order.key, **fields)


def reissue(world: World, key: RequestKey, esim: EsimId) -> Issued:
    """A new profile in place of an active one, with the data that is left on it; once per key."""
    _unused(world, key, "esim")
    made = world.records.one("esim", key=key)
    if made is not None:
        if made["replaces"] is None:
            raise _key_reused()
        _same_order(world, made, esim)
        return _issued(made, is_new=False)
    old = _active(world, esim)
    with world.records.all_or_none():
        world.records.update("esim", old["id"], {"status": "replaced"})
        same = {name: old[name] for name in ("order", "plan", "eid", "megabytes")}
        return _issue(world, key, **same, replaces=old["id"])


def top_up(world: World, key: RequestKey, esim: EsimId, megabytes: int) -> bool:
    """Add data to an active eSIM, once per key; whether it was added just now."""
    records = world.records
    _unused(world, key, "top_up")
    made = records.one("top_up", key=key)
    if made is not None:
        _same(made, {"megabytes": megabytes})
        _same_order(world, _row(world, made["esim"]), esim)
        return False
    row = _active(world, esim)
    with records.all_or_none():
        records.create("top_up", {"key": key, "esim": row["id"], "megabytes": megabytes})
        records.update("esim", row["id"], {"megabytes": row["megabytes"] + megabytes})
    return True


def deactivate(world: World, key: RequestKey, esim: EsimId) -> str:
    """End an eSIM, once per key and unless it has ended or was replaced; how it stands then."""
    records = world.records
    _unused(world, key, "esim_end")
    done = records.one("esim_end", key=key)
    if done is not None:
        _same_order(world, _row(world, done["esim"]), esim)
        return str(done["status"])
    row = _row(world, esim)
    status = "ended" if row["status"] == "active" else str(row["status"])
    with records.all_or_none():
        records.create("esim_end", {"key": key, "esim": row["id"], "status": status})
        records.update("esim", row["id"], {"status": status})
    return status


def _issue(world: World, key: RequestKey, **fields: object) -> Issued:
    # a matching id as long as a real one; made of the key, so that a restored world makes the same
    matching = sha256(f"{world.pair} {key}".encode()).hexdigest()[:32].upper()
    made = world.records.create("esim", {"key": key, "qr": f"LPA:1${SMDP}${matching}", **fields})
    return _issued(_row(world, EsimId(made)), is_new=True)


def _unused(world: World, key: RequestKey, table: str) -> None:
    """Refuse a key under which something else was done than what that table holds."""
    if any(world.records.one(other, key=key) is not None for other in _KEYED if other != table):
        raise _key_reused()


def _key_reused() -> Refused:
    return Refused("key_reused", (), "esim")


def _same(made: Row, asked: Mapping[str, object]) -> None:
    # a key stands for one wish: under another wish it would hide that nothing was done
    if any(made[name] != value for name, value in asked.items()):
        raise _key_reused()


def _same_order(world: World, made: Row, esim: EsimId) -> None:
    # not the same profile: whoever asks again may know by now of one that came in its place
    _same(made, {"order": _row(world, esim)["order"]})


def _row(world: World, esim: EsimId) -> Row:
    row = world.records.get("esim", esim)
    if row is None:
        raise Refused("not_found", (), "esim")
    return row


def _active(world: World, esim: EsimId) -> Row:
    row = _row(world, esim)
    if row["status"] != "active":
        raise Refused("wrong_state", (), "esim")
    return row


def _issued(row: Row, *, is_new: bool) -> Issued:
    profile = EsimProfile(id=EsimId(row["id"]), qr=row["qr"], issued_at=row["created_at"])
    return Issued(profile, row["status"], is_new)

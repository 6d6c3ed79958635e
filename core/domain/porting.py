"""Bringing a phone number along (MNP) to a SIM of ours (ORD-11)."""

import re
from datetime import date
from typing import Final

import msgspec

from core.domain.account import Gender
from core.domain.refusals import FieldFault

_RESERVATION: Final = re.compile(r"[0-9]{10}")
_MOBILE: Final = re.compile(r"0[6789]0[0-9]{8}")
_KANA: Final = re.compile(r"[ァ-ヴー][ァ-ヴー・ \u3000]{0,39}")


class Porting(msgspec.Struct, frozen=True, kw_only=True):
    """What the losing operator needs to let a number go; names in katakana."""

    reservation: str
    expires: date
    phone_number: str
    last_kana: str
    first_kana: str
    birth_date: date
    gender: Gender


def porting_faults(field: str, porting: Porting, today: date) -> list[FieldFault]:
    """What is wrong with a porting request; `today` in Japan (ORD-11)."""
    faults = []
    if not _RESERVATION.fullmatch(porting.reservation):
        faults.append(FieldFault(f"{field}.reservation", "not_a_reservation"))
    if porting.expires < today:
        faults.append(FieldFault(f"{field}.expires", "reservation_over"))
    if not _MOBILE.fullmatch(porting.phone_number):
        faults.append(FieldFault(f"{field}.phoneNumber", "not_a_mobile_number"))
    for name, kana in (("lastKana", porting.last_kana), ("firstKana", porting.first_kana)):
        if not _KANA.fullmatch(kana):
            faults.append(FieldFault(f"{field}.{name}", "not_katakana"))
    if not date(1900, 1, 1) < porting.birth_date < today:
        faults.append(FieldFault(f"{field}.birthDate", "not_a_birth_date"))
    return faults

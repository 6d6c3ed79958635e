"""The types of parameters that sentences take: `{actor}`, `{plan}`, `{money}`, `{date}` … in one registry."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any, Final

from features.people import ADDRESSES, IN_JAPANESE, PEOPLE, PRONOUNS
from features.sentences import parameter
from features.shop import EXTRAS, PLANS


def _any_of(words: Iterable[str]) -> str:
    # the longest first, so that "SIM 5GB family" is not read as "SIM 5GB"
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def choice(name: str, meanings: Mapping[str, Any], like: str) -> None:
    """A parameter that is one of a few words, each with what it means."""
    parameter(name, _any_of(meanings), lambda said: meanings[said], like)


def _day(said: str) -> date:
    return date(*(int(part) for part in re.findall(r"[0-9]+", said)))


def _month(said: str) -> str:
    year, month = re.findall(r"[0-9]+", said)
    return f"{year}-{int(month):02d}"


_ACTORS: Final = {**{name: name for name in (*PEOPLE, *PRONOUNS)}, **IN_JAPANESE}
_OWNERS: Final = {
    **{f"{name}'s": name for name in PEOPLE},
    **{f"{said}の": name for said, name in IN_JAPANESE.items()},
    **{word: word for word in ("her", "hers", "his", "their")},
    "彼女の": "彼女",
    "彼の": "彼",
}
_COUNTS: Final = {
    word: number
    for number, words in enumerate(
        (
            ("no", "なし"),
            ("one", "a", "an"),
            ("two",),
            ("three",),
            ("four", "4件"),
            ("five", "5件"),
            ("six",),
            ("seven",),
            ("eight",),
            ("nine",),
            ("ten",),
        )
    )
    for word in words
}
_TIMES: Final = {
    "once": 1,
    "twice": 2,
    "three times": 3,
    "four times": 4,
    "five times": 5,
    **{said.format(n): n for n in range(21) for said in ("{} times", "{}回")},
}
_PRODUCTS: Final = {"Internet": "internet", "SIM": "sim", "VPN": "vpn", "インターネット": "internet"}
_STATUSES: Final = (
    "not requested",
    "pending",
    "eligible",
    "ineligible",
    "not submitted",
    "submitted",
    "verified",
    "rejected",
    "pending review",
    "approved",
    "completed",
    "cancelled",
    "not started",
    "activating",
    "activated",
    "failed",
    "active",
    "suspended",
    "terminated",
    "complete",
    "in progress",
    "waiting",
    "blocked",
    "to do",
    "new",
    "working",
    "closed",
    "unpaid",
    "paid",
    "done",
    "refused",
    "with staff",
)
_STATUSES_JA: Final = {
    "確認中": "pending",
    "提供可能": "eligible",
    "提供不可": "ineligible",
    "審査待ち": "pending review",
    "承認済み": "approved",
    "完了": "completed",
    "取消済み": "cancelled",
    "提出済み": "submitted",
    "確認済み": "verified",
    "未提出": "not submitted",
    "差し戻し": "rejected",
    "利用中": "active",
}
_STAGES: Final = (
    "Introduction",
    "Ready",
    "Post Processing",
    "Pending",
    "Active",
    "△Cancelling",
    "〇Cancelled",
    "Void",
)
_KITS: Final = (
    "NotYet",
    "SentKit",
    "AS/Pickup provided",
    "Returned1",
    "Returned2",
    "NTTDispatch",
    "Compensated",
    "N/A",
)
_SYSTEMS: Final = {
    "Salesforce": "salesforce",
    "WHMCS": "whmcs",
    "the eSIM issuer": "esim",
    "the line checker": "line_checker",
    "the mail server": "mail",
}
_UNITS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

choice("actor", _ACTORS, "Mina")
choice("owner", _OWNERS, "Mina's")
choice("plan", PLANS, "Internet Home 1G Silver")
choice("extra", EXTRAS, "home phone")
choice("product", _PRODUCTS, "Internet")
parameter(
    "number",
    rf"[0-9,]+件?|{_any_of(_COUNTS)}",
    lambda said: _COUNTS[said] if said in _COUNTS else int(said.rstrip("件").replace(",", "")),
    "two",
)
choice("times", _TIMES, "twice")
choice(
    "status",
    {word: word.replace(" ", "_") for word in _STATUSES} | {k: v.replace(" ", "_") for k, v in _STATUSES_JA.items()},
    "pending review",
)
# named so that it does not take the place of the fixture
choice("sales_stage", {stage: stage for stage in _STAGES}, "Post Processing")
choice("kit", {kit: kit for kit in _KITS}, "SentKit")
choice(
    "place",
    {**ADDRESSES, "谷中": ADDRESSES["Yanaka"], "高円寺": ADDRESSES["Koenji"], "梅田": ADDRESSES["Umeda"]},
    "Yanaka",
)
choice("system", _SYSTEMS, "WHMCS")
choice("language", {"English": "en", "Japanese": "ja", "英語": "en", "日本語": "ja"}, "Japanese")
parameter("money", r"¥[0-9,]+|[0-9,]+円", lambda said: int(re.sub(r"[^0-9]", "", said)), "¥5,500")
parameter("date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日", _day, "2026-01-24")
parameter("time", r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?", time.fromisoformat, "23:59")
parameter("month", r"[0-9]{4}-[0-9]{2}(?![-0-9])|[0-9]{4}年[0-9]{1,2}月", _month, "2026-01")
parameter(
    "span",
    r"[0-9]+ (?:second|minute|hour|day)s?",
    lambda said: int(said.split()[0]) * _UNITS[said.split()[1].rstrip("s")],
    "3 days",
)
parameter("words", r'"[^"]*"|「[^」]*」', lambda said: said[1:-1], '"Home 1G"')

"""What queries find, and the shape they are answered in."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from adapters.fakes.wire.salesforce.soql import check, evaluate, parse, shaped
from tests.wire.salesforce.small_org import BASE, EMI, KEN, MINA, NOBODY, NOW, SCHEMA, Rows, asked, names

SHOP = "Mina's 100% Shop"
PLANS = ["Huge", "Another", "Large", "Small"]


def ids(text: str) -> list[str]:
    return [each["Id"] for each in asked(text)["records"]]


def column(text: str) -> list[Any]:
    return [list(each.values())[-1] for each in asked(text)["records"]]


def test_a_record_has_what_was_selected_as_the_schema_spells_it() -> None:
    assert asked("select ID, NAME, createddate, since__c, fee__c, lines__c, active__c FROM account LIMIT 1") == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {"type": "Account", "url": f"{BASE}/sobjects/Account/{MINA}"},
                "Id": MINA,
                "Name": SHOP,
                "CreatedDate": "2026-07-15T15:30:00.123+0000",
                "Since__c": "2026-07-15",
                "Fee__c": 4980.0,
                "Lines__c": 2,
                "Active__c": True,
            }
        ],
    }
    assert column("SELECT Fee__c FROM Account") == [4980.0, 980.5, None]
    assert type(column("SELECT Fee__c FROM Account")[0]) is float
    assert type(column("SELECT Lines__c FROM Account")[0]) is int


def test_what_is_unset_is_null_but_for_a_box() -> None:
    (nobody,) = asked(f"SELECT Name, Fee__c, Active__c, Since__c, ParentId FROM Account WHERE Id = '{NOBODY}'")[
        "records"
    ]
    del nobody["attributes"]
    assert nobody == {"Name": None, "Fee__c": None, "Active__c": False, "Since__c": None, "ParentId": None}


def test_the_bytes_of_a_file_are_told_by_their_path() -> None:
    (version,) = asked("SELECT VersionData FROM ContentVersion")["records"]
    assert version["VersionData"] == f"{BASE}/sobjects/ContentVersion/068000000000001AAA/VersionData"


def test_parents_stand_within_their_children() -> None:
    records = asked("SELECT Parent.Name, Parent.Parent.Name, Account.Parent.Id, Name FROM Account ORDER BY Id")[
        "records"
    ]
    ken = {"attributes": {"type": "Account", "url": f"{BASE}/sobjects/Account/{KEN}"}, "Name": "ken", "Parent": None}
    assert records[0]["Parent"] == {**ken, "Id": KEN}
    assert records[1]["Parent"] is None
    assert records[0]["Name"] == SHOP


def test_a_look_up_to_several_objects_leads_to_the_one_that_has_the_id() -> None:
    orders = asked("SELECT What.Id FROM Order")["records"]
    assert [order["What"] and order["What"]["attributes"]["type"] for order in orders] == ["Contact", "Account", None]


def test_children_are_pages_of_their_own() -> None:
    text = "SELECT (SELECT LastName, Account.Name FROM Contacts WHERE LastName != 'x' ORDER BY LastName) FROM Account"
    first, second, _ = asked(text)["records"]
    assert first["Contacts"]["totalSize"] == 2
    assert first["Contacts"]["done"] is True
    assert [each["LastName"] for each in first["Contacts"]["records"]] == ["Aoi", "Emi"]
    assert first["Contacts"]["records"][0]["Account"]["Name"] == SHOP
    assert second["Contacts"] is None
    limited = asked("SELECT (SELECT Id FROM contacts LIMIT 1), (SELECT Id FROM Orders) FROM Account LIMIT 1")[
        "records"
    ][0]
    assert limited["Contacts"]["totalSize"] == 1
    assert limited["Orders"]["totalSize"] == 2


def test_children_have_children() -> None:
    text = "SELECT (SELECT Id, (SELECT Status FROM Orders__r) FROM Contacts) FROM Account LIMIT 1"
    contacts = asked(text)["records"][0]["Contacts"]["records"]
    assert [each["Orders__r"] and each["Orders__r"]["records"][0]["Status"] for each in contacts] == ["Draft", None]


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ("STANDARD", {"Id", "LastName", "AccountId"}),
        ("ALL", {"Id", "LastName", "AccountId"}),
        ("CUSTOM", set()),
    ],
)
def test_fields_by_their_kind(which: str, found: set[str]) -> None:
    record = asked(f"SELECT FIELDS({which}) FROM Contact LIMIT 1")["records"][0]
    assert record.keys() - {"attributes"} == found


def test_custom_fields() -> None:
    record = asked("SELECT Name, fields(custom) FROM Account LIMIT 1")["records"][0]
    assert {"Name", "Plan__c", "Notes__c"} < record.keys()
    assert "CreatedDate" not in record
    record = asked("SELECT FIELDS(ALL) FROM Account LIMIT 1")["records"][0]
    assert record.keys() - {"attributes"} == SCHEMA.objects["Account"].fields.keys()


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Name = 'KEN'", ["ken"]),
        (r"Name = 'mina\'s 100% shop'", [SHOP]),
        ("Name != 'ken'", [SHOP, None]),
        ("Name = null", [None]),
        ("Name = ''", [None]),
        ("Name != null", [SHOP, "ken"]),
        ("Name != ''", [SHOP, "ken"]),
        ("Name IN ('KEN', 'x')", ["ken"]),
        ("Name IN ('KEN', null)", ["ken", None]),
        ("Name IN ('KEN', '')", ["ken", None]),
        ("Name NOT IN ('KEN')", [SHOP, None]),
        ("Name NOT IN ('KEN', null)", [SHOP]),
        ("Name > 'KEN'", [SHOP]),
        ("Name >= 'KEN'", [SHOP, "ken"]),
        ("Name < 'L'", ["ken"]),
        ("Name < null", []),
        ("Name LIKE 'MINA%'", [SHOP]),
        ("Name LIKE 'k_n'", ["ken"]),
        ("Name LIKE 'k_'", []),
        ("Name LIKE 'en'", []),
        ("Name LIKE '%'", [SHOP, "ken"]),
        (r"Name LIKE '%100\%%'", [SHOP]),
        (r"Name LIKE 'k\_n'", []),
        ("(NOT Name LIKE 'MINA%')", ["ken", None]),
        ("(NOT Name = 'ken')", [SHOP, None]),
        ("Name = 'ken' OR Name = null", ["ken", None]),
        ("Name != 'x' AND Fee__c > 980", [SHOP, "ken"]),
        ("Fee__c = 980.5", ["ken"]),
        ("Fee__c = 4980", [SHOP]),
        ("Fee__c <= 980.5", ["ken"]),
        ("Fee__c != 4980", ["ken", None]),
        ("Fee__c = null", [None]),
        ("Fee__c IN (4980, 1)", [SHOP]),
        ("Lines__c < 3", [SHOP]),
        ("Active__c = true", [SHOP]),
        ("Active__c = false", ["ken", None]),
        ("Active__c != true", ["ken", None]),
        ("Active__c = null", []),
        ("Active__c != null", [SHOP, "ken", None]),
        (f"Id = '{MINA}'", [SHOP]),
        (f"Id = '{MINA[:15]}'", [SHOP]),
        (f"Id != '{MINA[:15]}'", ["ken", None]),
        (f"Id IN ('{MINA[:15]}', '{KEN}')", [SHOP, "ken"]),
        (f"Id > '{MINA[:15]}'", ["ken", None]),
        (f"ParentId = '{KEN[:15]}'", [SHOP]),
        ("ParentId = null", ["ken", None]),
        ("ParentId = ''", ["ken", None]),
        ("ParentId != null", [SHOP]),
        ("Parent.Name = 'Ken'", [SHOP]),
        ("Parent.Name = null", ["ken", None]),
        ("Parent.Name != 'Ken'", ["ken", None]),
        ("Account.Name = 'ken'", ["ken"]),
        ("Tags__c INCLUDES ('a')", [SHOP]),
        ("Tags__c INCLUDES ('A;B', 'C')", [SHOP]),
        ("Tags__c INCLUDES ('A', 'B')", [SHOP, "ken"]),
        ("Tags__c EXCLUDES ('A')", ["ken", None]),
        ("Tags__c = 'B;A'", [SHOP]),
        ("Tags__c = 'A'", []),
        ("Tags__c = null", [None]),
        ("Since__c = THIS_YEAR", [SHOP]),
        ("Since__c != THIS_YEAR", ["ken", None]),
        ("Since__c > LAST_YEAR", [SHOP]),
        ("Since__c = 2026-07-15", [SHOP]),
        ("Since__c < 2026-07-15", ["ken"]),
        ("CreatedDate = 2026-07-16T00:30:00.123456+09:00", [SHOP]),
        ("CreatedDate >= 2026-07-15T15:00:00Z", [SHOP]),
        ("Id IN (SELECT AccountId FROM Contact)", [SHOP]),
        ("Id IN (SELECT AccountId FROM Order WHERE Status = 'draft' AND Contact__c = null)", ["ken"]),
        ("Id NOT IN (SELECT AccountId FROM Contact)", ["ken", None]),
        ("Id NOT IN (SELECT AccountId FROM Contact) AND Name != null", ["ken"]),
        (f"Id IN (SELECT Contact__r.AccountId FROM Order WHERE Contact__c = '{EMI}')", [SHOP]),
    ],
)
def test_conditions(where: str, found: list[str | None]) -> None:
    assert names(where) == found


def test_a_pattern_of_many_wildcards_takes_no_time() -> None:
    rows = Rows({"Account": [{"Id": MINA, "Name": "a" * 255}]})
    assert names(f"Name LIKE '{'%a' * 100}%b'", rows) == []
    assert names(f"Name LIKE '{'%a' * 100}_%aa'", rows) == ["a" * 255]
    assert names("Name LIKE 'a%aa%a_'", rows) == ["a" * 255]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("a%a", False), ("%", True), ("a", True), ("_", True), ("a%", True), ("%a%", True), ("%%", True), ("__", False)],
)
def test_a_pattern_covers_the_whole_text_once(pattern: str, found: bool) -> None:
    assert bool(names(f"Name LIKE '{pattern}'", Rows({"Account": [{"Id": MINA, "Name": "A"}]}))) is found


def on(day: str) -> Rows:
    return Rows({"Account": [{"Id": MINA, "Name": "x", "Since__c": date.fromisoformat(day)}]})


@pytest.mark.parametrize(
    ("literal", "first", "last"),
    [
        ("YESTERDAY", "2026-07-15", "2026-07-15"),
        ("TODAY", "2026-07-16", "2026-07-16"),
        ("TOMORROW", "2026-07-17", "2026-07-17"),
        ("LAST_WEEK", "2026-07-05", "2026-07-11"),
        ("THIS_WEEK", "2026-07-12", "2026-07-18"),
        ("NEXT_WEEK", "2026-07-19", "2026-07-25"),
        ("LAST_MONTH", "2026-06-01", "2026-06-30"),
        ("THIS_MONTH", "2026-07-01", "2026-07-31"),
        ("NEXT_MONTH", "2026-08-01", "2026-08-31"),
        ("LAST_QUARTER", "2026-04-01", "2026-06-30"),
        ("THIS_QUARTER", "2026-07-01", "2026-09-30"),
        ("NEXT_FISCAL_QUARTER", "2026-10-01", "2026-12-31"),
        ("LAST_YEAR", "2025-01-01", "2025-12-31"),
        ("THIS_YEAR", "2026-01-01", "2026-12-31"),
        ("NEXT_YEAR", "2027-01-01", "2027-12-31"),
        ("LAST_90_DAYS", "2026-04-17", "2026-07-16"),
        ("NEXT_90_DAYS", "2026-07-17", "2026-10-14"),
        ("LAST_N_DAYS:0", "2026-07-16", "2026-07-16"),
        ("LAST_N_DAYS:7", "2026-07-09", "2026-07-16"),
        ("NEXT_N_DAYS:7", "2026-07-17", "2026-07-23"),
        ("N_DAYS_AGO:3", "2026-07-13", "2026-07-13"),
        ("LAST_N_WEEKS:2", "2026-06-28", "2026-07-11"),
        ("NEXT_N_MONTHS:2", "2026-08-01", "2026-09-30"),
        ("LAST_N_MONTHS:8", "2025-11-01", "2026-06-30"),
        ("N_MONTHS_AGO:7", "2025-12-01", "2025-12-31"),
        ("N_QUARTERS_AGO:3", "2025-10-01", "2025-12-31"),
        ("LAST_N_YEARS:2", "2024-01-01", "2025-12-31"),
    ],
)
def test_dates_told_from_today(literal: str, first: str, last: str) -> None:
    day = date.fromisoformat
    before, after = (
        date.fromordinal(day(first).toordinal() - 1).isoformat(),
        date.fromordinal(day(last).toordinal() + 1).isoformat(),
    )
    for operator, found in {
        "=": (False, True, True, False),
        "!=": (True, False, False, True),
        "<": (True, False, False, False),
        "<=": (True, True, True, False),
        ">": (False, False, False, True),
        ">=": (False, True, True, True),
    }.items():
        met = tuple(bool(names(f"Since__c {operator} {literal}", on(each))) for each in (before, first, last, after))
        assert met == found, f"{operator} {literal}"


def test_days_are_those_of_the_asking_user() -> None:
    assert names("CreatedDate = TODAY") == [SHOP]
    assert names("CreatedDate = YESTERDAY") == ["ken"]
    assert names("CreatedDate IN (TODAY, YESTERDAY)") == [SHOP, "ken"]
    assert names("CreatedDate < TODAY") == ["ken", None]
    query = parse("SELECT Name FROM Account WHERE CreatedDate = TODAY")
    assert evaluate(query, SCHEMA, Rows(), NOW, UTC).total == 2


def test_dates_told_from_today_end_with_the_calendar() -> None:
    assert names("Since__c >= LAST_N_YEARS:9999") == [SHOP, "ken"]
    assert names("Since__c < NEXT_N_WEEKS:999999") == [SHOP, "ken"]
    assert names("Since__c > NEXT_N_DAYS:999999") == []


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("Name", [NOBODY, KEN, MINA]),
        ("Name DESC", [NOBODY, MINA, KEN]),
        ("Name NULLS LAST", [KEN, MINA, NOBODY]),
        ("Name DESC NULLS LAST", [MINA, KEN, NOBODY]),
        ("Fee__c ASC NULLS LAST", [KEN, MINA, NOBODY]),
        ("Plan__c", [NOBODY, KEN, MINA]),
        ("Active__c DESC, Name NULLS LAST", [MINA, KEN, NOBODY]),
        ("Active__c, Name NULLS LAST", [KEN, NOBODY, MINA]),
        ("Parent.Name DESC, CreatedDate", [NOBODY, KEN, MINA]),
        ("Parent.Name NULLS LAST, CreatedDate DESC", [MINA, KEN, NOBODY]),
    ],
)
def test_order(order: str, found: list[str]) -> None:
    assert ids(f"SELECT Id FROM Account ORDER BY {order}") == found


def test_a_picklist_is_in_its_own_order_and_text_in_that_of_the_alphabet() -> None:
    rows = Rows(
        {"Account": [{"Id": f"00100000000000{n}AAA", "Plan__c": plan, "Name": plan} for n, plan in enumerate(PLANS)]}
    )
    plans = [each["Plan__c"] for each in asked("SELECT Plan__c FROM Account ORDER BY Plan__c", rows)["records"]]
    assert plans == ["Small", "Large", "Huge", "Another"]
    plans = [each["Name"] for each in asked("SELECT Name FROM Account ORDER BY Name", rows)["records"]]
    assert plans == ["Another", "Huge", "Large", "Small"]


def test_limit_and_offset() -> None:
    assert ids("SELECT Id FROM Account ORDER BY Id LIMIT 1 OFFSET 1") == [KEN]
    assert ids("SELECT Id FROM Account ORDER BY Id OFFSET 2") == [NOBODY]
    assert asked("SELECT Id FROM Account LIMIT 0") == {"totalSize": 0, "done": True, "records": []}
    assert asked("SELECT Id FROM Account LIMIT 2")["totalSize"] == 2


def test_how_many() -> None:
    assert asked("SELECT count() FROM Account WHERE Name != null") == {"totalSize": 2, "done": True, "records": []}
    assert asked("SELECT COUNT() FROM Account LIMIT 1")["totalSize"] == 1


def test_groups() -> None:
    selected = "Status s, COUNT(Id), COUNT(Contact__c) n, MAX(Account.Fee__c)"
    text = f"SELECT {selected} FROM Order GROUP BY Status ORDER BY Status"
    assert asked(text) == {
        "totalSize": 2,
        "done": True,
        "records": [
            {"attributes": {"type": "AggregateResult"}, "s": "Activated", "expr0": 1, "n": 0, "expr1": 4980.0},
            {"attributes": {"type": "AggregateResult"}, "s": "Draft", "expr0": 2, "n": 1, "expr1": 4980.0},
        ],
    }
    assert column("SELECT Account.Name FROM Order GROUP BY Account.Name ORDER BY COUNT(Id) DESC LIMIT 1") == [SHOP]
    assert list(asked("SELECT Account.Name FROM Order GROUP BY Account.Name")["records"][0]) == ["attributes", "Name"]


def test_groups_are_ordered_as_records_are() -> None:
    rows = [("001000000000001AAA", "B", "Large"), ("001000000000002AAA", "a", "Small"), ("001000000000003AAA", "", "")]
    source = Rows({"Account": [{"Id": id, "Name": name, "Plan__c": plan} for id, name, plan in rows]})
    for order, found in {
        "Name": [None, "a", "B"],
        "MAX(Name) DESC NULLS LAST": ["B", "a", None],
        "MIN(Plan__c)": [None, "a", "B"],
        "COUNT(Plan__c), Name DESC": [None, "B", "a"],
    }.items():
        groups = asked(f"SELECT Name FROM Account GROUP BY Name ORDER BY {order}", source)["records"]
        assert [group["Name"] for group in groups] == found, order


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("COUNT(Id)", 3),
        ("COUNT(Name)", 2),
        ("COUNT_DISTINCT(Active__c)", 2),
        ("SUM(Fee__c)", 5960.5),
        ("SUM(Lines__c)", 5),
        ("AVG(Lines__c)", 2.5),
        ("MIN(Name)", "ken"),
        ("MAX(Name)", SHOP),
        ("MAX(Plan__c)", "Large"),
        ("MIN(Since__c)", "2025-12-31"),
        ("MAX(CreatedDate)", "2026-07-15T15:30:00.123+0000"),
    ],
)
def test_functions(call: str, found: object) -> None:
    assert column(f"SELECT {call} FROM Account") == [found]


def test_functions_of_no_rows() -> None:
    nothing = "FROM Account WHERE Name = 'nothing'"
    assert asked(f"SELECT COUNT(Id), MAX(Name), SUM(Fee__c) {nothing}")["records"] == [
        {"attributes": {"type": "AggregateResult"}, "expr0": 0, "expr1": None, "expr2": None}
    ]
    assert asked(f"SELECT Name, COUNT(Id) {nothing} GROUP BY Name")["records"] == []


def test_an_answer_is_told_in_pages() -> None:
    rows = [{"Id": f"001{n:012d}AAA", "Name": str(n)} for n in range(5)]
    query = parse("SELECT Name FROM Account")
    check(query, SCHEMA)
    answer = evaluate(query, SCHEMA, Rows({"Account": rows}), NOW)
    first, second, third = (shaped(answer, BASE, start, 2, "01gLOCATOR") for start in (0, 2, 4))
    assert first["nextRecordsUrl"] == f"{BASE}/query/01gLOCATOR-2"
    assert second["nextRecordsUrl"] == f"{BASE}/query/01gLOCATOR-4"
    assert "nextRecordsUrl" not in third
    assert [page["done"] for page in (first, second, third)] == [False, False, True]
    assert {page["totalSize"] for page in (first, second, third)} == {5}
    assert [row["Name"] for page in (first, second, third) for row in page["records"]] == list("01234")
    assert shaped(answer, BASE, 3, 2, "01gLOCATOR")["done"] is True
    whole = shaped(answer, BASE, size=2)
    assert (len(whole["records"]), whole["done"]) == (5, True), "without a locator nobody could ask for the rest"


def test_an_instant_is_told_in_utc() -> None:
    there = datetime(2026, 1, 31, 15, 4, 5, 999_999, tzinfo=UTC)
    rows = Rows({"Account": [{"Id": MINA, "CreatedDate": there}]})
    assert asked("SELECT CreatedDate FROM Account", rows)["records"][0]["CreatedDate"] == "2026-01-31T15:04:05.999+0000"

"""What Salesforce refuses of a query that is well spelt, and by which code."""

import pytest

from adapters.fakes.wire.salesforce.soql import QueryRefused
from tests.wire.salesforce.small_org import MINA, asked

FIELD, MALFORMED, OPERATOR = "INVALID_FIELD", "MALFORMED_QUERY", "INVALID_QUERY_FILTER_OPERATOR"
LINKS = f"ContentDocumentLink WHERE LinkedEntityId = '{MINA}'"


def refusal(text: str) -> QueryRefused:
    with pytest.raises(QueryRefused) as refused:
        asked(text)
    return refused.value


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported."),
        ("SELECT (SELECT Id FROM Nothing) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Nothing'"),
        ("SELECT (SELECT Id FROM Contact) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Contact'"),
        ("SELECT nothing FROM account", FIELD, "No such column 'nothing' on entity 'Account'"),
        ("SELECT Parent.nothing FROM Account", FIELD, "No such column 'nothing' on entity 'Account'"),
        ("SELECT Nobody.Name FROM Account", FIELD, "Didn't understand relationship 'Nobody' in field path"),
        ("SELECT ParentId.Name FROM Account", FIELD, "Didn't understand relationship 'ParentId'"),
        ("SELECT What.Name FROM Order", FIELD, "No such column 'Name' on entity 'Name'"),
        ("SELECT What.Parent.Name FROM Order", FIELD, "Didn't understand relationship 'Parent'"),
        ("SELECT Account FROM Account", FIELD, "No such column 'Account' on entity 'Account'"),
        ("SELECT (SELECT Id FROM Notes) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Notes'"),
        (f"SELECT ContentDocument.Title FROM {LINKS}", FIELD, "No such column 'Title'"),
        (f"SELECT ContentDocument.Owner.Name FROM {LINKS}", FIELD, "Didn't understand relationship 'Owner'"),
        ("SELECT (SELECT nothing FROM Contacts) FROM Account", FIELD, "No such column 'nothing' on entity 'Contact'"),
        ("SELECT Id FROM Account WHERE nothing = 1", FIELD, "No such column 'nothing'"),
        ("SELECT Id FROM Account ORDER BY nothing", FIELD, "No such column 'nothing'"),
        ("SELECT COUNT(nothing) FROM Account", FIELD, "No such column 'nothing'"),
        ("SELECT Id FROM Account a WHERE b.Name = 'x'", FIELD, "Didn't understand relationship 'b'"),
        ("SELECT Id, Name, id FROM Account", FIELD, "duplicate field selected: Id"),
        ("SELECT Account.Name, Name FROM Account", FIELD, "duplicate field selected: Name"),
        ("SELECT Id, FIELDS(STANDARD) FROM Account", FIELD, "duplicate field selected: Id"),
        (f"SELECT {'Parent.' * 6}Name FROM Account", MALFORMED, "Maximum depth"),
        ("SELECT Name n FROM Account", MALFORMED, "only aggregate expressions use field aliasing"),
        ("SELECT Id Name FROM Account", MALFORMED, "only aggregate expressions use field aliasing"),
    ],
)
def test_names(text: str, code: str, said: str) -> None:
    refused = refusal(text)
    assert (refused.code, said in refused.message) == (code, True), refused.message


QUOTED = "must be of type {} and should not be enclosed in quotes"


@pytest.mark.parametrize(
    ("where", "code", "said"),
    [
        ("Since__c = '2026-01-31'", FIELD, "field 'Since__c' " + QUOTED.format("date")),
        ("Since__c = 2026-01-31T00:00:00Z", FIELD, QUOTED.format("date")),
        ("Since__c > 5", FIELD, QUOTED.format("date")),
        ("CreatedDate > '2026-01-31T00:00:00Z'", FIELD, QUOTED.format("dateTime")),
        ("CreatedDate > 2026-01-31", FIELD, QUOTED.format("dateTime")),
        ("CreatedDate IN (TODAY, '2026-01-31T00:00:00Z')", FIELD, QUOTED.format("dateTime")),
        ("Fee__c = '5'", FIELD, QUOTED.format("double")),
        ("Lines__c = true", FIELD, QUOTED.format("int")),
        ("Lines__c = TODAY", FIELD, QUOTED.format("int")),
        ("Active__c = 'true'", FIELD, QUOTED.format("boolean")),
        ("Active__c = 1", FIELD, QUOTED.format("boolean")),
        ("Name = 5", FIELD, "must be of type string and should be enclosed in quotes"),
        ("Name = true", FIELD, "must be of type string"),
        ("Name = 2026-01-31", FIELD, "must be of type string"),
        ("Name IN ('x', 5)", FIELD, "must be of type string"),
        ("Parent.Name = 5", FIELD, "must be of type string"),
        ("Notes__c = 'x'", FIELD, "field 'Notes__c' can not be filtered in a query call"),
        ("Notes__c = null", FIELD, "can not be filtered"),
        ("Notes__c LIKE 'x%'", FIELD, "can not be filtered"),
        ("Parent.Notes__c != 'x'", FIELD, "can not be filtered"),
        ("BillingAddress = null", FIELD, "can not be filtered"),
        ("Id = 'x'", OPERATOR, "invalid ID field: x"),
        ("Id = 5", OPERATOR, "invalid ID field: 5"),
        ("Id = ''", OPERATOR, "invalid ID field: "),
        ("Id IN ('001000000000001AAA', '1')", OPERATOR, "invalid ID field: 1"),
        ("Id = '001000000000001AAB'", OPERATOR, "invalid ID field"),
        ("ParentId = 'x'", OPERATOR, "invalid ID field: x"),
        ("ParentId = 5", OPERATOR, "invalid ID field: 5"),
        ("Id LIKE '001%'", OPERATOR, "invalid operator on id field"),
        ("ParentId LIKE '001%'", OPERATOR, "invalid operator on id field"),
        ("Fee__c LIKE '5%'", OPERATOR, "invalid operator"),
        ("Since__c LIKE '2026%'", OPERATOR, "invalid operator"),
        ("Tags__c LIKE 'A%'", OPERATOR, "invalid operator"),
        ("Active__c > false", OPERATOR, "invalid operator"),
        ("Tags__c < 'A'", OPERATOR, "invalid operator"),
        ("Plan__c INCLUDES ('A')", OPERATOR, "includes/excludes"),
        ("COUNT(Id) > 1", MALFORMED, "unexpected token: 'COUNT'"),
        ("CALENDAR_YEAR(CreatedDate) = 2026", MALFORMED, "unexpected token: 'CALENDAR_YEAR'"),
        ("Name IN (SELECT AccountId FROM Contact)", MALFORMED, "must be an id field"),
        ("Id IN (SELECT LastName FROM Contact)", MALFORMED, "must be an id field"),
        ("Id IN (SELECT MAX(AccountId) FROM Contact)", MALFORMED, "only query one field"),
        ("Id IN (SELECT AccountId, Id FROM Contact)", MALFORMED, "only query one field"),
        ("Id IN (SELECT AccountId, (SELECT Id FROM Orders__r) FROM Contact)", MALFORMED, "only query one field"),
        ("Id IN (SELECT (SELECT Id FROM Orders__r) FROM Contact)", MALFORMED, "only query one field"),
        ("Id IN (SELECT AccountId FROM Contact LIMIT 1)", MALFORMED, "limited"),
        ("Id IN (SELECT AccountId FROM Contact OFFSET 1)", MALFORMED, "limited"),
        ("Id IN (SELECT AccountId FROM Contact ORDER BY Id)", MALFORMED, "limited"),
        ("Id IN (SELECT AccountId FROM Contact GROUP BY AccountId)", MALFORMED, "limited"),
        ("Id IN (SELECT ParentId FROM Account)", MALFORMED, "same object type"),
        ("Id IN (SELECT Nothing FROM Contact)", FIELD, "No such column 'Nothing' on entity 'Contact'"),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 5)", FIELD, "must be of type string"),
        (
            "Id IN (SELECT AccountId FROM Order WHERE Contact__c IN (SELECT Id FROM Contact))",
            MALFORMED,
            "Nesting of semi join",
        ),
        ("Name = 'x' OR Id IN (SELECT AccountId FROM Contact)", MALFORMED, "not allowed with the 'OR' operator"),
        ("(NOT Id IN (SELECT AccountId FROM Contact))", MALFORMED, "not allowed with the 'NOT' operator"),
        (
            "Name = 'x' OR (Name = 'y' AND Id IN (SELECT AccountId FROM Contact))",
            MALFORMED,
            "not allowed with the 'OR'",
        ),
    ],
)
def test_conditions(where: str, code: str, said: str) -> None:
    refused = refusal(f"SELECT Id FROM Account WHERE {where}")
    assert (refused.code, said in refused.message) == (code, True), refused.message


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("SELECT COUNT(), Id FROM Account", MALFORMED, "COUNT() must stand alone"),
        ("SELECT COUNT(), COUNT() FROM Account", MALFORMED, "COUNT() must stand alone"),
        ("SELECT COUNT() n FROM Account", MALFORMED, "COUNT() must stand alone"),
        ("SELECT COUNT() FROM Account ORDER BY Name", MALFORMED, "COUNT() must stand alone"),
        ("SELECT COUNT() FROM Account GROUP BY Name", MALFORMED, "COUNT() must stand alone"),
        ("SELECT COUNT(Id), Name FROM Account", MALFORMED, "Field must be grouped or aggregated: Name"),
        ("SELECT Name, Plan__c FROM Account GROUP BY Name", MALFORMED, "grouped or aggregated: Plan__c"),
        ("SELECT Name, (SELECT Id FROM Contacts) FROM Account GROUP BY Name", MALFORMED, "grouped or aggregated"),
        ("SELECT FIELDS(STANDARD) FROM Account GROUP BY Name", MALFORMED, "grouped or aggregated"),
        ("SELECT Name FROM Account GROUP BY Name ORDER BY Plan__c", MALFORMED, "Ordered field must be grouped"),
        ("SELECT COUNT(Id) n, MAX(Name) N FROM Account", MALFORMED, "duplicate alias: n"),
        ("SELECT MAX(Name), COUNT(Id) expr0 FROM Account", MALFORMED, "duplicate alias: expr0"),
        ("SELECT COUNT(Id) FROM Account LIMIT 1", MALFORMED, "cannot also use LIMIT"),
        ("SELECT SUM(Name) FROM Account", MALFORMED, "does not support aggregate operator SUM"),
        ("SELECT AVG(Since__c) FROM Account", MALFORMED, "does not support aggregate operator AVG"),
        ("SELECT MAX(Active__c) FROM Account", MALFORMED, "does not support aggregate operator MAX"),
        ("SELECT COUNT(Notes__c) FROM Account", MALFORMED, "does not support aggregate operator COUNT"),
        ("SELECT MAX() FROM Account", MALFORMED, "unexpected token: 'MAX'"),
        ("SELECT EVIL(Name) FROM Account", MALFORMED, "unexpected token: 'EVIL'"),
        ("SELECT CreatedDate FROM Account GROUP BY CreatedDate", FIELD, "can not be grouped in a query call"),
        ("SELECT Fee__c FROM Account GROUP BY Fee__c", FIELD, "can not be grouped in a query call"),
        ("SELECT Notes__c FROM Account GROUP BY Notes__c", FIELD, "can not be grouped in a query call"),
        ("SELECT Id FROM Account ORDER BY Notes__c", FIELD, "can not be sorted in a query call"),
        ("SELECT Id FROM Account ORDER BY Tags__c", FIELD, "can not be sorted in a query call"),
        ("SELECT Id FROM Account ORDER BY COUNT(Id)", MALFORMED, "unexpected token: 'COUNT'"),
        ("SELECT Name FROM Account GROUP BY Name ORDER BY COUNT()", MALFORMED, "unexpected token: 'COUNT'"),
        ("SELECT Name FROM Account GROUP BY Name ORDER BY SUM(Name)", MALFORMED, "does not support aggregate"),
        ("SELECT FIELDS(ALL) FROM Account", MALFORMED, "must have a LIMIT of at most 200"),
        ("SELECT FIELDS(CUSTOM) FROM Account LIMIT 201", MALFORMED, "must have a LIMIT of at most 200"),
        ("SELECT (SELECT FIELDS(ALL) FROM Contacts) FROM Account", MALFORMED, "must have a LIMIT of at most 200"),
        ("SELECT FIELDS(SOME) FROM Account LIMIT 1", MALFORMED, "unexpected token: 'SOME'"),
        ("SELECT FIELDS() FROM Account LIMIT 1", MALFORMED, "unexpected token: ')'"),
        ("SELECT (SELECT COUNT() FROM Contacts) FROM Account", MALFORMED, "sub-query"),
        ("SELECT (SELECT Id FROM Contacts OFFSET 1) FROM Account", MALFORMED, "sub-query"),
        ("SELECT (SELECT LastName FROM Contacts WHERE LastName = 5) FROM Account", FIELD, "must be of type string"),
        ("SELECT (SELECT Id FROM Contacts ORDER BY Nothing) FROM Account", FIELD, "No such column 'Nothing'"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed"),
    ],
)
def test_clauses(text: str, code: str, said: str) -> None:
    refused = refusal(text)
    assert (refused.code, said in refused.message) == (code, True), refused.message


@pytest.mark.parametrize(
    "where",
    [
        "",
        " WHERE ShareType = 'V'",
        f" WHERE LinkedEntityId != '{MINA}'",
        f" WHERE LinkedEntityId > '{MINA}'",
        f" WHERE LinkedEntityId NOT IN ('{MINA}')",
        " WHERE LinkedEntityId = null",
        f" WHERE LinkedEntityId IN ('{MINA}', null)",
        f" WHERE LinkedEntityId = '{MINA}' OR ShareType = 'V'",
        f" WHERE (NOT LinkedEntityId = '{MINA}')",
        " WHERE LinkedEntityId IN (SELECT Id FROM Account)",
        f" WHERE Id = '{MINA}'",
    ],
)
@pytest.mark.parametrize("what", ["Id", "COUNT()"])
def test_links_of_documents_are_found_from_one_of_their_ends(what: str, where: str) -> None:
    refused = refusal(f"SELECT {what} FROM ContentDocumentLink{where}")
    assert refused.code == "MALFORMED_QUERY"
    assert "ContentDocumentLink requires a filter" in refused.message


@pytest.mark.parametrize(
    "where",
    [
        f"LinkedEntityId = '{MINA}'",
        f"linkedentityid = '{MINA[:15]}' AND (ShareType = 'V' OR ShareType = null)",
        f"ContentDocumentLink.LinkedEntityId IN ('{MINA}', '001000000000002AAA')",
        "(Id != null AND (ContentDocumentId = '069000000000001AAA'))",
        f"LinkedEntityId = '{MINA}' AND (NOT (ShareType = 'V' OR LinkedEntity.Id = null))",
    ],
)
def test_links_of_documents_from_one_end(where: str) -> None:
    assert asked(f"SELECT COUNT() FROM ContentDocumentLink WHERE {where}")["totalSize"] == 1


@pytest.mark.parametrize(
    "where",
    [
        "ContentDocumentId = '069000000000001AAA' AND ShareType = null",
        f"LinkedEntityId IN ('{MINA}') AND (Id != null OR (NOT (Id != null AND ShareType LIKE 'V')))",
        "ContentDocumentId = '069000000000001AAA' AND ShareType IN ('V', null)",
    ],
)
def test_links_of_documents_by_more_than_ids_are_found_from_one_record_only(where: str) -> None:
    refused = refusal(f"SELECT Id FROM ContentDocumentLink WHERE {where}")
    assert refused.code == "MALFORMED_QUERY"
    assert "filtering on non-id fields" in refused.message


def nested(depth: int) -> str:
    return "SELECT Id FROM ChildAccounts" if depth == 1 else f"SELECT Id, ({nested(depth - 1)}) FROM ChildAccounts"


def test_children_are_at_most_five_deep() -> None:
    assert asked(f"SELECT Id, ({nested(5)}) FROM Account")["totalSize"] == 3
    assert refusal(f"SELECT Id, ({nested(6)}) FROM Account").code == "MALFORMED_QUERY"


def test_a_refusal_points_to_the_name_in_the_whole_text() -> None:
    refused = refusal("SELECT Id, (SELECT nothing FROM Contacts) FROM Account")
    assert refused.message.startswith(
        "\nSELECT Id, (SELECT nothing FROM Contact\n                   ^\nERROR at Row:1:Column:20\n"
    )

"""The OpenAPI document says what the surface does, with true examples; its page loads nothing from elsewhere."""

import importlib
import pkgutil
import re
import warnings
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from litestar.testing import TestClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import adapters.http
from adapters.fakes.bindings import bind_world
from adapters.http.document import shapes
from adapters.http.surroundings import HttpSettings
from genkan.running import prepare
from genkan.surface import surface
from tests.http.foundation.demo import AS_MINA, Demo
from tests.portal import settings_for
from tests.worlds import a_world

for found in pkgutil.iter_modules(adapters.http.__path__, "adapters.http."):
    importlib.import_module(found.name)  # so that every area's examples are known

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(http: TestClient) -> dict[str, Any]:
    answer = http.get("/schema/openapi.json")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json"
    return answer.json()


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document that customers' programs are written from."""
    folder = tmp_path_factory.mktemp("portal")
    with TestClient(surface(prepare(settings_for(folder), print, bind_world(a_world())))) as http:
        return http.get("/schema/openapi.json").json()


@pytest.fixture(params=["document", "portals"])
def each(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The document of the made-up area, and the portal's."""
    return request.getfixturevalue(request.param)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, said)
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method in METHODS
    ]


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "Genkan"


def test_every_operation_has_an_id_a_tag_and_a_summary(each: dict[str, Any]) -> None:
    ids = [said["operationId"] for _, _, said in operations(each)]
    assert len(ids) == len(set(ids)) > 10
    # given by hand: what Litestar makes up changes with a path or a function's name
    assert [id for id in ids if not re.fullmatch(r"[a-z]+(\.[a-z][A-Za-z]*)*", id)] == []
    assert [path for path, _, said in operations(each) if not (said["tags"] and said["summary"])] == []


def test_every_error_is_a_problem_with_an_example(each: dict[str, Any]) -> None:
    for path, method, said in operations(each):
        errors = {status: answer for status, answer in said["responses"].items() if status >= "400"}
        assert "400" in errors, (path, method)
        for status, answer in errors.items():
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["examples"], (path, method, status)
            for code, example in content["examples"].items():
                assert example["value"]["code"] == code
                assert str(example["value"]["status"]) == status


def test_every_body_and_every_answer_has_an_example(portals: dict[str, Any]) -> None:
    bare = []
    for path, method, said in operations(portals):
        answers = {status: answer for status, answer in said["responses"].items() if status < "300"}
        bodies = {"body": said["requestBody"]} if "requestBody" in said else {}
        for what, body in (bodies | answers).items():
            shown = [media.get("examples") for media in body.get("content", {}).values()]
            if what != "204" and not (shown and all(shown)):
                bare.append(f"{method} {path} {what}")
    assert bare == []


def test_every_parameter_is_described(portals: dict[str, Any]) -> None:
    given = [(path, method, each) for path, method, said in operations(portals) for each in said.get("parameters", ())]
    assert len(given) > 60
    assert [(path, method, each["name"]) for path, method, each in given if not each.get("description")] == []


def test_who_may_call_is_said(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert paths["/api/lamps"]["post"]["security"] == [{"bearer": []}, {"cookie": [], "csrf": []}]
    assert {"401", "403"} <= paths["/api/lamps"]["post"]["responses"].keys()
    assert paths["/api/shelf"]["get"]["security"] == []
    assert {} in paths["/api/greeting"]["get"]["security"]
    signed = {each["name"]: each["required"] for each in paths["/api/signed/{id}"]["post"]["parameters"]}
    assert {name for name, needed in signed.items() if needed} == {
        "id",
        "Idempotency-Key",
        "X-Timestamp",
        "X-Nonce",
        "X-Signature",
    }
    assert document["components"]["securitySchemes"]["cookie"]["name"] == "genkan"


def test_a_write_that_may_be_repeated_takes_a_key(document: dict[str, Any]) -> None:
    names = [each["name"] for each in document["paths"]["/api/lamps"]["post"]["parameters"]]
    assert names == ["Idempotency-Key"]
    assert "422" in document["paths"]["/api/lamps"]["post"]["responses"]


def test_a_refresh_takes_a_key(portals: dict[str, Any]) -> None:
    [key] = portals["paths"]["/api/auth/refresh"]["post"]["parameters"]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", False)
    assert "for a minute" in key["description"]


def test_which_writes_take_no_key_is_decided(portals: dict[str, Any]) -> None:
    keyless = {
        said["operationId"]
        for _, method, said in operations(portals)
        if method != "get" and "Idempotency-Key" not in [each["name"] for each in said.get("parameters", ())]
    }
    # the reason for each is in docs/adr/0031-what-takes-no-key.md
    assert keyless == {
        "auth.completeSignup",
        "auth.login",
        "auth.logout",
        "auth.ssoLink",
        "checkout.drop",
        "checkout.price",
        "notifications.dismiss",
        "notifications.read",
        "notifications.readAll",
        "sandbox.do",
    }


def test_a_tagged_answer_says_that_it_may_be_304(document: dict[str, Any]) -> None:
    responses = document["paths"]["/api/shelf"]["get"]["responses"]
    assert "ETag" in responses["200"]["headers"]
    assert "304" in responses


def test_bodies_and_answers_have_examples(document: dict[str, Any]) -> None:
    add = document["paths"]["/api/lamps"]["post"]
    assert add["requestBody"]["content"]["application/json"]["examples"]["example"]["value"] == {
        "name": "hall",
        "watts": 7,
    }
    assert "examples" in add["responses"]["201"]["content"]["application/json"]
    page = document["paths"]["/api/lamps"]["get"]["responses"]["200"]["content"]["application/json"]
    assert page["schema"] == {"$ref": "#/components/schemas/PageOfLampShown"}
    assert page["examples"]["example"]["value"]["items"][0]["litFor"] == 3
    assert document["components"]["schemas"]["Lamp"]["additionalProperties"] is False


@pytest.mark.parametrize("name", sorted(shapes()))
def test_an_example_is_what_it_is_an_example_of(name: str) -> None:
    struct = shapes()[name]
    example = getattr(struct, "example", None)
    if example is not None:
        read = msgspec.convert(example, struct)
        assert msgspec.convert(msgspec.to_builtins(read), struct) == read
        assert example.keys() <= msgspec.to_builtins(read).keys(), "a field that the struct does not have"


def test_what_the_document_promises_is_kept(demo: Demo) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what schemathesis's own client is deprecated for
        schema = schemathesis.openapi.from_asgi("/schema/openapi.json", demo.app())
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    seen = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == "/api/faults/{kind}":
            continue  # goes wrong on purpose

        @settings(max_examples=4, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy())
        def try_one(case: schemathesis.Case) -> None:
            nonlocal seen
            seen += 1
            case.call_and_validate(headers=AS_MINA, checks=checks)

        try_one()
    assert seen > 30
    assert demo.notes.crashes == []


def test_the_page_loads_from_here_alone(http: TestClient) -> None:
    page = http.get("/schema")
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
    assert "http:" not in policy and "https:" not in policy
    assert not re.findall(r"https?://", page.text)
    (script,) = re.findall(r'<script src="([^"]+)"', page.text)
    packed = http.get(script, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]
    plain = http.get(script, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
    assert b"@scalar/api-reference" in plain.content[:500]


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/openapi.json"])
def test_it_is_found_among_the_operations_too(http: TestClient, path: str) -> None:
    answer = http.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, path.removeprefix("/api"))


def test_an_unknown_page_is_a_problem(http: TestClient) -> None:
    answer = http.get("/schema/redoc")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_it_can_be_switched_off() -> None:
    with TestClient(Demo(settings=HttpSettings(docs=False)).app()) as http:
        for path in ("/schema", "/schema/openapi.json", "/api/schema"):
            assert http.get(path, follow_redirects=False).status_code == 404
        assert http.get("/api/lamps", headers=AS_MINA).status_code == 200

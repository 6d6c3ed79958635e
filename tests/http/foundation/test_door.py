"""Every answer has its correlation id and security headers, every call its entry, and nothing tells whose it was."""

import pytest
from litestar.testing import TestClient

from adapters.http.health import Check
from adapters.http.surroundings import HttpSettings
from tests.http.foundation.demo import AS_MINA, Demo


@pytest.mark.parametrize(
    "path", ["/api/shelf", "/api/lamps", "/nope", "/api/faults/bug", "/api/health/live", "/schema"]
)
def test_every_answer_is_dressed(http: TestClient, path: str) -> None:
    headers = http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["server"] == "genkan"
    assert len(headers["x-correlation-id"]) == 32
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "strict-transport-security" not in headers
    assert len(headers.get_list("cache-control")) == len(headers.get_list("content-security-policy")) == 1


def test_over_tls_the_browser_is_told_to_stay_there() -> None:
    settings = HttpSettings(public_url="https://portal.example", profile="production")
    with TestClient(Demo(settings=settings).app()) as http:
        assert http.get("/api/health/live").headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize("sent", ["abcdefgh", "2f1e-4b.c_d" * 5])
def test_a_sane_correlation_id_is_kept(http: TestClient, sent: str) -> None:
    answer = http.get("/nope", headers={"X-Correlation-Id": sent})
    assert answer.headers["x-correlation-id"] == answer.json()["correlationId"] == sent


@pytest.mark.parametrize("sent", ["short", "x" * 65, "with blank", "semi;colon;x", "<script>alert(1)</script>", ""])
def test_another_one_is_replaced(http: TestClient, sent: str) -> None:
    assert len(http.get("/nope", headers={"X-Correlation-Id": sent}).headers["x-correlation-id"]) == 32


def test_a_call_is_noted_by_its_route_and_not_by_whose(http: TestClient, demo: Demo) -> None:
    http.get("/api/lamps/of-u-mina", headers=AS_MINA)
    http.get("/api/lamps?cursor=secret", headers=AS_MINA)
    http.get("/nope/of-u-mina")
    http.request("BREW", "/api/lamps", headers=AS_MINA)
    http.head("/api/shelf")
    assert [(call.method, call.route, call.status) for call in demo.notes.calls] == [
        ("GET", "/api/lamps/{id}", 200),
        ("GET", "/api/lamps", 400),
        ("GET", "(no such route)", 404),
        ("OTHER", "(no such route)", 405),
        ("HEAD", "/api/shelf", 200),
    ]
    assert all(call.milliseconds > 0 and call.correlation_id for call in demo.notes.calls)


def from_here(demo: Demo, client: str = "127.0.0.1") -> TestClient:
    app = demo.app()
    door = app.asgi_handler

    async def here(scope, receive, send):
        await door(scope | {"client": (client, 4711)}, receive, send)

    app.asgi_handler = here
    return TestClient(app, base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("path", ["/metrics", "/api/metrics"])
def test_figures_are_for_this_machine(demo: Demo, path: str) -> None:
    with from_here(demo) as http:
        http.get("/api/lamps/of-u-mina", headers=AS_MINA)
        figures = http.get(path)
        assert figures.headers["content-type"].startswith("text/plain; version=")
        assert 'genkan_http_requests_total{method="GET",route="/api/lamps/{id}",status="200"} 1.0' in figures.text
        assert 'genkan_http_request_seconds_bucket{le="+Inf",method="GET",route="/api/lamps/{id}"} 1.0' in figures.text
        assert "genkan_http_requests_in_flight 1.0" in figures.text
        assert "mina" not in figures.text
        for proxied in ({"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
            assert http.get(path, headers=proxied).status_code == 404
        for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
            assert http.get(path, headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200
        elsewhere = (
            {"Host": "evil.example"},
            {"Host": "evil.example", "Origin": "http://evil.example"},
            {"Host": "127.0.0.1.evil.example"},
            {"Host": "[", "Origin": "http://["},
            {"Host": "127.0.0.1", "Origin": "http://evil.example"},
            {"Host": "127.0.0.1", "Origin": "null"},
            {"Host": "127.0.0.1", "Sec-Fetch-Site": "cross-site"},
        )
        for page in elsewhere:
            assert http.get(path, headers=page).status_code == 404, page
    with from_here(demo, "192.0.2.1") as http:
        assert http.get(path).status_code == 404


def test_it_lives_and_is_ready_when_its_parts_are(demo: Demo) -> None:
    async def well() -> None:
        return None

    async def ill() -> None:
        raise ConnectionError("database at 10.0.0.7: password of genkan wrong")

    demo.checks = (Check("database", well), Check("work", well))
    with TestClient(demo.app()) as http:
        assert http.get("/api/health/live").json() == {"status": "live", "checks": [], "upstreams": {}}
        ready = {"status": "ready", "checks": ["database", "work"], "upstreams": {}}
        assert http.get("/api/health/ready").json() == ready
    demo.checks = (Check("database", ill), Check("work", well))
    with TestClient(demo.app()) as http:
        assert http.get("/api/health/live").status_code == 200
        answer = http.get("/api/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert [each["field"] for each in answer.json()["errors"]] == ["database"]
        assert "10.0.0.7" not in answer.text
        assert "retry-after" in answer.headers

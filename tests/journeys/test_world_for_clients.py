"""Clients of others are pointed at `genkan world`: events by TLS alone, and log-ins by JWT bearer (OPS-1)."""

import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.eventbus import eventbus_pb2 as wire
from adapters.eventbus.service import PubSubStub
from adapters.fakes.addresses import free_port
from adapters.fakes.wire.salesforce.people import ORG_ID, PORTAL, STAFF, User, signed_app
from adapters.fakes.wire.salesforce.sessions import JWT_BEARER
from genkan.serve import listening_on
from tests.commands import typed
from tests.journeys.served import PATIENCE, started
from tests.wire.salesforce.keys import key_and_certificate

TOPIC = "/data/AccountChangeEvent"
PEM = serialization.Encoding.PEM


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that a developer makes."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("events", "app"):
        for kind, pem in zip(("key", "crt"), key_and_certificate(name), strict=True):
            (folder / f"{name}.{kind}").write_text(pem)
    public = key_of("app").public_key()
    (folder / "app.pub").write_bytes(public.public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    locked = serialization.BestAvailableEncryption(b"a password")
    (folder / "locked.key").write_bytes(written(key_of("events"), locked))
    (folder / "curve.pub").write_bytes(
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    (folder / "odd.key").write_bytes(written(ed25519.Ed25519PrivateKey.generate()))
    (folder / "none").write_bytes(b"\xff no PEM")
    return folder


def two_ports() -> tuple[int, int]:
    """Free ports, one behind the other."""
    port, behind = free_port(), free_port()
    while behind != port + 1:
        port, behind = behind, free_port()
    return port, behind


def key_of(name: str) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(key_and_certificate(name)[0].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def written(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    locked: serialization.KeySerializationEncryption = serialization.NoEncryption(),
) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, locked)


@pytest.fixture(scope="module", params=["app.crt", "app.pub"])
def port(request: pytest.FixtureRequest, files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of its Salesforce, which knows the app by that file; events are at the next one."""
    port, _ = two_ports()
    words = ["--events-certificate", str(files / "events.crt")]
    words += ["--events-key", str(files / "events.key"), "--app-certificate", str(files / request.param)]
    words += ["--port", str(free_port()), "--salesforce-port", str(port)]
    process = started(tmp_path_factory.mktemp("world"), "world", *words)
    assert process.stderr is not None
    try:
        told = [process.stderr.readline() for _ in range(3)]
        assert f"its events at port {port + 1} by TLS" in told[0]
        assert signed_app("").key in told[1]
        assert "The world is at" in told[2]
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stderr.close()


def logged_in(port: int, user: User = PORTAL, key: str = "app") -> httpx.Response:
    claims = {"iss": signed_app("").key, "sub": user.name, "aud": "https://login.salesforce.com"}
    signed = jwt.encode(claims | {"exp": int(time.time()) + 180}, key_of(key), algorithm="RS256")
    form = {"grant_type": JWT_BEARER, "assertion": signed}
    return httpx.post(f"http://127.0.0.1:{port}/services/oauth2/token", data=form, trust_env=False)


@pytest.mark.slow
def test_who_signs_with_the_app_s_key_is_let_in_and_hears_of_events_by_tls(port: int) -> None:
    for user in (PORTAL, STAFF):
        told = logged_in(port, user).json()
        bearer = {"Authorization": f"Bearer {told['access_token']}"}
        who = httpx.get(told["id"], headers=bearer, trust_env=False).json()
        assert who["username"] == user.name
    assert logged_in(port, key="events").json()["error"] == "invalid_grant", "another key"

    metadata = (
        ("accesstoken", told["access_token"]),
        ("instanceurl", told["instance_url"]),
        ("tenantid", ORG_ID),
    )
    trusted = grpc.ssl_channel_credentials(key_and_certificate("events")[1].encode())
    request = wire.TopicRequest(topic_name=TOPIC)
    with grpc.secure_channel(f"localhost:{port + 1}", trusted) as channel:
        info = PubSubStub(channel).get_topic(request, metadata=metadata, timeout=PATIENCE)
    assert (info.topic_name, info.can_subscribe) == (TOPIC, True)
    # whoever speaks without TLS is not answered
    with grpc.insecure_channel(f"localhost:{port + 1}") as channel, pytest.raises(grpc.RpcError) as refused:
        PubSubStub(channel).get_topic(request, metadata=metadata, timeout=PATIENCE)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"events-certificate": "events.crt"}, "--events-certificate and --events-key go together"),
        ({"events-key": "events.key"}, "--events-certificate and --events-key go together"),
        ({"events-certificate": "nowhere", "events-key": "events.key"}, "'--events-certificate': File"),
        ({"events-certificate": "none", "events-key": "events.key"}, "'--events-certificate': it is no certificate"),
        ({"events-certificate": "events.key", "events-key": "events.key"}, "'--events-certificate': it is no cert"),
        ({"events-certificate": "events.crt", "events-key": "none"}, "'--events-key': it is no private key"),
        ({"events-certificate": "events.crt", "events-key": "events.crt"}, "'--events-key': it is no private key"),
        ({"events-certificate": "events.crt", "events-key": "locked.key"}, "one behind a password"),
        ({"events-certificate": "events.crt", "events-key": "odd.key"}, "'--events-key': it is a key neither of RSA"),
        (
            {"events-certificate": "events.crt", "events-key": "app.key"},
            "'--events-key': it is not the key of",
        ),
        ({"app-certificate": "nowhere"}, "'--app-certificate': File"),
        ({"app-certificate": "none"}, "'--app-certificate': it is neither a certificate nor a public key"),
        ({"app-certificate": "app.key"}, "'--app-certificate': it is neither a certificate nor a public key"),
        ({"app-certificate": "curve.pub"}, "'--app-certificate': it is neither a certificate nor a public key"),
        ({"person-accounts": "", "salesforce-port": ""}, "--person-accounts needs --salesforce-port"),
        ({"app-certificate": "app.crt", "salesforce-port": ""}, "--app-certificate needs --salesforce-port"),
        (
            {"events-certificate": "events.crt", "events-key": "events.key", "salesforce-port": ""},
            "--events-certificate needs --salesforce-port",
        ),
    ],
)
def test_a_wrong_file_is_told_by_its_option(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [] if "salesforce-port" in given else ["--salesforce-port", "8201"]
    for option, file in given.items():
        words += [f"--{option}", str(files / file)] if file else ["--person-accounts"] * (option == "person-accounts")
    answer = typed("world", *words)
    assert (answer.exit_code, said in answer.output) == (2, True), answer.output
    assert "PRIVATE" not in answer.output
    assert [*tmp_path.iterdir()] == [], "nothing was begun"


@pytest.mark.parametrize("option", ["port", "salesforce-port", "whmcs-port", "partners-port", "events"])
def test_a_port_that_is_taken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.chdir(tmp_path)
    ports = {"port": free_port(), "partners-port": free_port(), "whmcs-port": free_port()}
    salesforce, events = two_ports()
    with listening_on("127.0.0.1", {**ports, "salesforce-port": salesforce, "events": events}[option]) as taken:
        words = [f"--{name}={port}" for name, port in (ports | {"salesforce-port": salesforce}).items()]
        answer = typed("world", *words)
        said = f"127.0.0.1:{taken.getsockname()[1]}: Address already in use"
    assert (answer.exit_code, said in answer.output) == (1, True), answer.output
    assert [*tmp_path.iterdir()] == [], "nothing was begun"

"""Keys and certificates of the command line: files in PEM, and what is wrong with one by the option that named it."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:  # they bring cryptography and gRPC, and most commands need neither
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from adapters.fakes.wire.salesforce.people import App
    from adapters.fakes.wire.salesforce.pubsub.server import TlsFiles

CERTIFICATE: Final = "--events-certificate"
KEY: Final = "--events-key"
APP: Final = "--app-certificate"
PEM: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def tls_of(certificate: Path | None, key: Path | None) -> "TlsFiles | None":
    """What events are served with, or None without both files; raises BadParameter and UsageError."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise click.UsageError(f"{CERTIFICATE} and {KEY} go together.")
    from adapters.fakes.wire.salesforce.pubsub.server import TlsFiles

    files = TlsFiles(key.read_bytes(), certificate.read_bytes())
    if _private(files.key) != _certified(files.certificates):
        _refuse(KEY, "it is not the key of the certificate.")
    return files


def app_of(certificate: Path | None) -> "tuple[App, ...]":
    """The application that logs in with signed assertions, if there is one; raises BadParameter."""
    if certificate is None:
        return ()
    from cryptography.exceptions import UnsupportedAlgorithm

    from adapters.fakes.wire.salesforce.people import signed_app
    from adapters.fakes.wire.salesforce.sessions import public_key_of

    try:
        pem = certificate.read_bytes().decode()
        public_key_of(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        _refuse(APP, "it is neither a certificate nor a public key, of RSA and in PEM.")
    return (signed_app(pem),)


def _certified(pem: bytes) -> "PublicKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(pem)[0].public_key()  # of a chain, the first one's
    except (ValueError, UnsupportedAlgorithm):
        _refuse(CERTIFICATE, "it is no certificate in PEM.")


def _private(pem: bytes) -> "PublicKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        _refuse(KEY, "it is no private key in PEM, or one behind a password.")
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        _refuse(KEY, "it is a key neither of RSA nor of an elliptic curve.")
    return key.public_key()


def _refuse(option: str, why: str) -> NoReturn:
    raise click.BadParameter(why, param_hint=f"'{option}'")

"""Whether what a publisher has signed is what came: RSA with SHA-256, a file beside each other."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from geoprio.errors import SourceError
from geoprio.sources.raw import SIGNATURE

SIGNED = ".json"
"""Ending of a signed file in a zip."""
PART = 1 << 20


def public_key(certificate: bytes, fingerprint: str) -> RSAPublicKey:
    """Return the key of a certificate (PEM) whose SHA-256, of its text or its DER, is known.

    How long it is valid is not asked: a count that was signed then stays signed.
    """
    try:
        read = load_pem_x509_certificate(certificate)
        key = read.public_key()
    except ValueError as error:
        raise SourceError("certificate_unreadable", error=error) from None
    found = [_sha256(certificate), _sha256(read.public_bytes(Encoding.DER))]
    if fingerprint.lower() not in found:
        raise SourceError("certificate_other", found=found[0], expected=fingerprint)
    if not isinstance(key, RSAPublicKey):
        raise SourceError("certificate_unreadable", error=type(key).__name__)
    return key


def is_signed(key: RSAPublicKey) -> Callable[[Path], None]:
    """Return the check that every JSON file of a zip has a signature by that key beside it."""

    def check(path: Path) -> None:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            signed = sorted(name for name in names if name.endswith(SIGNED))
            beside = {name: name.removesuffix(SIGNED) + SIGNATURE for name in signed}
            bare = [name for name in signed if beside[name] not in names]
            if bare or not signed:
                raise SourceError("signature_missing", names=bare[:5])
            wrong = [name for name in signed if not _verified(packed, name, beside[name], key)]
        if wrong:
            raise SourceError("signature_fails", names=wrong[:5])

    return check


def _verified(packed: zipfile.ZipFile, name: str, signature: str, key: RSAPublicKey) -> bool:
    digest = Hash(SHA256())
    with packed.open(name) as file:
        while part := file.read(PART):
            digest.update(part)
    with packed.open(signature) as file:
        held = file.read(PART)
    try:
        key.verify(held, digest.finalize(), PKCS1v15(), Prehashed(SHA256()))
    except InvalidSignature:
        return False
    return True


def _sha256(content: bytes) -> str:
    digest = Hash(SHA256())
    digest.update(content)
    return digest.finalize().hex()

"""The certificate and key of the console, kept in memory only.

nginx and OpenSSL want paths. An anonymous memory file has one, and nothing of the key ever reaches a disk.
"""

from __future__ import annotations

import os
import ssl


class CertificateError(ValueError):
    """The PEM in `variable` cannot be used."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(reason)
        self.variable = variable


def memory_file(name: str, text: str) -> int:
    """An inheritable descriptor of a memory file holding `text`; readable again and again as /dev/fd/N."""
    descriptor = os.memfd_create(name, 0)
    os.fchmod(descriptor, 0o600)
    os.write(descriptor, text.encode())
    return descriptor


def check_pair(certificate: str, private_key: str) -> None:
    """Make sure that both parse and belong together.

    Raises:
        CertificateError: naming TLS_CERTIFICATE or TLS_PRIVATE_KEY.
    """
    if "-----BEGIN CERTIFICATE-----" not in certificate:
        raise CertificateError("TLS_CERTIFICATE", "holds no PEM certificate")
    if "PRIVATE KEY-----" not in private_key or "ENCRYPTED" in private_key:
        raise CertificateError("TLS_PRIVATE_KEY", "holds no unencrypted PEM private key")
    certificate_file = memory_file("certificate", certificate)
    key_file = memory_file("key", private_key)
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_verify_locations(cadata=certificate)
        except (ssl.SSLError, ValueError):
            raise CertificateError("TLS_CERTIFICATE", "is not a valid PEM certificate") from None
        try:
            context.load_cert_chain(f"/dev/fd/{certificate_file}", f"/dev/fd/{key_file}")
        except (ssl.SSLError, OSError):
            raise CertificateError(
                "TLS_PRIVATE_KEY", "is not a valid PEM private key, or not the certificate's"
            ) from None
    finally:
        os.close(certificate_file)
        os.close(key_file)

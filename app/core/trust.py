"""Whom the product believes when it calls others by TLS: the machine's authorities, and those of `SSL_CERT_FILE`.

OpenSSL reads that variable itself, whenever a context is made; beside the file it names the machine's folder of
authorities counts on. A context checks the certificate's chain, its time and the host's name, always.
"""

import os
import ssl
from typing import Any

from requests.adapters import HTTPAdapter

CA_FILE = "SSL_CERT_FILE"


class TrustError(ValueError):
    """The file of authorities cannot be used; the text says why, without the file's content."""


def make_context() -> ssl.SSLContext:
    """Return the context of one outgoing connection."""
    return ssl.create_default_context()


def check_trust() -> None:
    """Let a file of authorities through that can be read and holds one; TrustError else. OpenSSL says nothing."""
    path = os.environ.get(CA_FILE, "")
    if not path:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (OSError, ssl.SSLError) as error:
        raise TrustError(error.strerror or type(error).__name__) from error


class TrustingAdapter(HTTPAdapter):
    """For `requests`: believes whom `make_context` believes, instead of a list of authorities of its own."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # whatever requests hands on
        """Make every connection with our context."""
        super().init_poolmanager(*args, **kwargs, ssl_context=make_context())

    def cert_verify(self, conn: Any, *_: object) -> None:  # noqa: ANN401  # a pool
        """Add no authority: the context has them. The check itself cannot be switched off from outside."""
        conn.cert_reqs = "CERT_REQUIRED"

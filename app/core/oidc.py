"""Speaks OpenID Connect as a client: the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0).

Knows nothing of accounts. Discovery and keys are fetched when they are needed and kept for an hour; every call has a
time limit, no redirect is followed, and only https is spoken (http to this machine itself). Never used while a
database transaction is open.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests.exceptions import RequestException

from app.core.trust import TrustingAdapter

#: To reach the provider, and to wait for its answer.
TIMEOUT_SECONDS = (3.05, 8.0)
#: How long what a provider says of itself is believed.
_KEPT_SECONDS = 3600
#: How long after a vain attempt nobody waits for the provider again.
_DOWN_SECONDS = 10
#: Signatures by a key of the provider's own; "none" and shared secrets are never taken.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_SECONDS = 60
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
#: What may name a log-in: the provider's own name for a person, or what we know the person by.
CLAIMS = ("sub", "email", "preferred_username")


class ProviderDownError(Exception):
    """The provider cannot be reached, or says of itself what cannot be used; the text is for the log."""


class RefusedError(Exception):
    """The provider let nobody in, or what it answered does not hold; the text is for the log."""


def is_safe_address(url: str) -> bool:
    """Whether `url` may be called: https, or http to this machine itself; no user, no fragment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)
    return bool(host) and is_secure and "@" not in parts.netloc and not parts.fragment


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that an installation trusts; `claim` names a person's log-in (CLAIMS)."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    claim: str = "sub"


@dataclass(frozen=True, slots=True)
class Start:
    """A log-in that was begun: where the browser goes, and what its answer is compared with."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody for whom the provider vouches; `named` is the value of the claim, "" when it does not vouch for it."""

    issuer: str
    subject: str
    named: str


@dataclass
class Client:
    """Talks to one provider; keeps what it says of itself."""

    provider: Provider
    redirect_uri: str
    _lock: Lock = field(default_factory=Lock)
    _metadata: dict[str, Any] | None = None
    _keys: KeySet | None = None
    _fetched: float = 0.0
    _down_until: float = 0.0

    def begin(self) -> Start:
        """Return where a browser goes to log in; ProviderDownError."""
        metadata = self._discover()
        nonce, verifier, state = (secrets.token_urlsafe(48) for _ in range(3))
        with self._open() as session:
            address, _ = session.create_authorization_url(
                metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return Start(str(address), state, nonce, verifier)

    def finish(self, start: Start, code: str, now: datetime) -> Outsider:
        """Return who comes back with `code`, once its ID token holds: signature, issuer, audience, times, nonce.

        ProviderDownError, RefusedError.
        """
        metadata = self._discover()
        try:
            with self._open() as session:
                token = session.fetch_token(
                    metadata["token_endpoint"], code=code, grant_type="authorization_code",
                    code_verifier=start.verifier, timeout=TIMEOUT_SECONDS, allow_redirects=False,
                )  # fmt: skip
        except OAuthError as error:
            raise RefusedError(f"the code was not taken: {error.error}") from error
        except (RequestException, ValueError) as error:
            raise ProviderDownError(f"no token: {type(error).__name__}") from error
        given = token.get("id_token")
        if not isinstance(given, str):
            raise RefusedError("there is no ID token")
        return self._read(self._check(given, token.get("access_token"), start.nonce, now))

    def _check(self, given: str, access_token: object, nonce: str, now: datetime) -> Mapping[str, Any]:
        """Return the claims of an ID token that holds; keys are fetched anew once when none fits."""
        provider = self.provider
        try:
            decoded = self._decode(given)
            options: Any = {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            }
            params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise RefusedError(f"the ID token does not hold: {type(error).__name__} {error}") from error
        found: Mapping[str, Any] = claims
        return found

    def _decode(self, given: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(given, self._fetch_keys(is_new=False), registry=registry)
        except (JoseError, ValueError):
            return jwt.decode(given, self._fetch_keys(is_new=True), registry=registry)

    def _read(self, claims: Mapping[str, Any]) -> Outsider:
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise RefusedError("the subject is no text")
        named = claims.get(self.provider.claim)
        is_vouched = self.provider.claim != "email" or claims.get("email_verified") is True
        return Outsider(self.provider.issuer, subject, named if isinstance(named, str) and is_vouched else "")

    def _discover(self) -> dict[str, Any]:
        """Return what the provider says of itself: its issuer must be the one that is trusted."""
        with self._lock:
            if self._metadata is not None and time.monotonic() - self._fetched < _KEPT_SECONDS:
                return self._metadata
            if time.monotonic() < self._down_until:
                raise ProviderDownError("it was away a moment ago")
            try:
                found = self._fetch_metadata()
            except ProviderDownError:
                self._down_until = time.monotonic() + _DOWN_SECONDS
                raise
            self._metadata, self._keys, self._fetched = found, None, time.monotonic()
            return found

    def _fetch_metadata(self) -> dict[str, Any]:
        found = self._get(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.provider.issuer:
            raise ProviderDownError("the discovery document is another issuer's")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str) or not is_safe_address(found[name]):
                raise ProviderDownError(f"the discovery document has no usable {name}")
        return found

    def _fetch_keys(self, *, is_new: bool) -> KeySet:
        address = self._discover()["jwks_uri"]
        with self._lock:
            if self._keys is None or is_new:
                try:
                    self._keys = KeySet.import_key_set(self._get(address))  # type: ignore[arg-type]  # checked there
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise ProviderDownError("the provider's keys cannot be read") from error
            return self._keys

    def _get(self, address: str) -> dict[str, Any]:
        try:
            with self._open() as session:
                response = session.request(
                    "GET", address, withhold_token=True, timeout=TIMEOUT_SECONDS, allow_redirects=False
                )
                response.raise_for_status()
                found = response.json()
        except (RequestException, ValueError, RecursionError) as error:
            raise ProviderDownError(f"{address}: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise ProviderDownError(f"{address}: no JSON object")
        return found

    def _open(self) -> OAuth2Session:
        session = OAuth2Session(
            self.provider.client_id, self.provider.client_secret, scope="openid profile email",
            redirect_uri=self.redirect_uri, code_challenge_method="S256",
        )  # fmt: skip
        session.trust_env = False  # no proxy or .netrc of the process's surroundings
        session.mount("https://", TrustingAdapter())
        return session

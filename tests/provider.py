"""A small real OpenID Connect provider on a loopback port: discovery, keys, authorisation, token, with faults on order.

It signs with RSA, checks client, redirect address, code and PKCE as a provider does, and keeps a log of its requests.
"""

import base64
import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response as AnyResponse

CLIENT_ID, CLIENT_SECRET = "lianban", "made-up-client-secret"


@dataclass
class SmallProvider:
    """The provider and what it is to say; `fault` names what is wrong with the next token."""

    now: datetime
    subject: str = "person-1"
    claims: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    requests: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    other_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    server: BaseWSGIServer | None = None

    @property
    def issuer(self) -> str:
        """Its address."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def env(self) -> dict[str, str]:
        """The settings of an installation that trusts it."""
        return {
            "LIANBAN_OIDC_ISSUER": self.issuer,
            "LIANBAN_OIDC_CLIENT_ID": CLIENT_ID,
            "LIANBAN_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "LIANBAN_OIDC_NAME": "云州统一认证|Yunzhou ID",
        }

    def make_app(self) -> Flask:
        """Return its application."""
        app = Flask("small_provider")
        app.before_request(lambda: self.requests.append(request.path))
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._describe)
        app.add_url_rule("/jwks", view_func=self._show_keys)
        app.add_url_rule("/authorize", view_func=self._authorise)
        app.add_url_rule("/token", view_func=self._give_token, methods=["POST"])
        return app

    def _describe(self) -> Response:
        issuer = "https://somebody.else.example" if self.fault == "issuer_of_discovery" else self.issuer
        return jsonify(
            issuer=issuer, authorization_endpoint=f"{self.issuer}/authorize", token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/jwks", id_token_signing_alg_values_supported=["RS256"],
        )  # fmt: skip

    def _show_keys(self) -> Response:
        if self.fault == "keys":
            return jsonify(keys="none")
        return jsonify([] if self.fault == "keys_list" else {"keys": [self.key.as_dict(private=False)]})

    def _authorise(self) -> AnyResponse:
        """Let the person in at once and send them back, as a provider does whose session runs."""
        given = request.args
        assert given["response_type"] == "code"
        assert given["client_id"] == CLIENT_ID
        assert given["code_challenge_method"] == "S256"
        assert "openid" in given["scope"].split()
        if self.fault == "denied":
            return redirect(f"{given['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': given['state']})}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = {name: given[name] for name in ("nonce", "code_challenge", "redirect_uri")}
        return redirect(f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}")

    def _give_token(self) -> tuple[Response, int]:
        given, kept = request.form, self.codes.pop(request.form.get("code", ""), None)
        if self.fault == "token_down":
            return jsonify(error="server_error"), 503
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        who = request.authorization
        is_known = who is not None and (who.username, who.password) == (CLIENT_ID, CLIENT_SECRET)
        is_same = kept is not None and (kept["code_challenge"], kept["redirect_uri"]) == (
            challenge, given.get("redirect_uri")
        )  # fmt: skip
        if kept is None or not is_known or not is_same:
            return jsonify(error="invalid_grant"), 400
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
        signed = {} if self.fault == "no_id_token" else {"id_token": self._sign(kept["nonce"])}
        return jsonify(answer | signed), 200

    def _sign(self, nonce: str) -> str:
        at = int(self.now.timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": self.subject, "iat": at, "exp": at + 300, "nonce": nonce,
            **self.claims,
        }  # fmt: skip
        wrong: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "another"}, "audience": {"aud": "another-client"}, "issuer": {"iss": "https://x.example"},
            "expired": {"iat": at - 7200, "exp": at - 3600}, "future": {"iat": at + 3600, "exp": at + 7200},
        }  # fmt: skip
        claims |= wrong.get(self.fault, {})
        claims = {name: value for name, value in claims.items() if self.fault != f"no_{name}"}
        if self.fault == "unsigned":
            head, body = (
                base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
                for text in ('{"alg":"none"}', str(claims).replace("'", '"'))
            )
            return f"{head}.{body}."
        key = self.other_key if self.fault == "signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


@contextmanager
def serve_provider(now: datetime) -> Iterator[SmallProvider]:
    """Serve a provider whose clock stands at `now`."""
    provider = SmallProvider(now)
    provider.server = make_server("127.0.0.1", 0, provider.make_app(), threaded=True)
    thread = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield provider
    provider.server.shutdown()
    thread.join()
    provider.server.server_close()

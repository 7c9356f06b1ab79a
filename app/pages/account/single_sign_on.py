"""Log-in by the provider: the way there, and the way back with its answer.

State, nonce and the verifier of PKCE stand in the signed cookie of the browser that began, for some minutes; an answer
uses them up, whatever it brings.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.core.errors import UnavailableError
from app.core.oidc import Client, Start
from app.edge.context import current_context
from app.edge.errors import UnknownCallerError
from app.edge.personal.single_sign_on import BACK, begin, current_client, finish, refuse
from app.pages.account.log_in_step import lead_on
from app.pages.address import keep_inside
from app.pages.log_in import show_refusal

pages = Blueprint("single_sign_on", __name__)
_KEY = "single_sign_on"
_LASTS = timedelta(minutes=10)
#: What a browser says of a request that another site's page set off.
_ELSEWHERE = frozenset({"cross-site", "same-site"})
#: A longer target would make the cookie too long for browsers.
_TARGET_MAX = 1000


@pages.get("/login/single-sign-on")
def go() -> Response:
    """Lead to the provider; who is logged in already goes on, and who was sent by another site is asked first."""
    client, target = _require_client(), keep_inside(request.args.get("next"))
    if request.headers.get("Sec-Fetch-Site") in _ELSEWHERE:  # else a foreign page could begin somebody's session
        return redirect(url_for("log_in.show_form", next=target), 303)
    if current_user.is_authenticated:
        return redirect(target, 303)
    try:
        start = begin(client)
    except UnavailableError as error:
        return show_refusal(error, target)
    cookie[_KEY] = {
        "state": start.state, "nonce": start.nonce, "verifier": start.verifier,
        "next": target if len(target) <= _TARGET_MAX else "/", "at": current_context().now().isoformat(),
    }  # fmt: skip
    return redirect(start.address, 303)


@pages.get(BACK)
def come_back() -> Response:
    """Take the provider's answer: a new session, or the log-in with what is wrong."""
    client = _require_client()
    kept: Any = cookie.pop(_KEY, None)
    target = keep_inside(kept["next"]) if kept else "/"
    code = request.args.get("code", "")
    if not kept or not code or not _belongs(client, kept):
        return show_refusal(refuse(), target)
    start = Start("", kept["state"], kept["nonce"], kept["verifier"])
    try:
        passed = finish(client, start, code, source="page")
    except (UnavailableError, UnknownCallerError) as error:
        return show_refusal(error, target)
    return lead_on(passed, target)


def _belongs(client: Client, kept: dict[str, str]) -> bool:
    """Whether an answer is that to the log-in which this browser began, in time, and the provider's own (RFC 9207)."""
    is_in_time = current_context().now() - datetime.fromisoformat(kept["at"]) < _LASTS
    is_same = hmac.compare_digest(request.args.get("state", "").encode(), kept["state"].encode())
    return is_in_time and is_same and request.args.get("iss", client.provider.issuer) == client.provider.issuer


def _require_client() -> Client:
    client = current_client(current_context())
    if client is None:
        raise NotFound
    return client

"""Headers of every answer, of whatever kind: no browser guesses what it is, shows it in a frame or runs it.

Pages say more (`app.pages.register`), files that are handed out say it in their own way; what they said stays.
"""

from flask import Flask
from werkzeug.wrappers import Response

from config import Settings

#: What is no page shows nothing and runs nothing.
BARE_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": BARE_POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: For a year, and for hosts below as well.
TRANSPORT = f"max-age={365 * 24 * 3600}; includeSubDomains"


def attach(app: Flask, settings: Settings) -> None:
    """Give every answer of `app` the headers that it does not have yet."""

    def add(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.https:
            response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
        if (response.mimetype or "").endswith(
            "json"
        ):  # what people may read is for nobody's cache, unless it says otherwise
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)

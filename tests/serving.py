"""The server behind the browser tests: on a loopback port, each answer whole before it goes out."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse


class Whole:
    """The application with its answers read and closed at once.

    A browser that closes while a file is on its way resets the connection; werkzeug's server then never closes what the
    application gave it, and the file is left open.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> list[bytes]:
        """Answer a request."""
        answer: Iterable[bytes] = self._app.wsgi_app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()


def serve_whole(app: Flask) -> BaseWSGIServer:
    """Return a server for `app` on a free port of the loopback, a thread a request."""
    return make_server("127.0.0.1", 0, Whole(app), threaded=True)

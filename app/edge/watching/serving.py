"""Serves `/metrics` for a process that is no web server: a scheduler or worker on a machine of its own."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from app.core.errors import Sentence, UnavailableError
from app.edge.watching.metrics import MEDIA_TYPE, may_read

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: Prometheus asks every few seconds."""


def serve_figures(port: int, token: str, write: Callable[[], bytes]) -> WSGIServer:
    """Serve what `write` returns until the process ends; without a token to this machine alone.

    UnavailableError where the port cannot be had.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/metrics":
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        if not may_read(token, environ):
            start_response("401 Unauthorized", [("Content-Type", "text/plain"), ("WWW-Authenticate", "Bearer")])
            return [b""]
        body = write()
        start_response("200 OK", [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body)))])
        return [body]

    try:
        server = make_server("127.0.0.1" if not token else "0.0.0.0", port, answer, handler_class=_Silent)  # noqa: S104  # with a token only
    except OSError as error:
        said = Sentence(f"端口{port}无法监听：{error.strerror}", f"port {port} cannot be listened on: {error.strerror}")
        raise UnavailableError("port_taken", said) from error
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server

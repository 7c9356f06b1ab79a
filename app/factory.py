"""Puts the application together; reads as a table of contents."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.api import register as api
from app.commands import catalogue
from app.core.clock import Clock
from app.core.front import TrustedHosts
from app.edge import context, limit, startup
from app.edge.answering import headers
from app.edge.receiving.scanning import Request
from app.edge.watching import readiness, request
from app.pages import register as pages
from config import Settings, read_settings

#: Bytes of a request's body, unless its address takes files: what is longer is not read, whoever sends it.
REQUEST_MAX = 1024 * 1024


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """Return the application that runs with `settings` (default: from the environment) and `clock`.

    UnavailableError when the database holds a rule that nothing runs.
    """
    chosen = settings or read_settings()
    app = Flask("app", static_folder=None)
    app.request_class = Request
    app.config["SECRET_KEY"] = chosen.secret_key
    app.config["MAX_CONTENT_LENGTH"] = REQUEST_MAX  # addresses that take files say for themselves how large they may be
    if chosen.proxies:  # the caller's address is what the proxies of one's own say
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=chosen.proxies, x_proto=chosen.proxies)  # type: ignore[method-assign]
    if chosen.hosts:
        app.wsgi_app = TrustedHosts(app.wsgi_app, chosen.hosts)  # type: ignore[method-assign]
    made = context.make_context(chosen, clock)
    context.attach(app, made)
    startup.attach(app, made)
    readiness.attach(app, made)
    limit.attach(app, chosen)
    headers.attach(app, chosen)
    api.register(app)
    pages.register(app, chosen)
    catalogue.register(app)
    request.attach(app, chosen)
    return app

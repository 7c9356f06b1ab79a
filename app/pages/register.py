"""Wires the pages into an application: visitors, tokens against forgery, languages, templates, static files."""

import hashlib
from functools import cache
from pathlib import Path

import js_lib_htmx
from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app.edge.context import current_context
from app.edge.locale import pick_language
from app.edge.startup import current_readiness
from app.pages import error, handover, home, log_in, menu, message, organisation, preference, report, session, template
from app.pages.account import entry, log_in_step, person_access, person_account, second_factor, single_sign_on
from app.pages.address import name_this_address
from app.pages.city import calendar, dashboard
from app.pages.dropped import tell_dropped
from app.pages.fund import allocation, keeping, payment
from app.pages.fund import page as fund
from app.pages.fund.call import page as fund_call
from app.pages.fund.paper import page as fund_paper
from app.pages.inbox import inbox
from app.pages.items import attachment, item
from app.pages.listing import export, saved_view
from app.pages.meeting.group import page as group
from app.pages.meeting.live import decision as meeting_decision
from app.pages.meeting.live import notes as meeting_notes
from app.pages.meeting.live import page as meeting_live
from app.pages.meeting.notice import page as meeting_notice
from app.pages.meeting.notice import series as meeting_series
from app.pages.meeting.record import follow_up, minutes
from app.pages.meeting.record import papers as meeting_papers
from app.pages.meeting.sitting import page as sitting
from app.pages.meeting.topic import page as topic
from app.pages.on_item import archive, copy, remark
from app.pages.oversight import health, log, seal
from app.pages.paperwork import page as paper
from app.pages.paperwork import verify
from app.pages.personal import account, api_docs, delegation, draft, feed, guide, sent, token, work
from app.pages.project import page as project
from app.pages.reporting import plan as report_plan
from app.pages.ruling import page as ruling
from app.pages.show import add_filters
from app.pages.supervision import batch, day, document, escalation, slip
from app.pages.words import current_lang, find_count_text, find_text, say_text
from config import Settings

STATIC = Path(__file__).resolve().parent / "static"
#: No inline style or script anywhere, nothing from elsewhere; Bootstrap's arrows are data: pictures.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_PAGES = (
    log_in.pages, log_in_step.pages, single_sign_on.pages, second_factor.pages, person_account.pages,
    person_access.pages, entry.pages, home.pages, item.pages, escalation.pages, report.pages, preference.pages,
    document.pages, attachment.pages, project.pages, batch.pages, organisation.pages, message.pages, template.pages,
    slip.pages, day.pages, work.pages, report_plan.pages, feed.pages, sent.pages,
    draft.pages, account.pages, delegation.pages, token.pages, api_docs.pages, guide.pages,
    export.pages, saved_view.pages,
    inbox.pages, log.pages, seal.pages, health.pages, remark.pages, copy.pages, archive.pages,
    dashboard.pages, calendar.pages, handover.pages, ruling.pages,
    fund.pages, fund_call.pages, keeping.pages, allocation.pages, payment.pages, fund_paper.pages,
    meeting_series.pages, meeting_notice.pages,
    sitting.pages, topic.pages, meeting_live.pages, meeting_notes.pages, meeting_decision.pages,
    minutes.pages, meeting_papers.pages, follow_up.pages, group.pages,
    paper.pages, verify.pages,
)  # fmt: skip
#: htmx as its package brings it.
_HTMX = Blueprint(
    "htmx",
    __name__,
    static_folder=Path(js_lib_htmx.__file__).parent / "static" / "htmx",
    static_url_path="/assets/htmx",
)
_FILES = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/assets")


def register(app: Flask, settings: Settings) -> None:
    """Give `app` the pages; `settings` say whether cookies need HTTPS."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the pages' guard checks; the API knows bearer tokens only
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token lasts as long as its session
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=settings.https)
    if settings.https:  # a browser takes such a cookie only over HTTPS and from this very host, from none beside it
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"
    app.static_url_path = app.static_url_path or "/assets"  # Bootstrap's own address ends with it
    Bootstrap5(app)
    Babel(app, default_locale="zh", locale_selector=pick_language)
    app.jinja_env.install_gettext_callables(find_text, find_count_text, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = say_text  # the templates' own way asks its context for every text
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    session.init(app, settings)
    add_filters(app)
    app.context_processor(_share)
    app.register_blueprint(_FILES)
    app.register_blueprint(_HTMX)
    for pages in _PAGES:
        app.register_blueprint(pages)
        app.before_request_funcs.setdefault(pages.name, []).extend([_require_database, session.guard])
        app.after_request_funcs.setdefault(pages.name, []).append(add_headers)
    app.after_request(_add_to_pages)
    app.after_request(_mend)
    error.register(app, [pages.name for pages in _PAGES])


def _require_database() -> None:
    """Serve no page before the database is upgraded, nor while a restore is not finished."""
    current_readiness().require()


def _share() -> dict[str, object]:
    """Return what every template may use."""
    settings = current_context().settings
    return {
        "lang": current_lang(),
        "theme": preference.choose_theme(),
        "visitor": current_user,
        "city": settings.city_en if current_lang() == "en" else settings.city_zh,
        "menu": menu.make_menu(),
        "tabs": menu.make_tabs(),
        "tell_unread": message.tell_unread,
        "tell_dropped": tell_dropped,
        "here": None,
        "this_address": name_this_address(),
        "asset": locate_asset,
        "token": make_token,
        "make_csrf": generate_csrf,
    }


@cache
def _hash(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def locate_asset(name: str) -> str:
    """Return the address of one of our own static files; it changes with the file's content."""
    return url_for("pages.static", filename=name, v=_hash(name))


def make_token() -> Markup:
    """Return the hidden field that every form which writes carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _add_to_pages(response: Response) -> Response:
    """Add the headers to whatever else is a page: addresses that lead nowhere are shown as one."""
    return add_headers(response) if response.mimetype == "text/html" else response


def _mend(response: Response) -> Response:
    """Lead to paths only, whatever host a request named (a doubled slash is led to the single one); show no NUL."""
    here = request.host_url
    if response.location and response.location.startswith(here):
        response.location = f"/{response.location.removeprefix(here).lstrip('/')}"
        response.set_data(b"")
    is_page = response.mimetype == "text/html" and not (response.is_streamed or response.direct_passthrough)
    if is_page and b"\0" in response.get_data():
        response.set_data(response.get_data().replace(b"\0", b""))
    return response


def add_headers(response: Response) -> Response:
    """Add the content policy and its kin; pages are never kept by a cache."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response

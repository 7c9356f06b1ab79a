"""The visitor of a request, as templates and flask-login know them, and the door that every page passes.

The session is a signed cookie with the person, their epoch and a random key; the key's row in `web_session` says
whether it still runs. All of it is looked up anew at every request, so log-out, a new password or a deactivation end
a session at once, a copied cookie included. Nothing in the cookie gives rights: those are the posts of the moment.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Sentence
from app.edge.auth import keep_own, require_actor
from app.edge.context import Unit, current_context
from app.pages.address import keep_inside, name_this_address
from app.pages.items.form import read_number
from app.pages.personal.form_address import FORM_FIELD, WHO_FIELD, collect_fields, locate_form
from app.pages.show import say
from app.pages.words import gettext as _
from app.policy.people import name_people
from app.queries.person import Account
from app.queries.visitor import FoundSession, HeldPost, find_session, name_posts
from app.services.organisation.web_session import (
    LAPSED_FOR,
    SessionLimits,
    begin_session,
    digest_key,
    end_session,
    is_due,
    touch_session,
)
from app.services.personal.draft import save_draft
from config import Settings

forgery = CSRFProtect()
_log_ins = LoginManager()
#: Pages for which nobody needs to be logged in.
PUBLIC = frozenset(
    {
        "log_in.show_form", "log_in.log_in", "log_in.log_out", "preference.choose", "draft.watch", "api_docs.show",
        "api_docs.send_file", "feed.read", "log_in_step.show_code", "log_in_step.send_code",
        "log_in_step.show_set_up", "log_in_step.confirm_set_up", "single_sign_on.go", "single_sign_on.come_back",
        "verify.show_form", "verify.show_code", "verify.check",
    }
)  # fmt: skip
#: Where somebody gets with a password that somebody else gave: it is changed before anything else.
TO_CHANGE = frozenset({"account.show_password", "account.set_password"})
#: Requests that a page sends by itself; they are no sign of life.
QUIET = frozenset({"draft.watch", "draft.show_token", "work.show_state", "live.show_wall_now"})
#: The header of what a page's own script sends: it is answered with a status instead of another page.
SCRIPT_HEADER = "X-Lianban"
_PERSON_PARTS = 3
_ANOTHER = Sentence(
    "这张表单是另一人登录时打开的，没有提交。填写中途自动保存的内容在那人的“我的—草稿”里，本人登录后可恢复。",
    "Somebody else was logged in when this form was opened, so it was not sent. What was saved while typing stands "
    "among that person's drafts (Me, Drafts) and can be restored after their log-in.",
)
_USER_KEY = "_user_id"
#: In the signed cookie of a session that the provider of single sign-on vouched for.
_VOUCHED = "vouched"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is logged in, with the posts of this moment; `key` is that of their browser's session."""

    account: Account
    posts: tuple[HeldPost, ...]
    key: str = field(repr=False)
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session keeps: the person, the epoch, the key."""
        return f"{_name_account(self.account)}.{self.key}"

    @property
    def person_id(self) -> int:
        """The person's id."""
        return self.account.person_id

    @property
    def must_change(self) -> bool:
        """Whether somebody else gave the password that opened this session."""
        return self.account.password_given_at is not None and not session.get(_VOUCHED, False)

    @property
    def name(self) -> str:
        """The person's name."""
        return self.account.name

    @property
    def theme(self) -> str:
        """The ground that the person chose."""
        return self.account.theme

    @property
    def post_text(self) -> str:
        """The first post in words, in the present language."""
        return say(self.posts[0].label) if self.posts else ""

    def name_post(self, post_id: int) -> str:
        """Return one of the posts in words, a lent one with whose it is."""
        own = next((say(post.label) for post in self.posts if post.post_id == post_id), None)
        return own if own is not None else _name_lent(self.person_id).get(post_id, str(post_id))


def _name_lent(person_id: int) -> dict[int, str]:
    """Return the posts that are lent to the visitor, in words by id; read once a request, only where one is named."""
    found: dict[int, str] | None = g.get("lent_posts")
    if found is None:
        with current_context().database.reading() as unit:
            lent = require_actor(unit, person_id).lent
            posts = name_posts(unit.connection(), {one.post_id for one in lent}) if lent else {}
            people = name_people(unit.connection(), {one.holder_id for one in lent}) if lent else {}
        found = {
            one.post_id: _("%(name)s的代理人（%(post)s）", name=people[one.holder_id], post=say(posts[one.post_id]))
            for one in reversed(lent)
        }
        g.lent_posts = found
    return found


@_log_ins.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
def load_visitor(kept: str) -> Visitor | None:
    """Return whom a session names; None once it was ended, has lapsed, or the person has left."""
    key, context = _read_key(kept), current_context()
    now = context.now()
    with context.database.reading() as unit:
        found = None if key is None else find_session(unit.connection(), digest_key(key), now, context.today())
        if key is None or found is None or not _is_theirs(found, kept):
            return None
        if limits().is_over(found.began_at, found.seen_at, now):
            g.lapsed = found if now < found.seen_at + LAPSED_FOR else None
            return None
        visitor = Visitor(found.account, found.posts, key)
    if is_due(found.seen_at, now) and request.endpoint not in QUIET:
        context.database.write(lambda unit: touch_session(unit.connection(), found.sha256, now))
    g.person_id, g.locale = visitor.person_id, visitor.account.locale
    keep_own(found.own)
    return visitor


def _is_theirs(found: FoundSession, kept: str) -> bool:
    """Whether nobody ended the session, and person and epoch are those of its log-in."""
    return found.ended_at is None and found.account.is_active and kept.startswith(f"{_name_account(found.account)}.")


def _name_account(account: Account) -> str:
    return f"{account.person_id}.{account.session_epoch}"


def _read_key(kept: str) -> str | None:
    """Return the key in what a session keeps; None in one that was made before sessions had keys."""
    parts = kept.split(".")
    return parts[-1] if len(parts) == _PERSON_PARTS else None


def limits() -> SessionLimits:
    """Return how long a session lasts in this installation."""
    settings = current_context().settings
    return SessionLimits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


def begin(person_id: int, *, is_vouched: bool = False) -> None:
    """Begin a session of this browser with a new key; nothing of the one before survives, it ends.

    Its token against forgery is another one, too. `is_vouched`: no password opened it.
    """
    context, now, agent = current_context(), current_context().now(), request.headers.get("User-Agent", "")
    sha256, address = own_digest(), request.remote_addr or ""

    def start(unit: Unit) -> tuple[str, FoundSession | None]:
        connection = unit.connection()
        if sha256 is not None:
            end_session(connection, sha256, now)
        key = begin_session(connection, person_id, agent, now, address=address)
        return key, find_session(connection, digest_key(key), now, context.today())

    key, found = context.database.write(start)
    session.clear()
    g.pop("_login_user", None)
    if found is not None:
        login_user(Visitor(found.account, found.posts, key))
        session.permanent = True
        if is_vouched:
            session[_VOUCHED] = True


def end() -> None:
    """End this browser's session: its row ends, so a copy of the cookie opens nothing."""
    context, now, sha256 = current_context(), current_context().now(), own_digest()
    if sha256 is not None:
        context.database.write(lambda unit: end_session(unit.connection(), sha256, now))
    session.clear()
    g.pop("_login_user", None)


def own_digest() -> str | None:
    """Return the SHA-256 of the key that this browser sent; None without one."""
    key = _read_key(str(session.get(_USER_KEY, "")))
    return None if key is None else digest_key(key)


def guard() -> Response | None:
    """Let a request through to a page: with its token where it writes, with a log-in where one is needed.

    A form that comes too late leads to log-in and back to the form. Its text becomes a draft of the person whose
    session lapsed, if it carries that session's own token; see docs/security.md.
    """
    try:
        forgery.protect()
    except CSRFError:
        form = locate_form(request.form.get(FORM_FIELD, ""))
        if not form:
            raise
        return _take_up_again(form) if current_user.is_authenticated else _ask_to_log_in(form, "ended")
    if current_user.is_authenticated and not _is_writer():
        raise ConflictError("another_person", _ANOTHER)
    if request.endpoint in PUBLIC or (request.endpoint in TO_CHANGE and current_user.is_authenticated):
        return None
    if current_user.is_authenticated:
        return _lead_to_password() if current_user.must_change else None
    if request.method == "POST" and (target := locate_form(request.form.get(FORM_FIELD, ""))):
        return _ask_to_log_in(*_keep_late_form(target))
    here = name_this_address()
    return _ask_to_log_in(None if here == "/" else here, "idle" if g.get("lapsed") else None)


def _lead_to_password() -> Response:
    """Lead whoever came in with a given password to where it is changed; a script is refused."""
    if SCRIPT_HEADER in request.headers:
        return Response(status=403)
    address = url_for("account.show_password")
    if "HX-Request" in request.headers:
        return Response(status=403, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _is_writer() -> bool:
    """Whether the form that was sent, if it names somebody, was shown to whoever is logged in now."""
    named = request.form.get(WHO_FIELD) if request.method == "POST" else None
    return named is None or read_number(named) == current_user.person_id


def _take_up_again(target: str) -> Response:
    """Show a form again whose session another log-in of the same person replaced: filled, with a token that is valid.

    Nothing was done, and nothing is until it is sent again. The cookie of a session comes with no request from
    another site (SameSite), so that such a text was typed here. ConflictError when somebody else had begun the form.
    """
    is_script = SCRIPT_HEADER in request.headers or "HX-Request" in request.headers
    if is_script or not _is_from_here() or request.form.get(WHO_FIELD) is None:
        raise CSRFError
    if not _is_writer():
        raise ConflictError("another_person", _ANOTHER)
    version, data = collect_fields(request.form)
    now, person_id, form = current_context().now(), current_user.person_id, request.form[FORM_FIELD]
    try:
        current_context().database.write(
            lambda unit: save_draft(unit.connection(), person_id, form, version, data, now)
        )
    except DomainError:  # too large to be kept
        raise CSRFError from None
    flash(_("重新登录后原页面已失效，没有提交。您填写的内容已恢复，核对后请再提交。"), "refused")
    return redirect(f"{target}?draft=restore", 303)


def _is_from_here() -> bool:
    """Whether the browser says that one of our own pages sent the request; one that says nothing is believed."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    return site == "same-origin" and (origin is None or urlsplit(origin).netloc == request.host)


def _keep_late_form(target: str) -> tuple[str, str]:
    """Keep what a lapsed session sent as a draft; returns where to go after log-in, and why."""
    found: FoundSession | None = g.get("lapsed")
    if found is None:
        return target, "ended"
    version, data = collect_fields(request.form)
    now, person_id, form = current_context().now(), found.account.person_id, request.form[FORM_FIELD]
    try:
        current_context().database.write(
            lambda unit: save_draft(unit.connection(), person_id, form, version, data, now)
        )
    except DomainError:  # too large to be kept: what was saved before stays
        return target, "ended"
    return f"{target}?draft=restore", "kept"


def _ask_to_log_in(target: str | None, reason: str | None) -> Response:
    if SCRIPT_HEADER in request.headers:
        return Response(status=401)
    if "HX-Request" in request.headers:
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        inside = keep_inside(f"{parts.path}?{parts.query}".rstrip("?"))
        return Response(status=401, headers={"HX-Redirect": url_for("log_in.show_form", next=inside)})
    return redirect(url_for("log_in.show_form", next=target, why=reason), 303)


def init(app: Flask, settings: Settings) -> None:
    """Give `app` its visitors. The cookie outlives its session by as long as a late form may be kept."""
    app.permanent_session_lifetime = timedelta(hours=settings.session_hours) + LAPSED_FOR
    forgery.init_app(app)
    _log_ins.init_app(app)

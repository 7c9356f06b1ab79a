"""The visitor of a request, as templates and flask-login know them, and the door that every page passes.

The session is a signed cookie that names the person and their epoch; both are looked up anew at every request, so
a new password or a deactivation, which raise the epoch, end every open session.
"""

from dataclasses import dataclass

from flask import Flask, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from app.edge.context import current_context
from app.pages.address import name_this_address
from app.pages.show import say
from app.queries.person import Account, find_account
from app.queries.visitor import HeldPost, list_held_posts

forgery = CSRFProtect()
_log_ins = LoginManager()
#: Pages for which nobody needs to be logged in.
PUBLIC = frozenset({"log_in.show_form", "log_in.log_in", "log_in.log_out", "preference.choose"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is logged in, with the posts of this moment."""

    account: Account
    posts: tuple[HeldPost, ...]
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session keeps: the person and the epoch."""
        return _key(self.account)

    @property
    def person_id(self) -> int:
        """The person's id."""
        return self.account.person_id

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
        """Return one of the posts in words."""
        return next((say(post.label) for post in self.posts if post.post_id == post_id), str(post_id))


@_log_ins.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
def load_visitor(key: str) -> Visitor | None:
    """Return whom a session's key names; None once the epoch was raised or the person has left."""
    visitor = _find(int(key.partition(".")[0]))
    if visitor is None or visitor.get_id() != key:
        return None
    g.person_id, g.account = visitor.person_id, visitor.account
    return visitor


def begin(person_id: int) -> None:
    """Begin a session of this browser; nothing of the anonymous one survives, its token against forgery included."""
    visitor = _find(person_id)
    session.clear()
    if visitor is not None:
        login_user(visitor)
        session.permanent = True


def end() -> None:
    """End this browser's session."""
    session.clear()
    g.pop("_login_user", None)


def _find(person_id: int) -> Visitor | None:
    context = current_context()
    with context.database.reading() as unit:
        account = find_account(unit.connection(), person_id)
        if account is None or not account.is_active:
            return None
        return Visitor(account, list_held_posts(unit.connection(), person_id, context.today()))


def _key(account: Account) -> str:
    return f"{account.person_id}.{account.session_epoch}"


def guard() -> Response | None:
    """Let a request through to a page: with its token where it writes, with a log-in where one is needed."""
    forgery.protect()
    if current_user.is_authenticated or request.endpoint in PUBLIC:
        return None
    here = name_this_address()
    return redirect(url_for("log_in.show_form", next=None if here == "/" else here), 303)


def init(app: Flask) -> None:
    """Give `app` its visitors."""
    forgery.init_app(app)
    _log_ins.init_app(app)

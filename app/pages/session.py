"""Who is logged in: a signed cookie that names the person and their session epoch, checked at every request."""

from dataclasses import dataclass

from flask import Flask, redirect, session, url_for
from flask_login import LoginManager, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.edge.context import current_context
from app.pages.address import name_this_address
from app.pages.show import say, show_today
from app.queries.visitor import HeldPost, VisitorRow, find_visitor

log_ins = LoginManager()
log_ins.session_protection = "basic"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is logged in, as templates and flask-login know them."""

    row: VisitorRow
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session keeps: the person and the epoch; a raised epoch ends the session."""
        return f"{self.row.person_id}.{self.row.session_epoch}"

    @property
    def person_id(self) -> int:
        """The person's id."""
        return self.row.person_id

    @property
    def name(self) -> str:
        """The person's name."""
        return self.row.name

    @property
    def locale(self) -> str | None:
        """The language that the person chose."""
        return self.row.locale

    @property
    def theme(self) -> str:
        """The ground that the person chose."""
        return self.row.theme

    @property
    def posts(self) -> tuple[HeldPost, ...]:
        """The posts held today."""
        return self.row.posts

    @property
    def post_text(self) -> str:
        """The first post in words, in the present language."""
        return say(self.row.posts[0].label) if self.row.posts else ""

    def name_post(self, post_id: int) -> str:
        """Return one of the posts in words."""
        return next((say(post.label) for post in self.row.posts if post.post_id == post_id), str(post_id))


def read_visitor(person_id: int) -> VisitorRow | None:
    """Return the active person, None when there is none."""
    with current_context().database.reading() as unit:
        return find_visitor(unit.connection(), person_id, show_today())


@log_ins.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
def load_visitor(key: str) -> Visitor | None:
    """Return whom a session's key names; None once the epoch was raised or the person has left."""
    person_id, _, epoch = key.partition(".")
    row = read_visitor(int(person_id)) if person_id.isdigit() else None
    return Visitor(row) if row is not None and str(row.session_epoch) == epoch else None


@log_ins.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_log_in() -> Response:
    """Send an anonymous visitor to the log-in and, after it, back to where they wanted to go."""
    here = name_this_address()
    return redirect(url_for("log_in.show_form", next=None if here == "/" else here), 303)


def begin(row: VisitorRow) -> None:
    """Begin a session for `row`: nothing of the anonymous one survives, its token against forgery included."""
    session.clear()
    login_user(Visitor(row))
    generate_csrf()


def end() -> None:
    """End the present session."""
    logout_user()
    session.clear()


def init(app: Flask) -> None:
    """Give `app` its log-in."""
    log_ins.init_app(app)

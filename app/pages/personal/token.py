"""One's own tokens for programs: listed, made (the text is shown once), revoked."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import InvalidError
from app.core.typed import DAY_UNITS, read_count
from app.edge.auth import make_act
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.pages.show import say
from app.pages.words import gettext as _
from app.queries.personal.token import list_tokens
from app.services.act import Act
from app.services.organisation.token import DAYS_MAX, TOKEN_DAYS, IssuedToken, issue_token, revoke_own_token

pages = Blueprint("token", __name__)
ROWS = 50


@dataclass(frozen=True, slots=True)
class TokenForm:
    """What was typed."""

    label: str = ""
    may_write: bool = False
    days: str = str(TOKEN_DAYS)


@pages.get("/me/tokens")
def show_tokens() -> str:
    """Show the visitor's tokens and the form of a new one."""
    return _render(TokenForm())


@pages.post("/me/tokens")
def make_token() -> Response | str | tuple[str, int]:
    """Make a token and show its text, this once."""
    form = TokenForm(request.form.get("label", ""), request.form.get("scope") == "write", request.form.get("days", ""))
    scopes = ("read", "write") if form.may_write else ("read",)
    person_id = current_user.person_id
    context = current_context()
    try:
        made = context.database.write(
            lambda unit: issue_token(_act(unit), person_id, form.label, scopes=scopes, days=_read_days(form.days))
        )
    except InvalidError as error:
        return _render(form, faults=error), answer_for(error).status
    return _render(TokenForm(), made=made)


@pages.post("/me/tokens/<int(max=9223372036854775807):token_id>/revoke")
def revoke(token_id: int) -> Response:
    """Revoke one of the visitor's tokens."""
    current_context().database.write(lambda unit: revoke_own_token(_act(unit), token_id))
    flash(_("令牌已撤销。"), "done")
    return redirect(url_for("token.show_tokens"), 303)


def _act(unit: Unit) -> Act:
    return make_act(current_context(), unit, current_user.person_id, role="self", source="page")


def _read_days(text: str) -> int:
    """Return the days that were typed, 0 for what is no whole number: the service says what is expected."""
    return read_count(text, DAY_UNITS) or 0


def _render(form: TokenForm, *, made: IssuedToken | None = None, faults: InvalidError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        page = list_tokens(unit.connection(), current_user.person_id, context.now(), limit=ROWS,
                           cursor=request.args.get("cursor") or None)  # fmt: skip
    shown: dict[str, Any] = {
        "form": form, "made": made, "tokens": page.items, "next_cursor": page.next_cursor, "days_max": DAYS_MAX,
        "faults": {fault.field: say(fault.sentence) for fault in faults.faults} if faults else {},
    }  # fmt: skip
    return render_template("tokens.html", here="me", **shown)

"""One's own second factor: switched on by a first code, off by password and code; recovery codes, shown once."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.personal.second_factor import (
    begin_own,
    confirm_own,
    find_own_offer,
    renew_own_codes,
    require_offered,
    switch_own_off,
)
from app.pages.account.drawing import draw_code, group_secret
from app.pages.organisation_form import tell_refusal
from app.pages.words import gettext as _
from app.queries.account.state import read_account_state

pages = Blueprint("second_factor", __name__, url_prefix="/me/second-factor")

Answer = Response | tuple[str, int] | str


@pages.get("")
def show() -> str:
    """Show whether the factor is on, and the secret that was begun with."""
    return _render(None, "")


def _render(refusal: DomainError | None, form: str) -> str:
    """Return the page; `form` names the one that was refused."""
    context = current_context()
    require_offered(context)
    with context.database.reading() as unit:
        state = read_account_state(unit.connection(), current_user.person_id)
        offer = None if state.factor_since else find_own_offer(context, unit, current_user.person_id)
    return render_template(
        "second_factor.html", here="me", state=state, form=form,
        drawing=None if offer is None else draw_code(offer.uri), uri=None if offer is None else offer.uri,
        secret=None if offer is None else group_secret(offer.secret), **tell_refusal(refusal),
    )  # fmt: skip


@pages.post("/begin")
def begin() -> Answer:
    """Make a secret; the page then shows it."""
    try:
        begin_own(current_context(), current_user.person_id, source="page")
    except ConflictError as error:
        return _render(error, ""), answer_for(error).status
    return redirect(url_for("second_factor.show"), 303)


@pages.post("/confirm")
def confirm() -> Answer:
    """Switch the factor on, and show the recovery codes this once."""
    form = request.form
    try:
        codes = confirm_own(
            current_context(), current_user.person_id, form.get("password", ""), form.get("code", ""), source="page"
        )
    except (InvalidError, ConflictError) as error:
        return _render(error, "confirm"), answer_for(error).status
    return render_template("recovery_codes.html", here="me", codes=codes, said=_("两步验证已启用。"))


@pages.post("/codes")
def renew() -> Answer:
    """Make new recovery codes, and show them this once."""
    form = request.form
    try:
        codes = renew_own_codes(
            current_context(), current_user.person_id, form.get("password", ""), form.get("code", ""), source="page"
        )
    except (InvalidError, ConflictError) as error:
        return _render(error, "codes"), answer_for(error).status
    return render_template("recovery_codes.html", here="me", codes=codes, said=_("恢复码已更换，原来的全部作废。"))


@pages.post("/off")
def end() -> Answer:
    """Switch the factor off."""
    form = request.form
    try:
        switch_own_off(
            current_context(), current_user.person_id, form.get("password", ""), form.get("code", ""), source="page"
        )
    except (InvalidError, ConflictError) as error:
        return _render(error, "off"), answer_for(error).status
    flash(_("两步验证已停用。"), "done")
    return redirect(url_for("second_factor.show"), 303)

"""What administrators do for somebody's account: end a pause, reset a second factor, link and unlink an identity."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, InvalidError
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.personal.second_factor import administer
from app.edge.personal.single_sign_on import current_client
from app.pages.organisation import PERSON, render_person
from app.pages.words import gettext as _
from app.services.account.identity import link_identity, unlink_identity
from app.services.account.second_factor import reset_factor
from app.services.act import Act
from app.services.organisation.password import unlock_person

pages = Blueprint("person_account", __name__, url_prefix="/organisation")

Answer = Response | tuple[str, int]


def _attempt(person_id: int, done: str, work: Callable[[Act], object]) -> Answer:
    try:
        administer(current_context(), current_user.person_id, work, source="page")
    except (InvalidError, ConflictError) as error:
        return render_person(person_id, error), answer_for(error).status
    flash(done, "done")
    return redirect(url_for("organisation.show_person", person_id=person_id), 303)


@pages.post(f"{PERSON}/unlock")
def unlock(person_id: int) -> Answer:
    """End the pause of an account."""
    return _attempt(person_id, _("已解除暂停，现在即可登录。"), lambda act: unlock_person(act, person_id))


@pages.post(f"{PERSON}/second-factor/reset")
def reset(person_id: int) -> Answer:
    """Take a person's second factor away, with a reason; they are told."""
    reason = request.form.get("reason", "")
    return _attempt(person_id, _("两步验证已重置，已通知本人。"), lambda act: reset_factor(act, person_id, reason))


@pages.post(f"{PERSON}/identities")
def link(person_id: int) -> Answer:
    """Link an identity of the installation's provider to a person."""
    client, subject = current_client(current_context()), request.form.get("subject", "")
    issuer = "" if client is None else client.provider.issuer
    return _attempt(
        person_id, _("已关联，已通知本人。"), lambda act: link_identity(act, person_id, issuer, subject)
    )  # fmt: skip


@pages.post(f"{PERSON}/identities/<int(max=9223372036854775807):identity_id>/unlink")
def unlink(person_id: int, identity_id: int) -> Answer:
    """Take an identity from a person."""
    return _attempt(
        person_id, _("已取消关联，已通知本人。"), lambda act: unlink_identity(act, person_id, identity_id)
    )  # fmt: skip

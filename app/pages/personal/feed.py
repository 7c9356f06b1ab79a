"""Calendar feeds: the visitor's own are made and revoked on a page; each is read at its secret address by a calendar.

The address is shown once, in the answer to its making: it stands in no address bar, history or log of ours.
"""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, NotFoundError, Sentence
from app.core.typed import DAY_UNITS, read_count
from app.edge.auth import make_act
from app.edge.context import current_context
from app.edge.errors import TooManyError, answer_for, faults_of
from app.edge.feed import make_own_feed, read_feed
from app.pages.show import say
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.personal.feed import list_feeds
from app.services.personal.feed import ALARM_MAX, revoke_feed

pages = Blueprint("feed", __name__)
_ALARMS = (0, 1, 2, 3, 7, 14)
_WRONG_ALARM = Sentence(f"应为0至{ALARM_MAX}天。", f"expected 0 to {ALARM_MAX} days.")


@pages.get("/me/feeds")
def show() -> str:
    """Show the visitor's feeds and the form for a new one."""
    return _render({"lang": current_lang(), "alarm_days": "1"})


@pages.post("/me/feeds")
def create() -> tuple[str, int] | str:
    """Make a feed and show its address, this once; what is wrong is told beside its field, what was typed stays."""
    given = {name: request.form.get(name, "") for name in ("label", "lang", "alarm_days")}
    context, person_id = current_context(), current_user.person_id
    try:
        alarm_days = _read_alarm(given["alarm_days"])
        _id, address = context.database.write(
            lambda unit: make_own_feed(
                context, make_act(context, unit, person_id, role="self", source="page"), given["label"],
                given["lang"], alarm_days,
            )
        )  # fmt: skip
    except (InvalidError, ConflictError) as error:
        return _render(given, error), answer_for(error).status
    return _render({"lang": current_lang(), "alarm_days": "1"}, address=address)


def _read_alarm(text: str) -> int | None:
    if not text:
        return None
    found = read_count(text, DAY_UNITS)
    if found is None or found > ALARM_MAX:
        raise InvalidError([Fault("alarm_days", _WRONG_ALARM)])
    return found


@pages.post("/me/feeds/<int(max=9223372036854775807):feed_id>/revoke")
def revoke(feed_id: int) -> AnyResponse:
    """Revoke a feed at once."""
    context, person_id = current_context(), current_user.person_id
    context.database.write(
        lambda unit: revoke_feed(make_act(context, unit, person_id, role="self", source="page"), feed_id)
    )
    flash(_("日历订阅已停用，原地址立即失效。"), "done")
    return redirect(url_for("feed.show"), 303)


@pages.get("/feeds/<key>.ics")
def read(key: str) -> Response:
    """Hand a feed to a calendar; plain answers, since no person reads them."""
    try:
        found = read_feed(current_context(), key, request.remote_addr or "")
    except (NotFoundError, TooManyError) as error:
        return _refuse(error)
    response = Response(found.content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="lianban.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(found.etag)
    response.make_conditional(request)
    return response


def _refuse(error: DomainError) -> Response:
    response = Response(f"{say(error.sentence)}\n", status=answer_for(error).status, mimetype="text/plain")
    response.headers["Cache-Control"] = "private, no-store"
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.retry_seconds)
    return response


def _render(given: dict[str, str], error: DomainError | None = None, address: str = "") -> str:
    with current_context().database.reading() as unit:
        feeds = list_feeds(unit.connection(), current_user.person_id)
    faults = () if error is None else faults_of(error) or (Fault("label", error.sentence),)
    return render_template(
        "feeds.html", here="me", feeds=feeds, given=given, faults=faults, address=address, alarms=_ALARMS,
        sentences={fault.field: say(fault.sentence) for fault in faults},
    )  # fmt: skip

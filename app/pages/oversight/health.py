"""The installation's health for its administrators: what is wrong and what mends it, what was told, what is well."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_login import current_user

from app.core.watch.finding import Finding
from app.edge.context import current_context
from app.edge.doctor.table import LABELS, STATE_LABELS
from app.edge.watching.standing import read_standing
from app.pages.show import say, say_label
from app.queries.oversight.alert import AlertView

pages = Blueprint("health", __name__)
_TONES = {"fault": "red", "warning": "yellow", "ok": ""}


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding in words; `tone`: red, yellow or nothing."""

    label: str
    state: str
    tone: str
    said: str
    mend: str


@pages.get("/health")
def show() -> str:
    """Show how the installation stands."""
    standing = read_standing(current_context(), current_user.person_id)
    bad = [_view(one) for one in standing.findings if one.state != "ok"]
    well = [_view(one) for one in standing.findings if one.state == "ok"]
    return render_template(
        "health.html", here="health", state=standing.state, bad=bad, well=well,
        alerts=[(_view_alert(one), one) for one in standing.alerts],
    )  # fmt: skip


def _view(found: Finding) -> FindingView:
    return FindingView(
        label=say_label(LABELS[found.check]),
        state=say_label(STATE_LABELS[found.state]),
        tone=_TONES[found.state],
        said=_capital(say(found.said)),
        mend=say(found.mend) if found.mend else "",
    )


def _view_alert(alert: AlertView) -> FindingView:
    label = say_label(LABELS[alert.check]) if alert.check in LABELS else alert.check
    tone = "" if alert.closed_at else _TONES[alert.state]
    mend = say(alert.mend) if alert.mend and not alert.closed_at else ""
    return FindingView(label, say_label(STATE_LABELS[alert.state]), tone, _capital(say(alert.said)), mend)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

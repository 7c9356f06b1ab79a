"""The bar of a meeting's steps: which are behind, with their day; the present one with its limit; what is ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from app.pages.show import say_label, show_day, show_instant_day
from app.pages.words import gettext as _
from app.queries.meeting.sitting import Sitting
from workflows.interpreter import Machine

ORDER = (
    "planned", "collecting", "agenda_set", "notified", "held", "minutes_draft", "minutes_cosign", "issued", "closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the bar; `css` is "done", "now" or empty."""

    label: str
    small: Markup
    css: str


def make_steps(
    sitting: Sitting, entered: Mapping[str, datetime], machine: Machine, paused: str | None
) -> list[StepView]:
    """Return the bar; a meeting that was put off or called off stands at the step where that happened."""
    reached = [name for name in ORDER if name in entered]
    present = sitting.state if sitting.state in ORDER else paused or (reached[-1] if reached else "planned")
    at = ORDER.index(present)
    found = []
    for place, name in enumerate(ORDER):
        label = say_label(machine.states[name].label)
        is_over = sitting.state == "closed" and name == "closed"
        if place < at or is_over:
            day = show_instant_day(_done_at(sitting, entered, name)) if _done_at(sitting, entered, name) else Markup()
            found.append(StepView(f"✓ {label}", day, "done"))
        else:
            found.append(StepView(label, _tell_limit(sitting, name), "now" if place == at else ""))
    return found


def _done_at(sitting: Sitting, entered: Mapping[str, datetime], name: str) -> datetime | None:
    own: dict[str, Any] = {"notified": sitting.notified_at, "held": sitting.opened_at, "issued": sitting.issued_at}
    return own.get(name) or entered.get(name)


def _tell_limit(sitting: Sitting, name: str) -> Markup:
    """Return until when or when a step that is not behind is to be done."""
    is_now = sitting.state == name
    match name:
        case "collecting" if sitting.cutoff_on is not None:
            return escape(_("截止%(day)s")) % {"day": show_day(sitting.cutoff_on)}
        case "notified" if sitting.notice_on is not None and not is_now:
            return escape(_("限%(day)s")) % {"day": show_day(sitting.notice_on)}
        case "held":
            return show_instant_day(sitting.starts_at)
        case "minutes_draft" if is_now and sitting.due_on is not None:
            return escape(_("限%(day)s")) % {"day": show_day(sitting.due_on)}
        case "minutes_cosign" if sitting.cosign_until_on is not None and is_now:
            return escape(_("限%(day)s")) % {"day": show_day(sitting.cosign_until_on)}
        case _:
            return Markup()

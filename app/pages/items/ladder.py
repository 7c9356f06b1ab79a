"""The ladders of an item's page: what was reached, where it stands, what lies ahead."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from app.edge.context import Context
from app.pages.items.item_row import name_role
from app.pages.show import say_label, show_instant_day
from app.pages.words import gettext as _
from app.queries.escalation import LadderView, ReachedRung, RungAhead
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause
from workflows.roles import ROLES


@dataclass(frozen=True, slots=True)
class RungView:
    """A rung: raised on a day, or to be raised on one."""

    level: int
    text: str
    when: Markup
    is_reached: bool
    is_present: bool


@dataclass(frozen=True, slots=True)
class LadderPanel:
    """The rungs of one cause that runs now."""

    cause: str
    rungs: tuple[RungView, ...]


def make_ladders(view: LadderView, context: Context, present: int, kind: str = "") -> list[LadderPanel]:
    """Return a panel for every running episode that has reached a rung, the highest first; else the nearest one.

    Ahead are only rungs above `present`, the item's level: what another cause has reached is not reached again. `kind`
    is the item's: beside money, who leads is who asks.
    """
    reached = [rung for rung in view.reached if not rung.has_ended]
    episodes = dict.fromkeys([(r.cause, r.anchor) for r in reached] + [(r.cause, r.anchor) for r in view.ahead])
    panels = []
    for cause, anchor in episodes:
        mine = [rung for rung in reached if (rung.cause, rung.anchor) == (cause, anchor)]
        ahead = [r for r in view.ahead if (r.cause, r.anchor) == (cause, anchor) and r.level > present]
        top = max((rung.level for rung in mine), default=0)
        rungs = tuple(_rungs(mine, ahead, top, context, kind))
        panels.append((top, LadderPanel(say_label(CAUSE_LABELS[Cause(cause)]), rungs)))
    raised = sorted((pair for pair in panels if pair[0]), key=lambda pair: -pair[0])
    return [panel for _top, panel in raised or panels[:1] if panel.rungs]


def _rungs(
    reached: list[ReachedRung], ahead: list[RungAhead], top: int, context: Context, kind: str
) -> Iterator[RungView]:
    for rung in sorted(reached, key=lambda one: one.level):
        when = escape(_("%(day)s已发")) % {"day": show_instant_day(rung.raised_at)}
        if rung.is_superseded:
            when = escape(_("并入上一级"))
        name = _name(rung.level, rung.to_role, kind)
        yield RungView(rung.level, name, when, is_reached=True, is_present=rung.level == top)
    for rung_ahead in ahead:
        is_due = rung_ahead.at <= context.now()
        when = escape(_("下次巡检")) if is_due else show_instant_day(rung_ahead.at)
        if rung_ahead.is_provisional and not is_due:
            when = escape(_("%(day)s（暂定）")) % {"day": when}
        name = _name(rung_ahead.level, rung_ahead.to_role, kind)
        yield RungView(rung_ahead.level, name, when, is_reached=False, is_present=False)


def _name(level: int, role: str, kind: str) -> str:
    label = name_role(ROLES[role], kind) if role in ROLES else role
    return _("%(level)s，致%(who)s", level=say_label(LEVEL_LABELS[level]), who=label)

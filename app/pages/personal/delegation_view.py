"""Delegations in words: who for whom, until when, in what."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_login import current_user
from markupsafe import Markup, escape

from app.core.money import format_amount
from app.edge.context import current_context
from app.pages.show import join_names, say, say_label, show_day, show_instant
from app.pages.words import gettext as _
from app.queries.personal.delegation import DelegationRow
from workflows.catalogue import WORKFLOWS
from workflows.delegation.period import STAGE_LABELS, Stage

_OPEN = frozenset({Stage.OFFERED, Stage.ACCEPTED, Stage.RUNNING})
_TONES = {Stage.RUNNING: "blue", Stage.OFFERED: "yellow"}


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """A delegation as a list shows it, with what the visitor may do to it."""

    id: int
    who: str
    stage: str
    tone: str
    period: Markup
    scope: str
    reason: str
    notes: tuple[str, ...]
    may_answer: bool
    may_end: bool
    is_open: bool


def make_delegation_line(row: DelegationRow) -> DelegationLine:
    """Return a delegation for reading."""
    is_open = row.stage in _OPEN
    mine = current_user.person_id in (row.principal_id, row.substitute_id)
    notes = []
    if row.is_by_office:
        notes.append(_("协调办%(name)s代为登记", name=row.made_by_name))
    if row.ended_by_name and row.stage is Stage.ENDED:
        notes.append(_("%(name)s提前结束", name=row.ended_by_name))
    if row.note:
        notes.append(_("说明：%(note)s", note=row.note))
    return DelegationLine(
        id=row.id,
        who=_("%(name)s（代%(other)s）", name=row.substitute_name, other=row.principal_name),
        stage=say_label(STAGE_LABELS[row.stage]),
        tone=_TONES.get(row.stage, "grey"),
        period=tell_period(row.from_at, row.to_at),
        scope=tell_scope(row),
        reason=row.reason,
        notes=tuple(notes),
        may_answer=row.stage is Stage.OFFERED and row.substitute_id == current_user.person_id,
        may_end=is_open and mine and not (row.stage is Stage.OFFERED and row.substitute_id == current_user.person_id),
        is_open=is_open,
    )


def tell_scope(row: DelegationRow) -> str:
    """Return what is lent, in words."""
    posts = _("全部职务") if row.posts is None else join_names(say(post.label) for post in row.posts)
    kinds = _("全部事项") if row.kinds is None else join_names(say(WORKFLOWS[kind].label) for kind in row.kinds)
    scope = _("%(posts)s，%(kinds)s", posts=posts, kinds=kinds)
    if row.amount_max_fen is None:
        return scope
    return _("%(scope)s，资金%(amount)s元以内", scope=scope, amount=format_amount(row.amount_max_fen))


def tell_period(from_at: datetime, to_at: datetime) -> Markup:
    """Return a period in words; one of whole days names its first and its last day."""
    return escape(_("%(first)s至%(last)s")) % {"first": _tell_begin(from_at), "last": tell_last(to_at)}


def _tell_begin(from_at: datetime) -> Markup:
    local = from_at.astimezone(current_context().settings.timezone)
    return show_day(local.date()) if local.time() == time() else show_instant(from_at)


def tell_last(to_at: datetime) -> Markup:
    """Return the last day of a period that ends at midnight, else the instant of its end."""
    local = to_at.astimezone(current_context().settings.timezone)
    return show_day(local.date() - timedelta(days=1)) if local.time() == time() else show_instant(to_at)

"""Words of topics, decisions and attendance, as the pages of meetings share them."""

from datetime import datetime

from markupsafe import Markup, escape

from app.edge.context import current_context
from app.pages.show import keep_together, say_label, show_day
from app.pages.words import gettext as _
from app.queries.meeting.agenda import TopicRow
from workflows.fields import CHOICE_LABELS
from workflows.meeting.procedure import FORUMS, MATTERS


def name_topic_kind(kind: str) -> str:
    """Return what kind of a topic it is, empty for one that a department proposed."""
    return {"follow_up": _("上次议定事项"), "escalated": _("提交会议的督办事项"), "procedural": _("程序性议题")}.get(
        kind, ""
    )


def name_matter(matter: str) -> str:
    """Return the label of a matter."""
    return say_label(MATTERS[matter])


def name_forum(forum: str) -> str:
    """Return the label of a forum."""
    return say_label(FORUMS[forum])


def name_outcome(outcome: str | None) -> str:
    """Return the label of an outcome; empty without one."""
    return "" if outcome is None else say_label(CHOICE_LABELS[outcome])


def show_clock(at: datetime) -> Markup:
    """Return the time of day of an instant in the city's zone: 14:30."""
    return keep_together(f"{at.astimezone(current_context().settings.timezone):%H:%M}")


def show_span(starts_at: datetime, ends_at: datetime) -> Markup:
    """Return when a meeting is, for a sentence: 6月15日 14:30—16:10."""
    zone = current_context().settings.timezone
    day = starts_at.astimezone(zone).date()
    return escape(_("%(day)s %(begins)s—%(ends)s")) % {
        "day": show_day(day), "begins": show_clock(starts_at), "ends": show_clock(ends_at),
    }  # fmt: skip


def list_tags(topic: TopicRow) -> list[str]:
    """Return what is particular about a topic, in single words."""
    tags = [name_topic_kind(topic.kind)] if topic.kind != "topic" else []
    if topic.is_late:
        tags.append(_("临时动议"))
    if topic.overruled and not topic.is_late:
        tags.append(_("主持人裁定"))
    if topic.deferrals:
        tags.append(_("已转%(count)s次", count=topic.deferrals))
    if topic.confidential:
        tags.append(_("限定范围"))
    return tags


def tell_votes(topic: TopicRow) -> str:
    """Return how a topic was voted on: the counts, or by consent."""
    if topic.votes_for is None:
        return _("协商一致")
    return _("赞成%(yes)s，反对%(no)s，弃权%(none)s", yes=topic.votes_for, no=topic.votes_against,
             none=topic.votes_abstained or 0)  # fmt: skip

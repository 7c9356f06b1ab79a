"""The form in which a topic is proposed or corrected: its fields, what was typed, the departments concerned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.edge.context import Context, Unit
from app.pages.department_order import order_departments
from app.pages.fund.typed import Ask, make_given, read_typed
from app.pages.items.form import read_number
from app.pages.listing.choices import Choice
from app.pages.meeting.wording import name_matter, show_span
from app.pages.words import gettext as _
from app.queries.department import list_departments
from app.queries.meeting.sittings import SittingFilter, list_sittings
from workflows.meeting.procedure import MATTERS

_MEETINGS_MAX = 60
_AHEAD = ("planned", "collecting", "agenda_set", "notified", "postponed")
_CONCERNED_MAX = 60


@dataclass(frozen=True, slots=True)
class TopicForm:
    """What was typed: single fields by name, and the departments that were ticked."""

    typed: Mapping[str, str] = field(default_factory=dict)
    concerned: tuple[int, ...] = ()


def ask_topic(meetings: Sequence[Choice], posts: Sequence[tuple[int, str]], *, is_new: bool) -> list[Ask]:
    """Return the fields; a topic that exists keeps its meeting and who may read it."""
    matters = tuple(Choice(name, name_matter(name), is_chosen=False) for name in MATTERS)
    own = tuple(Choice(str(post_id), label, is_chosen=False) for post_id, label in posts)
    return [
        *([Ask("meeting", _("所属会议"), "id", options=tuple(meetings))] if is_new else []),
        *([Ask("as", _("以哪个身份办理"), "id", options=own)] if is_new and len(own) > 1 else []),
        Ask("title", _("议题名称")),
        Ask("matter", _("事项类别"), "choice", _("决定由哪一级会议审议"), options=matters, value="coordination"),
        Ask("brief", _("事由和协调情况"), "text", _("写明背景、已与哪些单位协商、分歧在哪里")),
        Ask("sought", _("提请会议决定的事项"), "text", _("写成会议可以直接同意的一句话")),
        Ask("minutes_wanted", _("需要时间（分钟）"), "number", is_required=False),
        *(
            [Ask("confidential", _("限定知悉范围"), "check", is_required=False)]
            if is_new else []
        ),
    ]  # fmt: skip


def list_meetings(unit: Unit, context: Context, readers: Sequence[str]) -> list[Choice]:
    """Return the meetings for which topics may still be proposed, nearest first."""
    page = list_sittings(
        unit.connection(), readers, SittingFilter(states=_AHEAD, is_past=False), zone=context.settings.timezone,
        limit=_MEETINGS_MAX,
    )  # fmt: skip
    return [
        Choice(str(row.id), f"{row.title}　{show_span(row.starts_at, row.ends_at).striptags()}", is_chosen=False)
        for row in page.items
    ]


def list_concerned(unit: Unit, context: Context, own: int | None, chosen: Sequence[int]) -> list[Choice]:
    """Return the departments to tick, at the top level, without the proposer's own."""
    rows = [row for row in list_departments(unit.connection(), context.today()) if row.parent_id is None]
    return [
        Choice(str(row.id), label, row.id in chosen) for row, label in order_departments(rows) if row.id != own
    ]  # fmt: skip


def read_topic_form(form: MultiDict[str, str], asks: Sequence[Ask]) -> TopicForm:
    """Read a sent form."""
    ids = [read_number(text) for text in form.getlist("concerned")[:_CONCERNED_MAX]]
    return TopicForm(read_typed(form, asks), tuple(one for one in ids if one is not None))


def make_topic(form: TopicForm, asks: Sequence[Ask]) -> dict[str, Any]:
    """Return the form as its schema takes it."""
    given = make_given(asks, form.typed)
    if not str(form.typed.get("minutes_wanted", "")).strip():
        given["minutes_wanted"] = None
    return given | {"concerned": list(form.concerned)}

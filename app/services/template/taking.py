"""Takes a template from a project: roles, phases, gates, tasks with limits, order; no people, dates or amounts.

Limits count working days by the calendar from the phase's start to the date first agreed. What the project does not
keep (gate lines, expected documents, indicators) comes from the template that it was made from, if there is one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.models.template import ProjectTemplate
from app.services.rulebook import Rulebook
from app.services.template.project_parts import ProjectParts, TaskParts, read_parts
from app.services.template.storing import as_invalid
from workflows.calendar import Calendar
from workflows.template import MilestonePlan, PhasePlan, RoleSlot, TaskPlan, TaskSupport, Template, TemplateError
from workflows.template_reader import read_body
from workflows.template_writer import make_body
from workflows.words import Text

_GATE = Text("本阶段目标已达到，佐证齐全", "The phase has reached its aims, with evidence")
_CRITERION = Text("成果符合要求，佐证齐全", "The result meets the requirement, with evidence")
_LEADS = Text("牵头实施，对总体进度和成果负责", "Leads, answers for progress and results")
_SUPPORTS = Text("按任务分工配合", "Supports as each task says")
_WHOLE = Text("项目完成", "Project finished")
_ONE_PHASE = Text("实施", "Implementation")
_WHOLE_PCT = 100


@dataclass(frozen=True, slots=True)
class _Span:
    """A phase of the project between two days; the start itself does not count."""

    key: str
    name: Text
    start_on: date
    end_on: date


def take_template(
    connection: Connection, book: Rulebook, item_id: int, key: str, label: Text, *, lang: str = "zh"
) -> Template:
    """Return the template of a project; it has been read as strictly as any other.

    `lang` is the language in which the project is written. NotFoundError when there is no such project,
    ConflictError for a confidential one (templates are read by all), InvalidError when it does not make a template.
    """
    draft = draft_template(connection, book, item_id, key, label, lang=lang)
    try:
        return read_body(make_body(draft), f"project {item_id}")
    except TemplateError as error:
        raise as_invalid(error) from None


def draft_template(
    connection: Connection, book: Rulebook, item_id: int, key: str, label: Text, *, lang: str = "zh"
) -> Template:
    """Return the same before the strict reading, to be written out and put right by hand."""
    parts = read_parts(connection, item_id)
    if parts is None:
        raise NotFoundError
    if parts.confidential:
        raise ConflictError(
            "confidential",
            Sentence("涉及保密要求的项目不能做成模板。", "A confidential project does not become a template."),
        )
    calendar = book.calendar(connection)
    spans = _lay_spans(calendar, parts)
    origin = _find_origin(connection, parts.template)
    roles = _name_roles(parts)
    return Template(
        key=key,
        languages=(lang,),
        label=label,
        purpose=origin.purpose if origin else _same(parts.description or parts.title),
        rhythm=parts.rhythm or "none",
        roles=_make_roles(parts, roles),
        phases=_make_phases(calendar, spans, origin),
        tasks=tuple(_make_task(calendar, spans, roles, parts, task) for task in parts.tasks),
        milestones=_make_milestones(calendar, spans, parts),
        indicators=origin.indicators if origin else (),
        budget=origin.budget if origin else (),
    )


def _same(text: str) -> Text:
    return Text(text, text)


def _find_origin(connection: Connection, code: str) -> Template | None:
    """Return the stored template that a project was made from: `key@version`."""
    key, _, version = code.partition("@")
    if not version.isdigit():
        return None
    body = connection.execute(
        select(ProjectTemplate.body).where(ProjectTemplate.key == key, ProjectTemplate.version == int(version))
    ).scalar()
    return None if body is None else read_body(json.loads(body), code)


def _lay_spans(calendar: Calendar, parts: ProjectParts) -> list[_Span]:
    """Return the phases with their days; unplanned ones share the time from start to due date evenly."""
    start_on = parts.start_on or calendar.local_date(parts.created_at)
    last_on = max([task.due_on for task in parts.tasks if task.due_on is not None], default=None)
    ends = [phase.planned_on for phase in parts.phases]
    if not all(ends) or not ends:
        ends = _share_out(calendar, start_on, parts.due_on or last_on, max(len(ends), 1))
    known = [end for end in ends if end is not None]
    if last_on is not None and last_on > known[-1]:
        known[-1] = last_on
    if any(calendar.workdays_between(a, b) < 1 for a, b in pairwise([start_on, *known])):
        raise _refuse("阶段的计划日期没有先后顺序，或早于项目开始日期",
                      "the phases' dates are not in order, or lie before the project's start")  # fmt: skip
    names = [(Text(phase.name, phase.name_en)) for phase in parts.phases] or [_ONE_PHASE]
    starts = [start_on, *known[:-1]]
    return [
        _Span(f"phase-{seq}", name, begin, end)
        for seq, (name, begin, end) in enumerate(zip(names, starts, known, strict=True), 1)
    ]


def _share_out(calendar: Calendar, start_on: date, end_on: date | None, count: int) -> list[date | None]:
    total = 0 if end_on is None else calendar.workdays_between(start_on, end_on)
    if total < count:
        raise _refuse("项目没有可用的阶段计划日期或完成期限", "the project has neither planned phases nor a due date")
    return [calendar.add_workdays(start_on, total * seq // count) for seq in range(1, count + 1)]


def _refuse(zh: str, en: str) -> InvalidError:
    return InvalidError([Fault("project", Sentence(f"{zh}，不能做成模板。", f"No template can be made: {en}."))])


def _name_roles(parts: ProjectParts) -> dict[int, str]:
    """Return a role's key for each department of the project and its tasks: `lead`, then by the department's code."""
    found = {parts.lead_id: "lead"}
    for number, (department_id, code) in enumerate(parts.codes.items(), 1):
        slug = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")[:20].strip("-")
        key = slug if re.match(r"[a-z]", slug) else f"unit-{number}"
        if department_id not in found:
            found[department_id] = key if key not in found.values() else f"{key}-{number}"
    return found


def _make_roles(parts: ProjectParts, roles: Mapping[int, str]) -> tuple[RoleSlot, ...]:
    return tuple(
        RoleSlot(
            key=key,
            label=Text(*parts.names[department_id]),
            hint=_same(f"原项目由{parts.names[department_id][0]}承担"),
            owes=_LEADS if key == "lead" else _say_owes(parts.owes.get(department_id)),
            is_lead=key == "lead",
        )
        for department_id, key in roles.items()
    )


def _say_owes(owes: str | None) -> Text:
    return _same(owes) if owes else _SUPPORTS


def _make_phases(calendar: Calendar, spans: Sequence[_Span], origin: Template | None) -> tuple[PhasePlan, ...]:
    known = {phase.name.zh: phase for phase in origin.phases} if origin else {}
    return tuple(
        PhasePlan(
            key=span.key,
            name=span.name,
            workdays=calendar.workdays_between(span.start_on, span.end_on),
            gate=known[span.name.zh].gate if span.name.zh in known else (_GATE,),
            outputs=known[span.name.zh].outputs if span.name.zh in known else {},
        )
        for span in spans
    )


def _find_span(spans: Sequence[_Span], on: date | None) -> _Span:
    """Return the phase in which a day falls; without a day, and after the end, the last one."""
    return next((span for span in spans if on is not None and on <= span.end_on), spans[-1])


def _count(calendar: Calendar, span: _Span, on: date | None) -> int:
    end = span.end_on if on is None else min(on, span.end_on)
    return max(1, calendar.workdays_between(span.start_on, end))


def _make_task(
    calendar: Calendar, spans: Sequence[_Span], roles: Mapping[int, str], parts: ProjectParts, task: TaskParts
) -> TaskPlan:
    span = _find_span(spans, task.due_on)
    return TaskPlan(
        key=task.key,
        title=_same(task.title),
        phase=span.key,
        stage=task.stage,
        lead=roles[task.lead_id],
        limit_workdays=_count(calendar, span, task.due_on),
        requirement=_same(task.requirement or task.title),
        criteria=tuple(_same(line) for line in task.criteria) or (_CRITERION,),
        supports=tuple(
            TaskSupport(roles[department_id], _say_owes(owes))
            for department_id, owes in task.supports
            if department_id != task.lead_id
        ),
        after=tuple(parts.keys[earlier] for earlier in task.after if earlier in parts.keys),
        urgency=task.urgency,
        rhythm=task.rhythm or "none",
    )


def _make_milestones(calendar: Calendar, spans: Sequence[_Span], parts: ProjectParts) -> tuple[MilestonePlan, ...]:
    """Return the milestones, their weights brought to 100 by largest remainder."""
    if not parts.milestones:
        last = spans[-1]
        return (MilestonePlan("finished", _WHOLE, last.key, _count(calendar, last, None), _WHOLE_PCT),)
    weights = [one.weight_pct for one in parts.milestones]
    if not any(weights):
        weights = [1] * len(weights)
    exact = [weight * _WHOLE_PCT / sum(weights) for weight in weights]
    whole = [int(share) for share in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in by_rest[: _WHOLE_PCT - sum(whole)]:
        whole[place] += 1
    found = []
    for number, (one, weight) in enumerate(zip(parts.milestones, whole, strict=True), 1):
        span = _find_span(spans, one.planned_on)
        plan = MilestonePlan(f"milestone-{number}", _same(one.name), span.key, 1, weight)
        found.append(replace(plan, offset_workdays=_count(calendar, span, one.planned_on)))
    return tuple(found)

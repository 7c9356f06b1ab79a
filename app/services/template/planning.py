"""Shows what a project made from a template would be: its dates, its departments, its tasks; writes nothing.

Making a project writes exactly what the plan shows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.text import TITLE_MAX, clean
from app.services.rulebook import Rulebook
from app.services.template.filling import Filled, fill_roles
from app.services.template.storing import StoredTemplate, load_template
from workflows.template import LANGUAGES, RoleSlot, TaskPlan, Template
from workflows.template_layout import Due, LaidMilestone, LaidPhase, LaidTask, Layout, lay_out
from workflows.words import Text

#: A start farther away than this is a slip of the keyboard.
_PAST_MAX = timedelta(days=366)
_AHEAD_MAX = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants made. `departments` are ids, codes or names by role; `start_on` None is today.

    `skip` are keys of tasks that are left out; `lang` is the language of what is written into the project.
    """

    template_id: int
    title: str
    departments: Mapping[str, int | str]
    start_on: date | None = None
    skip: Sequence[str] = ()
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class PlannedSupport:
    """A department that supports, and what it owes."""

    department_id: int
    name: str
    owes: str


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task that would be made, with its words in the project's language."""

    key: str
    title: str
    phase_seq: int
    stage: str
    lead_id: int
    lead_name: str
    due: Due
    requirement: str
    criteria: tuple[str, ...]
    supports: tuple[PlannedSupport, ...]
    after: tuple[str, ...]
    urgency: str
    rhythm: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A project that would be made."""

    stored: StoredTemplate
    title: str
    description: str
    lang: str
    start_on: date
    due: Due
    is_provisional: bool
    lead_id: int
    lead_name: str
    supports: tuple[PlannedSupport, ...]
    phases: tuple[LaidPhase, ...]
    milestones: tuple[LaidMilestone, ...]
    tasks: tuple[PlannedTask, ...]

    @property
    def template(self) -> Template:
        """The template that it is made from."""
        return self.stored.template

    @property
    def code(self) -> str:
        """What the project keeps of its template: key and version."""
        return f"{self.template.key}@{self.stored.version}"


@dataclass
class _Faults:
    found: list[Fault] = field(default_factory=list)

    def add(self, place: str, zh: str, en: str) -> None:
        self.found.append(Fault(place, Sentence(f"{zh}。", f"{en}.")))


def plan_project(connection: Connection, book: Rulebook, now: datetime, order: Order) -> Plan:
    """Return what `order` would make; InvalidError lists every fault, ConflictError for a retired template."""
    stored = load_template(connection, order.template_id)
    if stored.is_retired:
        raise ConflictError(
            "template_retired",
            Sentence("此项目模板已停用，请改用新版。", "This template is retired; use a newer one."),
        )
    calendar = book.calendar(connection)
    today = calendar.local_date(now)
    faults = _Faults()
    title = _check_title(faults, order.title)
    start_on = order.start_on or today
    if not today - _PAST_MAX <= start_on <= today + _AHEAD_MAX:
        faults.add("start_on", "开始日期应在过去一年至今后五年之间",
                   "The start lies between one year ago and five years ahead")  # fmt: skip
    _check_skip(faults, stored.template, order.skip)
    if order.lang not in LANGUAGES:
        faults.add("lang", "应为zh或en", "Expected zh or en")
    filled, wrong = fill_roles(connection, stored.template, order.departments, today)
    faults.found += wrong
    if not wrong:
        _check_joint(faults, stored.template, filled)
    if faults.found:
        raise InvalidError(faults.found)
    layout = lay_out(stored.template, calendar, start_on, frozenset(order.skip))
    return _make_plan(stored, title, order.lang, layout, filled)


def _check_title(faults: _Faults, given: str) -> str:
    title = clean(given)
    if not title:
        faults.add("title", "请填写项目名称", "A title is needed")
    elif len(title) > TITLE_MAX:
        faults.add(
            "title", f"最多{TITLE_MAX}字，现为{len(title)}字", f"At most {TITLE_MAX} characters, got {len(title)}"
        )
    return title


def _check_skip(faults: _Faults, template: Template, skip: Sequence[str]) -> None:
    known = {task.key for task in template.tasks}
    for key in dict.fromkeys(skip):
        if key not in known:
            listed = ", ".join(task.key for task in template.tasks)
            faults.add("skip", f"模板中没有任务“{key}”，可填：{listed}",
                       f"The template has no task {key!r}; known are: {listed}")  # fmt: skip


def _check_joint(faults: _Faults, template: Template, filled: Mapping[str, Filled]) -> None:
    lead = filled[template.lead.key]
    if all(one.department_id == lead.department_id for one in filled.values()):
        faults.add("departments", "联合项目至少要有一个牵头单位以外的配合单位",
                   "A joint project needs a supporting department beside the lead")  # fmt: skip
    for key, text in _gather_owes(_project_parts(template), filled, lead.department_id, "zh").items():
        if len(text[1]) > TITLE_MAX:
            faults.add("departments", f"“{text[0]}”承担角色过多，分工合计超过{TITLE_MAX}字",
                       f"Department {key} has too many roles: what it owes is longer than {TITLE_MAX}")  # fmt: skip


def _project_parts(template: Template) -> list[tuple[str, Text]]:
    return [(role.key, role.owes) for role in template.roles if not role.is_lead]


def _gather_owes(
    parts: Iterable[tuple[str, Text]], filled: Mapping[str, Filled], lead_id: int, lang: str
) -> dict[int, tuple[str, str]]:
    """Return name and duties of each supporting department; one that has several roles owes all of them."""
    found: dict[int, tuple[str, list[str]]] = {}
    for role, owes in parts:
        if role in filled and filled[role].department_id != lead_id:
            found.setdefault(filled[role].department_id, (filled[role].name, []))[1].append(owes.in_language(lang))
    mark = "；" if lang == "zh" else "; "
    return {key: (name, mark.join(dict.fromkeys(texts))) for key, (name, texts) in found.items()}


def _support(
    parts: Iterable[tuple[str, Text]], filled: Mapping[str, Filled], lead_id: int, lang: str
) -> tuple[PlannedSupport, ...]:
    gathered = _gather_owes(parts, filled, lead_id, lang)
    return tuple(PlannedSupport(key, name, owes) for key, (name, owes) in gathered.items())


def _make_plan(stored: StoredTemplate, title: str, lang: str, layout: Layout, filled: Mapping[str, Filled]) -> Plan:
    template = stored.template
    lead = filled[template.lead.key]
    seqs = {phase.plan.key: phase.seq for phase in layout.phases}
    absent = [role for role in template.roles if role.key not in filled]
    tasks = tuple(_make_task(task, seqs, filled, absent, lang) for task in layout.tasks)
    parts = [(role, role.owes) for role in absent]
    return Plan(
        stored=stored,
        title=title,
        description=_add_outsiders(template.purpose.in_language(lang), parts, lang),
        lang=lang,
        start_on=layout.start_on,
        due=layout.due,
        is_provisional=layout.is_provisional,
        lead_id=lead.department_id,
        lead_name=lead.name,
        supports=_support(_project_parts(template), filled, lead.department_id, lang),
        phases=layout.phases,
        milestones=layout.milestones,
        tasks=tasks,
    )


def _make_task(
    laid: LaidTask, seqs: Mapping[str, int], filled: Mapping[str, Filled], absent: Sequence[RoleSlot], lang: str
) -> PlannedTask:
    plan: TaskPlan = laid.plan
    lead = filled[plan.lead]
    parts = [(support.role, support.owes) for support in plan.supports]
    outside = {role.key: role for role in absent}
    outsiders = [(outside[key], owes) for key, owes in parts if key in outside]
    return PlannedTask(
        key=plan.key,
        title=plan.title.in_language(lang),
        phase_seq=seqs[plan.phase],
        stage=plan.stage,
        lead_id=lead.department_id,
        lead_name=lead.name,
        due=laid.due,
        requirement=_add_outsiders(plan.requirement.in_language(lang), outsiders, lang),
        criteria=tuple(line.in_language(lang) for line in plan.criteria),
        supports=_support(parts, filled, lead.department_id, lang),
        after=laid.after,
        urgency=plan.urgency,
        rhythm=plan.rhythm,
    )


def _add_outsiders(text: str, parts: Sequence[tuple[RoleSlot, Text]], lang: str) -> str:
    """Return a text followed by what parties outside government owe: they have no account, nothing is sent to them."""
    if not parts:
        return text
    mark = "：" if lang == "zh" else ": "
    head = "政府以外的参与方（由牵头单位联系）：" if lang == "zh" else "Parties outside government (through the lead):"
    lines = [f"{role.label.in_language(lang)}{mark}{owes.in_language(lang)}" for role, owes in parts]
    return "\n".join([text, "", head, *lines])

"""Project templates: what a joint project consists of before it has departments, people and dates.

Source: the study names two sets of three phases (domain notes R16): foundation, integration, optimisation; and
foundation, pilot, roll-out; a gate with exit goals ends each (R17), four stages run across them (R18). `TEMPLATES`
are these sets alone; a `Template` also has roles, tasks with limits, milestones, indicators. It is read strictly
(`workflows.template_reader`), laid out on a calendar (`workflows.template_layout`) and written out again
(`workflows.template_writer`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workflows.words import Text


@dataclass(frozen=True, slots=True)
class ProjectTemplate:
    """A named set of phases; `code` is what a project keeps."""

    code: str
    label: Text
    phases: tuple[Text, ...]


FOUNDATION = Text("基础建设", "Foundation")

TEMPLATES = {
    template.code: template
    for template in (
        ProjectTemplate(
            "integration",
            Text("基础建设—集成应用—优化迭代", "Foundation, integration, optimisation"),
            (FOUNDATION, Text("集成应用", "Integration"), Text("优化迭代", "Optimisation")),
        ),
        ProjectTemplate(
            "rollout",
            Text("基础建设—试点应用—全面推广", "Foundation, pilot, roll-out"),
            (FOUNDATION, Text("试点应用", "Pilot"), Text("全面推广", "Roll-out")),
        ),
        ProjectTemplate("none", Text("不分阶段", "Without phases"), ()),
    )
}

STAGES = (
    Text("需求分析", "Analysis"),
    Text("系统设计", "Design"),
    Text("开发测试", "Build and test"),
    Text("部署上线", "Go-live"),
)
#: The names by which a template speaks of the four stages, in their order.
STAGE_KEYS = ("analysis", "design", "build", "launch")
STAGE_LABELS = dict(zip(STAGE_KEYS, STAGES, strict=True))

Rhythm = Literal["none", "weekly", "ten_day", "monthly"]
RHYTHM_LABELS = {
    "none": Text("不要求", "none"),
    "weekly": Text("每周", "weekly"),
    "ten_day": Text("每旬", "every ten days"),
    "monthly": Text("每月", "monthly"),
}
URGENCY_LABELS = {
    "normal": Text("平件", "normal"),
    "urgent": Text("加急", "urgent"),
    "very_urgent": Text("特急", "very urgent"),
}
DIRECTION_LABELS = {"up": Text("越高越好", "higher is better"), "down": Text("越低越好", "lower is better")}
#: The languages in which a template can be written.
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One thing that is wrong with a template: where it stands (`task[2].lead`), its line if known, what was wanted."""

    place: str
    line: int | None
    says: Text


class TemplateError(ValueError):
    """A template cannot be used; every fault is listed. `name` is the file, or what stands for it."""

    def __init__(self, name: str, faults: Sequence[TemplateFault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        listed = "; ".join(f"{locate_fault(name, fault)}: {fault.says.en}" for fault in self.faults)
        super().__init__(listed)


def locate_fault(name: str, fault: TemplateFault) -> str:
    """Return where a fault is, for a person: `traffic.toml:57 task[2].lead`."""
    line = "" if fault.line is None else f":{fault.line}"
    return f"{name}{line} {fault.place}".rstrip()


@dataclass(frozen=True, slots=True)
class RoleSlot:
    """A part that a department plays; `hint` says who usually does. An outside party supports, it never leads."""

    key: str
    label: Text
    hint: Text
    owes: Text
    is_lead: bool = False
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A phase of `workdays` working days, ended by a gate; `outputs` are the documents expected of each stage."""

    key: str
    name: Text
    workdays: int
    gate: tuple[Text, ...]
    outputs: Mapping[str, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class TaskSupport:
    """What the department in a role owes to a task."""

    role: str
    owes: Text


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A task; its limit counts working days from its phase's start, `after` names the tasks that it waits for."""

    key: str
    title: Text
    phase: str
    stage: str
    lead: str
    limit_workdays: int
    requirement: Text
    criteria: tuple[Text, ...]
    supports: tuple[TaskSupport, ...] = ()
    after: tuple[str, ...] = ()
    urgency: str = "normal"
    rhythm: str = "none"


@dataclass(frozen=True, slots=True)
class MilestonePlan:
    """A point of the project, `offset_workdays` working days from its phase's start; the weights make 100."""

    key: str
    name: Text
    phase: str
    offset_workdays: int
    weight_pct: int


@dataclass(frozen=True, slots=True)
class IndicatorPlan:
    """A figure by which the effect is judged. `study_claims` is what the study reports of a city, not a target."""

    name: Text
    unit: Text
    direction: str
    study_claims: Text | None = None
    study_section: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A whole template; `languages` are those in which every text is written, the first stands in for the other."""

    key: str
    languages: tuple[str, ...]
    label: Text
    purpose: Text
    rhythm: str
    roles: tuple[RoleSlot, ...]
    phases: tuple[PhasePlan, ...]
    tasks: tuple[TaskPlan, ...]
    milestones: tuple[MilestonePlan, ...]
    indicators: tuple[IndicatorPlan, ...] = ()
    budget: tuple[Text, ...] = ()

    @property
    def lead(self) -> RoleSlot:
        """The role whose department answers for the project."""
        return next(role for role in self.roles if role.is_lead)

    @property
    def workdays(self) -> int:
        """How long the whole project is planned to take."""
        return sum(phase.workdays for phase in self.phases)

    def phase_starts(self) -> dict[str, int]:
        """Return how many working days into the project each phase begins, by its key."""
        starts, passed = {}, 0
        for phase in self.phases:
            starts[phase.key] = passed
            passed += phase.workdays
        return starts

"""Plays what is scripted: documents registered, projects proposed, tasks written down, and the steps of the script."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.core.money import parse_amount
from app.policy.people import find_actor
from app.services.demo.character import Character, draw
from app.services.demo.fund.playing import Funding
from app.services.demo.looking import find_lead, find_newest, find_parts
from app.services.demo.meeting.playing import Meetings
from app.services.demo.money import grant_budget
from app.services.demo.office import arrange
from app.services.demo.stage import SOURCE, Stage
from app.services.demo.story import Act, DemoProject, DemoTask, Part
from app.services.document.registering import register_document
from app.services.entering import NewItem, enter_items
from app.services.template.making import make_project
from app.services.template.planning import Order
from app.services.template.storing import load_template, require_template

#: What the script says of dates: working days from the day of the step.
_DAYS = ("new_due_on", "until_on", "promised_on", "forecast_on")
_EMPTY = Part({})


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """Where a task stands in its project's template: its phase, its stage, the tasks that come before it."""

    project: DemoProject
    phase_seq: int
    stage: str
    after: tuple[int, ...]


@dataclass
class Script:
    """The script's running state: what is on stage, and how each matter fares."""

    stage: Stage
    funding: Funding
    projects: dict[int, DemoProject] = field(default_factory=dict)
    places: dict[int, TaskPlace] = field(default_factory=dict)
    characters: dict[int, Character] = field(default_factory=dict)
    #: Slips and requests by the item above them, in the order in which they came.
    papers: dict[int, list[int]] = field(default_factory=dict)
    meetings: Meetings = field(init=False)

    def __post_init__(self) -> None:
        self.meetings = Meetings(characters=self.characters)

    def play(self) -> None:
        """Play what the script has for today."""
        stage = self.stage
        arrange(stage)
        self.meetings.play(stage)
        for document in stage.story.documents:
            if document["day"] == stage.day:
                _register(stage, document)
        for project in stage.story.projects:
            if project.made_on == stage.day:
                self._propose(project)
        for task in stage.story.tasks:
            if task.day == stage.day:
                self._write_down(task)
        for project in stage.story.projects:
            self._follow(project.key, project.part.acts)
            for key, part in project.tasks.items():
                self._follow(f"{project.key}/{key}", part.acts)
            self._report(project)
        for task in stage.story.tasks:
            self._follow(task.key, task.part.acts)
        self.funding.play(stage)

    def _propose(self, project: DemoProject) -> None:
        stage = self.stage
        template_id = require_template(stage.session.connection(), project.template, "template")
        template = load_template(stage.session.connection(), template_id).template
        codes = {role.key: project.departments[role.key] for role in template.roles if not role.is_outside}
        lead = stage.head(stage.departments[codes[template.lead.key]])
        order = Order(template_id, project.title, codes, stage.on(project.starts_on), project.skip)
        made = make_project(stage.session, stage.book, stage.people[lead], stage.tick(), order, source=SOURCE).answer
        stage.know(project.key, made["id"])
        self.projects[made["id"]] = project
        self.characters[made["id"]] = draw(stage.chance(project.key), project.part.traits, template.rhythm)
        grant_budget(stage.session, stage.acting(stage.office(project.key)), stage.now, made["id"],
                     parse_amount(project.budget))  # fmt: skip
        ids = {task["key"]: task["id"] for task in made["tasks"]}
        seqs = {phase.key: seq for seq, phase in enumerate(template.phases, 1)}
        for plan in template.tasks:
            if plan.key in ids:
                key = f"{project.key}/{plan.key}"
                stage.know(key, ids[plan.key])
                after = tuple(ids[one] for one in plan.after if one in ids)
                self.places[ids[plan.key]] = TaskPlace(project, seqs[plan.phase], plan.stage, after)
                traits = project.tasks.get(plan.key, _EMPTY).traits
                self.characters[ids[plan.key]] = draw(stage.chance(key), traits, plan.rhythm)

    def _write_down(self, task: DemoTask) -> None:
        stage, details = self.stage, task.details
        document = details.get("document")
        item = NewItem(
            kind="task",
            title=task.title,
            owner_department_id=stage.departments[task.lead],
            parent_id=stage.items[details["project"]] if "project" in details else None,
            due_on=stage.after(task.workdays),
            urgency=details.get("urgency", "normal"),
            report_rhythm=details.get("rhythm"),
            confidential=details.get("confidential", False),
            details={
                "source_kind": details.get("source", "other"),
                "source_reference": details.get("reference"),
                "source_document_id": stage.documents[document] if document else None,
                "requirement": details.get("requirement"),
            },
            supports=[(stage.departments[code], owes, None) for code, owes in details.get("supports", ())],
            criteria=details.get("criteria", ()),
        )
        acting = stage.acting(stage.office(task.key))
        ids = enter_items(stage.session.connection(), stage.book, acting, stage.tick(), [item], source=SOURCE)
        stage.know(task.key, ids[0])
        self.characters[ids[0]] = draw(stage.chance(task.key), task.part.traits, details.get("rhythm"))

    def _follow(self, key: str, acts: Iterable[Act]) -> None:
        for act in acts:
            if act.day == self.stage.day:
                self._take(key, act)

    def _take(self, key: str, act: Act) -> None:
        stage = self.stage
        item_id = stage.items[key]
        if act.on:
            kind, _, code = act.on.partition(":")
            department_id = stage.departments[code] if code else None
            item_id = find_newest(stage.session.connection(), item_id, kind, department_id)
        answer = stage.do(act.by, item_id, act.action, self._translate(act.fields))
        if act.action == "split":
            self._adopt(key, answer["id"], act.fields["parts"])

    def _translate(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a step's fields: codes, log-ins, keys and days of the script as the services want them."""
        stage = self.stage
        readers: dict[str, Any] = {
            "department": lambda code: stage.departments[code],
            "section": lambda code: stage.departments[code],
            "person": lambda login: stage.people[login],
            "into": lambda key: stage.items[key],
            "parts": lambda parts: [self._translate_part(part) for part in parts],
            **dict.fromkeys(_DAYS, lambda workdays: stage.after(workdays).isoformat()),
        }
        return {name: readers.get(name, self._date_text)(value) for name, value in given.items()}

    def _date_text(self, value: Any) -> Any:  # noqa: ANN401  # a step's field of any kind
        """Return a text with the year of the day where the script leaves it open, as in numbers of papers."""
        return value.replace("{year}", str(self.stage.today.year)) if isinstance(value, str) else value

    def _translate_part(self, part: Mapping[str, Any]) -> dict[str, Any]:
        stage = self.stage
        return {
            "title": part["title"],
            "department": stage.departments[part["department"]],
            "due_on": stage.after(part["workdays"]).isoformat(),
            "requirement": part.get("requirement", ""),
        }

    def _adopt(self, key: str, item_id: int, parts: Iterable[Mapping[str, Any]]) -> None:
        """Take the tasks that a task was split into onto the stage."""
        made = find_parts(self.stage.session.connection(), item_id)
        for number, (part_id, part) in enumerate(zip(made, parts, strict=True), 1):
            part_key = f"{key}.{number}"
            self.stage.know(part_key, part_id)
            self.characters[part_id] = draw(self.stage.chance(part_key), part.get("traits", {}))

    def _report(self, project: DemoProject) -> None:
        stage = self.stage
        for day, pct, late_days, text in project.reports:
            if day == stage.day:
                send_report(stage, stage.items[project.key], pct, late_days, text)


def send_report(stage: Stage, item_id: int, pct: int, late_days: int, text: str) -> None:
    """Report a project's progress as its lead's staff; `late_days` is how far the forecast lies behind the due date."""
    owner_id, due_on = find_lead(stage.session.connection(), item_id)
    login = stage.staff(owner_id, str(item_id)) or stage.head(owner_id)
    forecast_on = max(due_on + timedelta(days=late_days), stage.today)
    fields = {"text": text, "progress_pct": pct, "forecast_on": forecast_on.isoformat()}
    stage.do(login, item_id, "report", fields)


def _register(stage: Stage, given: Mapping[str, Any]) -> None:
    """Put a document into the register, as the office does on the day on which it comes."""
    connection = stage.session.connection()
    actor = find_actor(connection, stage.people[stage.office(given["key"])], stage.today)
    if actor is None:
        raise AssertionError("the office's staff are there")
    own = ("key", "day", "dated")
    fields = {name: value for name, value in given.items() if name not in own}
    dated_on = stage.on(given["dated"])
    fields |= {"dated_on": dated_on, "received_on": stage.today}
    if "number" in given:
        fields["number"] = given["number"].format(year=dated_on.year)
    done = register_document(connection, actor, stage.tick(), stage.today, fields, key=None, source=SOURCE)
    stage.documents[given["key"]] = done.document_id

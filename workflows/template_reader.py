"""Reads a project template strictly: whatever is wrong is refused, every fault at once, each with its place and line.

A template is TOML (what people write) or a body of the same shape (what the database keeps). An unknown key, a role
that nobody declared, a task that waits for itself are faults; nothing is guessed and nothing is skipped.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from workflows.template import (
    LANGUAGES,
    RHYTHM_LABELS,
    STAGE_KEYS,
    IndicatorPlan,
    MilestonePlan,
    PhasePlan,
    RoleSlot,
    TaskPlan,
    TaskSupport,
    Template,
    TemplateError,
    TemplateFault,
)
from workflows.template_checks import check_whole
from workflows.template_fields import KEY_MAX, NAME_MAX, TEXT_MAX, TITLE_MAX, Fields
from workflows.template_lines import map_lines
from workflows.words import Text

FORMAT = 1
_URGENCIES = ("normal", "urgent", "very_urgent")
_COUNT_MAX = 200


def read_template(text: str, name: str) -> Template:
    """Return the template that a TOML text describes; `name` (a file's name) stands in the faults.

    TemplateError lists every fault; a text that is no TOML has one, with its line.
    """
    try:
        body = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: a fault of syntax, or a number of thousands of digits
        raise TemplateError(name, [_fault_of_syntax(str(error))]) from None
    return _read(body, name, map_lines(text))


def read_body(body: Mapping[str, Any], name: str) -> Template:
    """Return the template of a body as `template_writer.make_body` makes it; TemplateError lists every fault."""
    return _read(body, name, {})


def _fault_of_syntax(message: str) -> TemplateFault:
    """Make a fault of what the parser says: `Expected '=' … (at line 3, column 5)`."""
    said, _, place = message.partition(" (at line ")
    digits = place.partition(",")[0]
    line = int(digits) if digits.isdigit() else None
    return TemplateFault("", line, Text(f"不是有效的TOML：{said}。", f"this is not valid TOML: {said}."))


def _read(body: Mapping[str, Any], name: str, lines: Mapping[str, int]) -> Template:
    fields = Fields(lines)
    known = ("format", "key", "languages", "label", "purpose", "rhythm", "role", "phase", "task", "milestone",
             "indicator", "budget")  # fmt: skip
    table = fields.check_keys(body, "", known)
    if table.get("format") != FORMAT:
        fields.refuse("format", f"应为{FORMAT}", f"expected {FORMAT}")
    fields.languages = _read_languages(fields, table)
    template = Template(
        key=fields.read_key(table, "key", ""),
        languages=fields.languages,
        label=fields.read_text(table, "label", "", NAME_MAX),
        purpose=fields.read_text(table, "purpose", "", TEXT_MAX),
        rhythm=fields.read_choice(table, "rhythm", "", tuple(RHYTHM_LABELS), "none"),
        roles=tuple(_read_role(fields, one, at) for at, one in fields.read_tables(table, "role", "", _COUNT_MAX)),
        phases=tuple(_read_phase(fields, one, at) for at, one in fields.read_tables(table, "phase", "", _COUNT_MAX)),
        tasks=tuple(_read_task(fields, one, at) for at, one in fields.read_tables(table, "task", "", _COUNT_MAX)),
        milestones=tuple(
            _read_milestone(fields, one, at) for at, one in fields.read_tables(table, "milestone", "", _COUNT_MAX)
        ),
        indicators=tuple(
            _read_indicator(fields, one, at)
            for at, one in fields.read_tables(table, "indicator", "", _COUNT_MAX, needed=False)
        ),
        budget=fields.read_texts(table, "budget", "", TITLE_MAX, needed=False),
    )
    check_whole(fields, template)
    if fields.faults:
        raise TemplateError(name, sorted(fields.faults, key=lambda fault: fault.line or 0))
    return template


def _read_languages(fields: Fields, table: Mapping[str, Any]) -> tuple[str, ...]:
    given = table.get("languages")
    if isinstance(given, list) and given and all(one in LANGUAGES for one in given) and len(set(given)) == len(given):
        return tuple(given)
    fields.refuse("languages", '应为["zh", "en"]、["zh"]或["en"]', 'expected ["zh", "en"], ["zh"] or ["en"]')
    return ("zh",)


def _read_role(fields: Fields, given: Any, place: str) -> RoleSlot:  # noqa: ANN401  # outside input
    table = fields.check_keys(given, place, ("key", "label", "hint", "owes", "lead", "outside"))
    return RoleSlot(
        key=fields.read_key(table, "key", place),
        label=fields.read_text(table, "label", place, NAME_MAX),
        hint=fields.read_text(table, "hint", place, TITLE_MAX),
        owes=fields.read_text(table, "owes", place, TITLE_MAX),
        is_lead=fields.read_flag(table, "lead", place),
        is_outside=fields.read_flag(table, "outside", place),
    )


def _read_phase(fields: Fields, given: Any, place: str) -> PhasePlan:  # noqa: ANN401  # outside input
    table = fields.check_keys(given, place, ("key", "name", "workdays", "gate", "outputs"))
    at = f"{place}.outputs"
    outputs = fields.check_keys(table.get("outputs", {}), at, STAGE_KEYS)
    return PhasePlan(
        key=fields.read_key(table, "key", place),
        name=fields.read_text(table, "name", place, NAME_MAX),
        workdays=fields.read_workdays(table, "workdays", place),
        gate=fields.read_texts(table, "gate", place, TITLE_MAX),
        outputs={
            stage: fields.read_texts(outputs, stage, at, TITLE_MAX, needed=False)
            for stage in STAGE_KEYS
            if stage in outputs
        },
    )


def _read_task(fields: Fields, given: Any, place: str) -> TaskPlan:  # noqa: ANN401  # outside input
    known = ("key", "title", "phase", "stage", "lead", "limit_workdays", "requirement", "criteria", "support", "after",
             "urgency", "rhythm")  # fmt: skip
    table = fields.check_keys(given, place, known)
    return TaskPlan(
        key=fields.read_key(table, "key", place),
        title=fields.read_text(table, "title", place, TITLE_MAX),
        phase=fields.read_key(table, "phase", place),
        stage=fields.read_choice(table, "stage", place, STAGE_KEYS),
        lead=fields.read_key(table, "lead", place),
        limit_workdays=fields.read_workdays(table, "limit_workdays", place),
        requirement=fields.read_text(table, "requirement", place, TEXT_MAX),
        criteria=fields.read_texts(table, "criteria", place, TITLE_MAX),
        supports=tuple(
            _read_support(fields, one, at)
            for at, one in fields.read_tables(table, "support", place, _COUNT_MAX, needed=False)
        ),
        after=fields.read_names(table, "after", place, KEY_MAX),
        urgency=fields.read_choice(table, "urgency", place, _URGENCIES, "normal"),
        rhythm=fields.read_choice(table, "rhythm", place, tuple(RHYTHM_LABELS), "none"),
    )


def _read_support(fields: Fields, given: Any, place: str) -> TaskSupport:  # noqa: ANN401  # outside input
    table = fields.check_keys(given, place, ("role", "owes"))
    return TaskSupport(fields.read_key(table, "role", place), fields.read_text(table, "owes", place, TITLE_MAX))


def _read_milestone(fields: Fields, given: Any, place: str) -> MilestonePlan:  # noqa: ANN401  # outside input
    table = fields.check_keys(given, place, ("key", "name", "phase", "offset_workdays", "weight_pct"))
    return MilestonePlan(
        key=fields.read_key(table, "key", place),
        name=fields.read_text(table, "name", place, TITLE_MAX),
        phase=fields.read_key(table, "phase", place),
        offset_workdays=fields.read_workdays(table, "offset_workdays", place),
        weight_pct=fields.read_percent(table, "weight_pct", place),
    )


def _read_indicator(fields: Fields, given: Any, place: str) -> IndicatorPlan:  # noqa: ANN401  # outside input
    table = fields.check_keys(given, place, ("name", "unit", "direction", "study_claims", "study_section"))
    claims = "study_claims" in table
    return IndicatorPlan(
        name=fields.read_text(table, "name", place, TITLE_MAX),
        unit=fields.read_text(table, "unit", place, NAME_MAX),
        direction=fields.read_choice(table, "direction", place, ("up", "down")),
        study_claims=fields.read_text(table, "study_claims", place, TITLE_MAX) if claims else None,
        study_section=fields.read_line(table, "study_section", place, NAME_MAX) if claims else "",
    )

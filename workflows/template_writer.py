"""Writes a template out: as the body that the database keeps, and as TOML that people read and change.

What `template_reader` reads of either is the same template again.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workflows.template import LANGUAGES, PhasePlan, TaskPlan, Template
from workflows.template_reader import FORMAT
from workflows.words import Text

Body = dict[str, Any]


def make_body(template: Template) -> Body:
    """Return the template as plain tables and lists, complete; fit for `machine.canonical`."""
    langs = template.languages

    def say(text: Text) -> dict[str, str]:
        return _say(text, langs)

    return {
        "format": FORMAT,
        "key": template.key,
        "languages": list(langs),
        "rhythm": template.rhythm,
        "label": say(template.label),
        "purpose": say(template.purpose),
        "budget": [say(line) for line in template.budget],
        "role": [
            {"key": role.key, "label": say(role.label), "hint": say(role.hint), "owes": say(role.owes),
             "lead": role.is_lead, "outside": role.is_outside}
            for role in template.roles
        ],
        "phase": [_phase_body(phase, langs) for phase in template.phases],
        "task": [_task_body(task, langs) for task in template.tasks],
        "milestone": [
            {"key": one.key, "name": say(one.name), "phase": one.phase, "offset_workdays": one.offset_workdays,
             "weight_pct": one.weight_pct}
            for one in template.milestones
        ],
        "indicator": [
            {"name": say(one.name), "unit": say(one.unit), "direction": one.direction}
            | ({} if one.study_claims is None else {
                "study_claims": say(one.study_claims), "study_section": one.study_section,
            })
            for one in template.indicators
        ],
    }  # fmt: skip


def _say(text: Text, langs: Sequence[str]) -> dict[str, str]:
    """Return a text in the template's languages, and in the other one where it is known."""
    shown = LANGUAGES if text.zh != text.en else langs
    return {lang: text.in_language(lang) for lang in shown}


def _phase_body(phase: PhasePlan, langs: Sequence[str]) -> Body:
    return {
        "key": phase.key,
        "name": _say(phase.name, langs),
        "workdays": phase.workdays,
        "gate": [_say(line, langs) for line in phase.gate],
        "outputs": {stage: [_say(line, langs) for line in lines] for stage, lines in phase.outputs.items()},
    }


def _task_body(task: TaskPlan, langs: Sequence[str]) -> Body:
    return {
        "key": task.key,
        "title": _say(task.title, langs),
        "phase": task.phase,
        "stage": task.stage,
        "lead": task.lead,
        "limit_workdays": task.limit_workdays,
        "urgency": task.urgency,
        "rhythm": task.rhythm,
        "after": list(task.after),
        "requirement": _say(task.requirement, langs),
        "criteria": [_say(line, langs) for line in task.criteria],
        "support": [{"role": one.role, "owes": _say(one.owes, langs)} for one in task.supports],
    }


def write_toml(template: Template) -> str:
    """Return the template as TOML."""
    lines: list[str] = []
    _write_table(lines, "", make_body(template))
    return "\n".join(lines).strip() + "\n"


def _write_table(lines: list[str], place: str, table: Mapping[str, Any]) -> None:
    """Write the plain keys of a table, then what stands in tables of its own."""
    inner = {key for key, value in table.items() if _is_list_of_tables(key, value) or key == "outputs"}
    lines += [f"{key} = {_write_value(value)}" for key, value in table.items() if key not in inner]
    for key in (key for key in table if key in inner):
        at = f"{place}.{key}" if place else key
        if key == "outputs":
            if table[key]:
                lines.append(f"[{at}]")
                _write_table(lines, at, table[key])
            continue
        for one in table[key]:
            lines += ["", f"[[{at}]]"] if not place else [f"[[{at}]]"]
            _write_table(lines, at, one)


def _is_list_of_tables(key: str, value: object) -> bool:
    return key in {"role", "phase", "task", "milestone", "indicator", "support"} and isinstance(value, list)


def _write_value(value: Any) -> str:  # noqa: ANN401  # plain values
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_write_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        if not value or not isinstance(value[0], Mapping):
            return "[" + ", ".join(_write_value(inner) for inner in value) + "]"
        return "[\n" + "".join(f"  {_write_value(inner)},\n" for inner in value) + "]"
    # What JSON writes for a text or a whole number is TOML too.
    return json.dumps(value, ensure_ascii=False)

"""The regulation of the core, read back: the whole grid state × action × role, and the rules of practice."""

import json
from pathlib import Path

import pytest

from workflows import guards
from workflows.catalogue import WORKFLOWS
from workflows.diagram import draw
from workflows.interpreter import Machine, UnknownWordError, compile_body
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Body, Cause, State, Workflow, canonical
from workflows.roles import ROLES, Capacity, Duty, Place

KINDS = sorted(WORKFLOWS)
DOCS = Path(__file__).resolve().parents[2] / "docs" / "workflows"

OWN, SUPPORT, ABOVE, OTHER, OFFICE = 1, 2, 3, 4, 9
PLACE = Place(OWN, frozenset({SUPPORT}), ABOVE, assignee_id=50)


def machine(kind: str) -> Machine:
    """Compile a table from its stored form."""
    return compile_body(json.loads(canonical(WORKFLOWS[kind].body())))


@pytest.mark.parametrize("kind", KINDS)
def test_the_stored_body_decides_as_the_table_says(kind: str) -> None:
    """The grid state × action: the interpreter opens exactly the steps of the table, with the same roles."""
    table, compiled = WORKFLOWS[kind], machine(kind)
    wanted = {(source.name, step.action): step for step in table.steps for source in step.sources}
    assert set(compiled.steps) == set(wanted)
    for place, step in wanted.items():
        found = compiled.steps[place]
        assert [role.name for role in found.who] == [role.name for role in step.who]
        assert [guard.code for guard in found.only_if] == [guard.code for guard in step.only_if]
        assert found.target == (step.target.name if isinstance(step.target, State) else step.target.value)
        assert (found.then, found.not_by, found.is_grave) == (step.then, step.not_by, step.is_grave)


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_take_a_step_follows_duty_and_department(kind: str) -> None:
    """The grid action × role: staff of another department, auditors and administrators never fit."""
    strangers = [Capacity(1, 1, duty, OTHER) for duty in (Duty.HEAD, Duty.MEMBER, Duty.FINANCE)]
    strangers += [Capacity(1, 1, duty, OWN) for duty in (Duty.AUDITOR, Duty.ADMIN)]
    for step in machine(kind).steps.values():
        for role in step.who:
            assert not any(role.fits(capacity, PLACE) for capacity in strangers), (step.action, role.name)


@pytest.mark.parametrize("kind", KINDS)
def test_every_open_state_has_a_way_out_for_a_person(kind: str) -> None:
    """No dead end: late or not, somebody can move an open item."""
    compiled = machine(kind)
    for name, state in compiled.states.items():
        if state.is_open:
            assert any(role.duties for step in compiled.steps_from[name] for role in step.who)


def test_who_submits_does_not_verify() -> None:
    """Close-out by somebody else than the submitter, in every workflow."""
    assert machine("task").steps["submitted", "verify"].not_by == "submit"
    assert machine("share").steps["submitted", "accept"].not_by == "submit"
    assert machine("project").steps["acceptance", "close"].not_by == "apply"
    assert machine("project").steps["under_review", "approve"].not_by == "submit"


def test_late_is_no_dead_end() -> None:
    """Submitting stays open after the due date; it then asks for the reason."""
    for kind in ("task", "share"):
        step = machine(kind).steps["in_progress", "submit"]
        late = next(ask for ask in step.asks if ask.name == "late_reason")
        assert late.required_if is guards.is_overdue
        assert guards.is_overdue not in step.only_if


def test_a_task_runs_the_states_of_the_practice() -> None:
    """Draft → assigned → received → in_progress → submitted → done."""
    path = [("draft", "assign"), ("assigned", "receive"), ("received", "start"), ("in_progress", "submit"),
            ("submitted", "verify")]  # fmt: skip
    steps = machine("task").steps
    assert [steps[place].target for place in path] == ["assigned", "received", "in_progress", "submitted", "done"]


def test_a_project_runs_the_states_of_the_practice() -> None:
    """Proposed → under_review → approved → in_progress → acceptance → closed."""
    path = [("proposed", "submit"), ("under_review", "approve"), ("approved", "start"), ("in_progress", "apply"),
            ("acceptance", "close")]  # fmt: skip
    steps = machine("project").steps
    assert [steps[p].target for p in path] == ["under_review", "approved", "in_progress", "acceptance", "closed"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_diagram_is_fresh(kind: str) -> None:
    """docs/workflows/ is drawn from the tables: run `make docs` after a change."""
    assert (DOCS / f"{kind}.md").read_text(encoding="utf-8") == draw(WORKFLOWS[kind])


def test_no_diagram_is_left_over() -> None:
    """A workflow that is gone leaves no page."""
    assert sorted(path.stem for path in DOCS.glob("*.md")) == KINDS


def test_labels_exist_for_every_cause_and_level() -> None:
    """Pages and documents find a word for each."""
    assert set(CAUSE_LABELS) == set(Cause)
    assert set(LEVEL_LABELS) == {1, 2, 3, 4}


def test_every_registered_guard_and_role_is_used() -> None:
    """A table declares nothing that nothing uses, and neither does the vocabulary."""
    used_guards, used_roles = set(), set()
    for table in WORKFLOWS.values():
        used_guards |= {guard.code for step in table.steps for guard in step.only_if}
        used_guards |= {ask.required_if.code for step in table.steps for ask in step.asks if ask.required_if}
        used_roles |= {role.name for step in table.steps for role in (*step.who, *step.tells)}
        used_roles |= {state.waits_for.name for state in table.states if state.waits_for}
        used_roles |= {rung.to.name for ladder in table.ladders for rung in ladder.rungs}
    assert used_guards == set(guards.GUARDS)
    assert used_roles | {"office_director"} == set(ROLES)


@pytest.mark.parametrize(
    ("part", "word"),
    [("only_if", "no_such_guard"), ("who", "no_such_role")],
)
def test_a_stored_word_that_is_gone_is_named(part: str, word: str) -> None:
    """A guard or role stays registered while a stored version needs it; else the name is in the error."""
    body: Body = json.loads(canonical(WORKFLOWS["task"].body()))
    body["steps"][0][part] = [word]
    with pytest.raises(UnknownWordError, match=word):
        compile_body(body)


def test_tables_differ_by_kind() -> None:
    """Each table is stored under its own kind."""
    assert all(isinstance(table, Workflow) and table.kind == kind for kind, table in WORKFLOWS.items())

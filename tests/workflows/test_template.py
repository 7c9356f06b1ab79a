"""Templates are read strictly, written back the same, and laid out by the calendar."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX
from tests.fuzz.limits import bound_time
from workflows import template_fields
from workflows.calendar import Calendar
from workflows.hours import Hours
from workflows.loops import find_loop, find_path
from workflows.template import STAGE_KEYS, STAGES, TEMPLATES, Template, TemplateError, locate_fault
from workflows.template_layout import lay_out
from workflows.template_lines import find_line, map_lines
from workflows.template_reader import read_body, read_template
from workflows.template_writer import make_body, write_toml

FOLDER = Path(__file__).resolve().parents[2] / "app" / "templates_shipped"
FILES = sorted(FOLDER.glob("*.toml"))
TRAFFIC = (FOLDER / "smart-traffic.toml").read_text(encoding="utf-8")
CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"), Hours(), frozenset({date(2026, 10, 1)}), frozenset(), frozenset({2026}))


def refuse(text: str) -> dict[str, tuple[int | None, str]]:
    """Return line and English sentence of each fault by its place."""
    with pytest.raises(TemplateError) as caught:
        read_template(text, "t.toml")
    return {fault.place: (fault.line, fault.says.en) for fault in caught.value.faults}


def change(old: str, new: str) -> str:
    """Return the traffic template with one thing changed."""
    assert old in TRAFFIC
    return TRAFFIC.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """Return the line on which a part of a text first stands."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_template_is_whole(path: Path) -> None:
    """Issue 3.7: each reads without a fault, in both languages, with every stage, and comes back from its writing."""
    template = read_template(path.read_text(encoding="utf-8"), path.name)
    assert template.key == path.stem
    assert template.languages == ("zh", "en")
    assert 8 <= len(template.tasks) <= 16
    assert {task.stage for task in template.tasks} == set(STAGE_KEYS)
    assert all(phase.outputs.keys() == set(STAGE_KEYS) for phase in template.phases)
    assert {task.phase for task in template.tasks} == {phase.key for phase in template.phases}
    used = {task.lead for task in template.tasks} | {one.role for task in template.tasks for one in task.supports}
    assert used == {role.key for role in template.roles}
    assert template.indicators
    assert template.budget
    assert read_template(write_toml(template), "again") == template
    assert read_body(make_body(template), "again") == template


def test_the_twelve_of_the_study_ship() -> None:
    """Issue 3.7: the seven systems that the study names and its five sketches."""
    assert [path.stem for path in FILES] == [
        "city-brain", "community", "education", "environment", "internet-hospital", "medical-sharing", "one-network",
        "one-stop-service", "public-safety", "smart-fire", "smart-traffic", "transport-energy",
    ]  # fmt: skip


def test_the_simple_sets_stand() -> None:
    """R16: the two sets of three phases, and none; four stages."""
    assert {code: len(one.phases) for code, one in TEMPLATES.items()} == {"integration": 3, "rollout": 3, "none": 0}
    assert len(STAGES) == len(STAGE_KEYS) == 4


def test_limits_are_those_of_the_columns() -> None:
    """P107: what a template may hold fits where it goes."""
    assert (template_fields.NAME_MAX, template_fields.TITLE_MAX, template_fields.TEXT_MAX) == (
        NAME_MAX, TITLE_MAX, TEXT_MAX,
    )  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "says"), [
    ('rhythm = "ten_day"\nlabel', 'rhytm = "ten_day"\nlabel', "rhytm", "not known here"),
    ('lead = "police"', 'lead = "militia"', "task[2].lead", "'militia' is not declared"),
    ('role = "police"', 'role = "militia"', "task[1].support[1].role", "'militia' is not declared"),
    ('phase = "foundation"', 'phase = "cellar"', "task[1].phase", "no phase 'cellar'"),
    ("limit_workdays = 15", "limit_workdays = 0", "task[1].limit_workdays", "from 1 to 2500"),
    ("limit_workdays = 15", "limit_workdays = -3", "task[1].limit_workdays", "from 1 to 2500"),
    ("limit_workdays = 15", "limit_workdays = 1.5", "task[1].limit_workdays", "from 1 to 2500"),
    ("limit_workdays = 15", "limit_workdays = true", "task[1].limit_workdays", "from 1 to 2500"),
    ("limit_workdays = 15", 'limit_workdays = "15"', "task[1].limit_workdays", "from 1 to 2500"),
    ("limit_workdays = 15", "limit_workdays = 111", "task[1].limit_workdays", "longer than its phase (110)"),
    ("weight_pct = 15", "weight_pct = 14", "milestone", "got 99"),
    ("weight_pct = 15", "weight_pct = 115", "milestone[1].weight_pct", "0 to 100"),
    ("offset_workdays = 40", "offset_workdays = 400", "milestone[1].offset_workdays", "behind its phase"),
    ('key = "baseline"', 'key = "collect-needs"', "task[2].key", "that of task[1] too"),
    ('key = "baseline"', 'key = "Base Line"', "task[2].key", "lower-case"),
    ('zh = "智慧交通", ', "", "label.zh", "the Chinese is missing"),
    ('{ zh = "智慧交通", en = "Smart traffic" }', '"Smart traffic"', "label", "expected {"),
    ('en = "Smart traffic"', 'en = "  "', "label.en", "not empty"),
    ('en = "Smart traffic"', f'en = "{"x" * 121}"', "label.en", "at most 120 characters, got 121"),
    ('en = "Smart traffic"', 'en = "Smart\\u202etraffic"', "label.en", "cannot be seen"),
    ('en = "Smart traffic"', 'en = "Smart traffic", fr = "x"', "label.fr", "not known here"),
    ("format = 1", "format = 2", "format", "expected 1"),
    ('languages = ["zh", "en"]', 'languages = ["de"]', "languages", "expected"),
    ("lead = true\n", "", "role", "got 0"),
    ("outside = true", "outside = true\nlead = true", "role", "got 2"),
    ("lead = true\n", "lead = true\noutside = true\n", "role[1].outside", "cannot lead"),
    ('lead = "data"', 'lead = "supplier"', "task[3].lead", "cannot lead a task"),
    ('role = "police"', 'role = "transport"', "task[1].support[1].role", "does not support as well"),
    ('role = "city-management"', 'role = "police"', "task[1].support[2].role", "stands here twice"),
    ('after = ["collect-needs"]', 'after = ["nothing"]', "task[2].after", "no task 'nothing'"),
    ('after = ["collect-needs"]', "after = [1]", "task[2].after", "list of tasks' keys"),
    ('after = ["collect-needs"]', 'after = ["collect-needs", "collect-needs"]', "task[2].after", "twice"),
    ('after = ["collect-needs"]', 'after = ["evaluate"]', "task[7].after", "evaluate → baseline"),
    ('after = ["evaluate"]', 'after = ["evaluate", "hand-over"]', "task[10].after", "hand-over → hand-over"),
    ('stage = "analysis"', 'stage = "dream"', "task[1].stage", "expected one of analysis"),
    ('direction = "down"', 'direction = "left"', "indicator[1].direction", "expected one of up"),
    ("lead = true", 'lead = "yes"', "role[1].lead", "true or false"),
    ("[phase.outputs]", "[phase.output]", "phase[1].output", "not known here"),
])  # fmt: skip
def test_a_fault_is_named_with_its_place_and_line(old: str, new: str, place: str, says: str) -> None:
    """The strict reader: what is wrong, where, on which line; nothing is guessed."""
    found = refuse(change(old, new))
    assert place in found, found
    assert says in found[place][1]
    assert found[place][0] != 0


def test_lines_are_right() -> None:
    """A fault leads to its line, also inside an inline table and in a table below a table."""
    text = change('lead = "police"', 'lead = "militia"')
    assert refuse(text)["task[2].lead"][0] == line_of(text, 'lead = "militia"')
    text = change('role = "police"\nowes = { zh = "交管业务', 'role = "militia"\nowes = { zh = "交管业务')
    assert refuse(text)["task[1].support[1].role"][0] == line_of(text, 'role = "militia"')
    text = change('zh = "智慧交通", ', "")
    assert refuse(text)["label.zh"][0] == line_of(text, "label = {")


def test_every_fault_comes_at_once() -> None:
    """Two mistakes, two faults, in the order of the lines."""
    text = change("limit_workdays = 15", "limit_workdays = 0").replace("format = 1", "format = 7")
    with pytest.raises(TemplateError) as caught:
        read_template(text, "t.toml")
    assert [fault.place for fault in caught.value.faults] == ["format", "task[1].limit_workdays"]
    assert locate_fault("t.toml", caught.value.faults[0]).startswith("t.toml:3 format")


def test_a_loop_shows_its_chain() -> None:
    """A template with a loop (bad input of the issue): A → B → C → A, in full."""
    text = change('after = ["collect-needs"]', 'after = ["incident-exchange"]').replace(
        'after = ["connect-data"]', 'after = ["signal-pilot"]'
    )
    says = next(says for place, (_, says) in refuse(text).items() if place.endswith("after"))
    assert says == "this closes a loop: signal-pilot → incident-exchange → baseline → signal-pilot."


def test_who_waits_for_a_later_one_is_refused() -> None:
    """A task due before the one that it waits for cannot be kept."""
    text = change("limit_workdays = 40\nafter", "limit_workdays = 10\nafter")
    assert "is due later" in refuse(text)["task[3].after"][1]


@pytest.mark.parametrize(("text", "line"), [("a = \n", 1), ("x = 1\ny = [", None), ("", None), ("\x00", None)])
def test_what_is_no_toml_is_one_fault(text: str, line: int | None) -> None:
    """Any text is answered with faults, never with a crash."""
    with pytest.raises(TemplateError) as caught:
        read_template(text, "t.toml")
    assert line is None or caught.value.faults[0].line == line


@pytest.mark.parametrize("body", [{}, {"role": 1, "phase": [1], "task": [{}], "milestone": [[]]}, {"label": []}])
def test_any_body_is_answered_with_faults(body: dict[str, object]) -> None:
    """JSON of any shape from outside: faults with places, no crash."""
    with pytest.raises(TemplateError) as caught:
        read_body(body, "body")
    assert len(caught.value.faults) > 3


def test_one_language_is_enough_when_the_template_says_so() -> None:
    """A template made from a project is in that project's language; the other falls back to it."""
    text = change('languages = ["zh", "en"]', 'languages = ["zh"]').replace(', en = "Smart traffic" }', " }")
    template = read_template(text, "t.toml")
    assert template.label.en == "智慧交通"
    assert template.roles[0].label.en == "Transport"
    assert read_template(write_toml(template), "again") == template


def test_lines_of_texts_over_several_lines() -> None:
    """Inside a text over several lines nothing is taken for a key or a table."""
    text = 'a = """\nb = 1\n[[c]]\n"""\nd = 2\n[[c]]\ne = 3\n[c.f]\ng = 4\n'
    lines = map_lines(text)
    assert lines == {"a": 1, "d": 5, "c[1]": 6, "c[1].e": 7, "c[1].f": 8, "c[1].f.g": 9}
    assert find_line(lines, "c[1].f.h[2].zh") == 8
    assert find_line(lines, "z.y") is None


@given(st.integers(0, 400), st.sets(st.sampled_from([task.key for task in read_template(TRAFFIC, "t").tasks])))
def test_a_layout_keeps_the_order(offset: int, skip: set[str]) -> None:
    """Whatever is left out and whenever it starts: working days only, phases in order, nobody due before its turn."""
    template = read_template(TRAFFIC, "t")
    start_on = date.fromordinal(date(2026, 1, 1).toordinal() + offset)
    laid = lay_out(template, CALENDAR, start_on, skip)
    dues = {task.plan.key: task.due for task in laid.tasks}
    assert dues.keys() == {task.key for task in template.tasks} - skip
    for task in laid.tasks:
        assert CALENDAR.is_working(task.due.on)
        assert CALENDAR.workdays_between(start_on, task.due.on) == task.due.workdays
        assert set(task.after) <= dues.keys() - {task.plan.key}
        assert all(dues[earlier].on <= task.due.on for earlier in task.after)
        assert task.due.is_provisional == CALENDAR.rests_on_provisional(start_on, task.due.on)
    ends = [phase.due.on for phase in laid.phases]
    assert ends == sorted(ends)
    assert laid.due == laid.phases[-1].due
    assert find_loop({key: [t.plan.key for t in laid.tasks if key in t.after] for key in dues}) is None


@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4), max_size=8))
def test_loops_are_found_exactly(edges: dict[int, list[int]]) -> None:
    """A loop is found when and only when some node leads back to itself, and what is shown is a real chain."""
    loop = find_loop(edges)
    reaches_itself = any(find_path(edges, following, node) for node in edges for following in edges[node])
    assert (loop is not None) == reaches_itself
    if loop is not None:
        assert loop[0] == loop[-1]
        assert all(after in edges[before] for before, after in pairwise(loop))


def test_a_template_knows_its_lead_and_length() -> None:
    """The lead answers for the whole; phases follow each other."""
    template: Template = read_template(TRAFFIC, "t")
    assert (template.lead.key, template.workdays) == ("transport", 280)
    assert template.phase_starts() == {"foundation": 0, "integration": 110, "optimisation": 200}


def test_a_hostile_template_is_refused_in_no_time() -> None:
    """Nesting, numbers of thousands of digits, keys and lines of megabytes: a fault each, whatever they hold.

    A pattern that looked back over such a key took minutes; the suite's own limit on CPU would end this test.
    """
    key = "x" * 60_000 + "]"
    texts = ("a = " + "[" * 50_000, "a = " + "9" * 5000, f'"{key}" = 1', "[" + "a" * 200_000, " " * 500_000 + "= 1")
    with bound_time(5):
        for text in texts:
            with pytest.raises(TemplateError) as caught:
                read_template(text, "t")
            assert caught.value.faults
            assert all(len(fault.place) < 200 for fault in caught.value.faults)
        with pytest.raises(TemplateError):
            read_body({"task": [{key: 1}], ".".join("a" * 30_000): 1}, "t")

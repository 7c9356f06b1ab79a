"""Mapping files: every fault at once, unknown words with the nearest known one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.ledger.encoding import is_known_encoding
from app.ledger.mapping_file import MappingError, load_mapping, parse_mapping
from app.ledger.meeting.mapping import parse_meeting_mapping
from app.ledger.plan_mapping import parse_plan_mapping
from tests.app.ledger.workbooks import TASKS

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "mappings"


def find_faults(text: str) -> dict[str, str]:
    """Return place -> English sentence of the faults of a mapping."""
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    assert all(fault.render("zh") in str(caught.value) for fault in caught.value.faults)
    return {fault.place: fault.en for fault in caught.value.faults}


def test_every_fault_at_once_with_the_nearest_key() -> None:
    """One run names all that is wrong, each with its place and, where there is one, the word meant."""
    faults = find_faults(
        """
        key = ["a"]
        escalate_form = "source"
        departments = "make"
        [source]
        nam = "x"
        kind = "projekt"
        encoding = "utf-99"
        delimiter = ",,"
        currency = "yuan"
        header_row = -1
        amount_unit = "1000"
        date_formats = ["%m/%d"]
        external_source = "x"
        [dates]
        earliest = "1990"
        [columns]
        titel = "Name"
        due_on = { colum = "Due", part = "last", kind = "amount" }
        budget = 5
        [checks]
        lower = ["unknown_fase"]
        [defaults]
        budget = 5
        start_on = "today"
        nothing = 1
        """
    )
    assert faults["escalate_form"] == "unknown key, did you mean 'escalate_from'?"
    assert faults["source.nam"] == "unknown key, did you mean 'name'?"
    assert faults["columns.titel"] == "unknown key, did you mean 'title'?"
    assert faults["checks.lower.unknown_fase"] == "unknown key, did you mean 'unknown_phase'?"
    expected = {
        "departments",
        "source.name",
        "source.kind",
        "source.encoding",
        "source.delimiter",
        "source.currency",
        "source.header_row",
        "source.amount_unit",
        "source.date_formats",
        "dates.earliest",
        "columns.title",
        "columns.due_on",
        "columns.due_on.colum",
        "columns.due_on.part",
        "columns.due_on.kind",
        "columns.budget",
        "defaults.budget",
        "defaults.start_on",
        "defaults.nothing",
    }
    assert expected <= faults.keys()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("key = [", "TOML"),
        (TASKS.replace('key = "编号"', ""), "key"),
        (TASKS.replace('key = "编号"', "key = [1]"), "key"),
        (TASKS + 'key = "编号"', "columns.key"),
        (TASKS + "[state]\nopen = 1", "state.open"),
        (TASKS + '[state]\nopen = "done"', "state"),
        (TASKS.replace('key = "编号"', 'key = "编号"\nescalate_from = "today"'), "escalate_from"),
        (TASKS + "[aliases]\na = 1", "aliases.a"),
        (TASKS + "source = 5", "columns.source"),
        (TASKS + "columns = 5", "columns.columns"),
        (TASKS + 'budget = "金额"', "columns.budget"),
        (TASKS.replace("[columns]", "ignore_other_columns = 1\n[columns]"), "source.ignore_other_columns"),
    ],
)
def test_single_faults(text: str, place: str) -> None:
    """Each rule of the format is checked and named."""
    assert place in find_faults(text)


def test_what_a_mapping_says() -> None:
    """All parts of a mapping arrive typed."""
    top = 'key = ["编号", "区"]\nas_of = "日期"\nescalate_from = 2026-01-05\ndepartments = "create"'
    mapping = parse_mapping(
        TASKS.replace('key = "编号"', top)
        + """
        state = "状态"
        [state]
        "在办" = "in_progress"
        [aliases]
        "住建局" = "住房和城乡建设局"
        [dates]
        earliest = 1990-01-01
        [checks]
        lower = ["bad_date"]
        require = ["lead"]
        [defaults]
        supports = ["财政局"]
        as_of = 2026-01-01
        """
    )
    assert (mapping.key, mapping.escalate_from, mapping.departments) == (("编号", "区"), date(2026, 1, 5), "create")
    assert mapping.columns["state"].values == {"在办": "in_progress"}
    assert mapping.columns["as_of"].columns == ("日期",)
    assert mapping.folded_aliases == {"住建局": "住房和城乡建设局"}
    assert mapping.lowered == frozenset({"bad_date"})
    assert mapping.required == frozenset({"lead"})
    assert mapping.earliest == date(1990, 1, 1)
    assert mapping.defaults == {"supports": ("财政局",), "as_of": date(2026, 1, 1)}


def test_the_mappings_in_the_handbook_are_valid(tmp_path: Path) -> None:
    """Every file of docs/mappings loads; one that is not there, or no text, is a fault too."""
    paths = sorted(FOLDER.glob("*.toml"))
    assert len(paths) == 5
    assert all(load_mapping(path).external_source for path in paths)
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 100_000, "a = " + "{a=" * 50_000, "a = " + "9" * 5000, "a = 0b2", "\0"]
)
@pytest.mark.parametrize("parse", [parse_mapping, parse_meeting_mapping, parse_plan_mapping])
def test_what_no_parser_takes_is_a_fault_of_the_file(parse: Callable[[str], object], text: str) -> None:
    """Nesting beyond every stack and numbers of thousands of digits are told like any other fault of syntax."""
    with pytest.raises(MappingError) as caught:
        parse(text)
    assert [fault.place for fault in caught.value.faults] == ["TOML"]


@pytest.mark.parametrize(
    "named", ["zip", "base64", "rot13", "hex", "undefined", "unicode_escape", "raw-unicode-escape", "UTF-7"]
)
def test_what_is_no_encoding_of_files_is_refused(named: str) -> None:
    """Python knows ways that give no text, or that run through what stands there; no mapping names one of them."""
    assert not is_known_encoding(named)
    assert "source.encoding" in find_faults(TASKS.replace('kind = "task"', f'kind = "task"\nencoding = "{named}"'))

"""Words above columns: what one file of the product knows, every other knows; no due dates is said aloud."""

import pytest

from app.edge.listing.columns import COLUMNS as LISTED
from app.ledger.batch_sheet import COLUMNS, read_batch_sheet
from app.ledger.fields import FIELDS
from app.ledger.own import own_mapping
from app.ledger.words import DUE_ON, LEAD, SUPPORTS, TITLE
from tests.app.ledger.workbooks import read, tasks

#: Columns of the form of a batch -> our fields of a ledger.
SAME = {
    "title": "title", "department": "lead", "supports": "supports", "due_on": "due_on", "urgency": "urgency",
    "requirement": "description", "parent_id": "project_key", "source_kind": "source",
}  # fmt: skip


@pytest.mark.parametrize("word", DUE_ON)
def test_every_word_for_a_due_date_is_read_by_both(word: str) -> None:
    """完成期限 is the product's own word: no file drops it."""
    ledger = read(f"类型,编号,名称,{word}\n任务,T1,数据对接,2026-03-20\n", own_mapping())
    assert not ledger.findings, ledger.findings.lines()
    assert ledger.rows[0].due_on is not None
    sheet = read_batch_sheet(f"任务名称,牵头单位,{word}\n数据对接,交通局,2026-03-20\n".encode())
    assert sheet.rows[0].values["due_on"] == ledger.rows[0].due_on
    assert not sheet.flags


@pytest.mark.parametrize(("column", "field"), sorted(SAME.items()))
def test_a_filled_in_form_is_a_ledger_too(column: str, field: str) -> None:
    """The form's headings, both languages and the names that programs use, stand for the same in a ledger."""
    found = next(one for one in COLUMNS if one.name == column)
    headings = {heading.casefold() for heading in FIELDS[field].headings}
    assert {word.casefold() for word in found.others} <= headings
    assert found.zh in headings


def test_the_heads_of_a_list_that_was_exported_are_known() -> None:
    """What a list writes above lead, support, due date, state and progress comes back by an import."""
    for name, place, field in (
        ("lead", 0, "lead"), ("lead", 1, "supports"), ("due", 0, "due_on"), ("state", 0, "state"),
        ("progress", 0, "percent"), ("title", 0, "key"), ("title", 1, "title"), ("urgency", 0, "urgency"),
    ):  # fmt: skip
        head = LISTED[name].heads[place]
        assert head.zh in FIELDS[field].headings
    assert {TITLE[0], LEAD[0], SUPPORTS[0], DUE_ON[0]} == {"名称", "牵头单位", "配合单位", "完成期限"}


def test_no_column_of_due_dates_is_a_warning() -> None:
    """It refuses nothing, stands before all flags, and tells how many tasks have none and which heads are known."""
    ledger = read("类型,编号,名称,截止\n任务,T1,甲,2026-03-20\n任务,T2,乙,\n项目,P1,丙,\n", own_mapping())
    assert not ledger.refused
    assert [(one.severity, one.code) for one in ledger.findings.flags] == [
        ("warning", "no_due_column"), ("flag", "unused_column"),
    ]  # fmt: skip
    line = ledger.findings.lines()[0]
    assert line.startswith("警告 [no_due_column]")
    assert "2项任务" in line
    assert "完成期限" in line
    assert ledger.findings.lines("en")[0].startswith("warning [no_due_column]")


@pytest.mark.parametrize("text", ["类型,编号,名称\n项目,P1,丙\n", "类型,编号,名称,完成期限\n任务,T1,甲,\n"])
def test_where_none_is_owed_nothing_is_warned_of(text: str) -> None:
    """Projects have forecasts; a column that is there and empty was left empty on purpose."""
    assert "no_due_column" not in read(text, own_mapping()).findings.codes


def test_a_mapping_that_names_a_column_is_held_to_it() -> None:
    """An optional column of a mapping that the file has not is warned of as well."""
    assert "no_due_column" in read("编号,任务名称\n1,甲\n", tasks()).findings.codes

"""Rows as they come: JSON, typed text, words in both languages; nothing is guessed."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidError
from app.services.batch.reading import FIELDS, SupportPart, read_file, read_row


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("能源局、公安局", (SupportPart("能源局"), SupportPart("公安局"))),
        ("能源局；公安局\n气象局", (SupportPart("能源局"), SupportPart("公安局"), SupportPart("气象局"))),
        ("能源局：负荷、电价数据（2026年3月20日）", (SupportPart("能源局", "负荷、电价数据", date(2026, 3, 20)),)),
        ("ENE: load (all) data (2026-03-20)", (SupportPart("ENE", "load (all) data", date(2026, 3, 20)),)),
        ("能源局(2026/3/20)", (SupportPart("能源局", None, date(2026, 3, 20)),)),
        ("能源局（城区）", (SupportPart("能源局（城区）"),)),
    ],
)  # fmt: skip
def test_supporters_in_one_text(text: str, parts: tuple[SupportPart, ...]) -> None:
    """Names, deliverables and dates; 、 divides only where nothing is owed in words."""
    row = read_row(1, {"supports": text})
    assert (row.supports, row.faults) == (parts, ())


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("urgency", "急件 urgent", "urgent"),
        ("urgency", "特急", "very_urgent"),
        ("report_rhythm", "每旬", "ten_day"),
        ("report_rhythm", "none", None),
        ("source_kind", "领导批示", "instruction"),
        ("confidential", "是", True),
        ("confidential", False, False),
        ("limit_workdays", " 15 ", 15),
        ("limit_workdays", 15, 15),
        ("due_on", "2026年4月1日", date(2026, 4, 1)),
        ("criteria", "甲\r\n\n乙", ("甲", "乙")),
        ("criteria", ["甲", " "], ("甲",)),
        ("parent_id", "项目12", 12),
        ("parent_id", "#12", 12),
        ("parent_id", 12, 12),
        ("parent_id", "项〔2026〕3号", "项〔2026〕3号"),
        ("department", 5, 5),
        ("supports", [5, {"department": "ENE", "owes": "", "due_on": None}], (SupportPart(5), SupportPart("ENE"))),
    ],
)
def test_values_are_read(field: str, value: object, expected: object) -> None:
    """A field may be typed or given in JSON's own types."""
    row = read_row(1, {field: value})
    assert (getattr(row, field), row.faults) == (expected, ())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 5),
        ("title", "x" * 301),
        ("department", True),
        ("department", 0),
        ("department", ["x"]),
        ("supports", 5),
        ("supports", [{"owes": "x"}]),
        ("supports", [{"department": "ENE", "what": "x"}]),
        ("supports", ["ENE"] * 51),
        ("supports", "能源局：：（2026-13-01）"),
        ("supports", f"{'长' * 700}：数据"),
        ("due_on", "2026-02-30"),
        ("due_on", "1999-12-31"),
        ("due_on", 20260401),
        ("limit_workdays", "0"),
        ("limit_workdays", True),
        ("limit_workdays", "五天"),
        ("urgency", "马上"),
        ("urgency", 1),
        ("criteria", {"a": 1}),
        ("criteria", ["x" * 301]),
        ("criteria", ["x"] * 51),
        ("parent_id", 1.5),
        ("confidential", "也许"),
        ("requirement", "x" * 20_001),
    ],
)
def test_what_cannot_be_read_is_named(field: str, value: object) -> None:
    """One fault, at its field, with what was expected in both languages; the field stays empty."""
    row = read_row(7, {field: value})
    assert [(fault.row, fault.field) for fault in row.faults] == [(7, field)]
    fault = row.faults[0].as_fault()
    assert fault.field == f"rows[7].{field}"
    assert fault.sentence.zh.startswith("第7行，")
    assert fault.sentence.en.startswith("row 7, ")


def test_a_single_task_has_no_row() -> None:
    """Number 0: the fault is named by its field alone."""
    fault = read_row(0, {"title": 5}).faults[0].as_fault()
    assert (fault.field, fault.sentence.en) == ("title", "expected text.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), JSON, max_size=6))
def test_any_json_is_read_or_named(values: dict[str, object]) -> None:
    """Whatever comes from outside ends in values or in faults, never in an error of ours."""
    row = read_row(3, values)
    assert all(fault.row == 3 for fault in row.faults)
    assert row.title is None or len(row.title) <= 300


def test_a_file_that_cannot_be_read_is_one_fault() -> None:
    """The fault names the file and what was expected; a readable one brings its hash and notices."""
    with pytest.raises(InvalidError) as caught:
        read_file("任务.csv", b"")
    assert [fault.field for fault in caught.value.faults] == ["file"]
    file = read_file("任务.csv", "名称,牵头单位,期限,备注\n甲,交通局,坏日期,x\n".encode())
    assert [(fault.row, fault.field) for fault in file.rows[0].faults] == [(2, "due_on")]
    assert len(file.sha256) == 64
    assert "备注" in file.notices[0].zh


@pytest.mark.parametrize("blank", [" ", "\u3000"])
def test_a_hostile_support_is_read_at_once(blank: str) -> None:
    """Blanks without end in one supporter: no matter of seconds, whoever sends it."""
    began = time.process_time()
    row = read_row(1, {"supports": "甲：乙；" + "；".join([f"a{blank * 590}("] * 5)})
    assert time.process_time() - began < 1
    assert row.supports or row.faults


@pytest.mark.parametrize("text", ["１５", "15天", "15个工作日", "15"])
def test_limits_are_read_as_they_are_typed(text: str) -> None:
    """Full width and the field's own unit."""
    row = read_row(1, {"limit_workdays": text})
    assert (row.limit_workdays, row.faults) == (15, ())


@pytest.mark.parametrize(
    "text", ["能源局、公安局", "能源局，公安局", "能源局,公安局", "能源局；公安局", "能源局\n公安局"]
)
def test_supporters_are_parted_by_every_separator(text: str) -> None:
    """Names alone; beside what a department owes a comma is part of the sentence."""
    row = read_row(1, {"supports": text})
    assert [part.department for part in row.supports] == ["能源局", "公安局"]
    owing = read_row(1, {"supports": "能源局：数据，接口；公安局：道口"})
    assert [part.owes for part in owing.supports] == ["数据，接口", "道口"]

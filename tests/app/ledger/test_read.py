"""Rows of a ledger: conversion, keys, lowered checks, all or nothing."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX, fold
from app.ledger.consistency import check_departments
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.own import own_mapping
from app.ledger.read import read_ledger
from app.ledger.rows import find_changes
from app.ledger.sheet import FILE_MAX_BYTES
from tests.app.ledger.workbooks import places, projects, read, tasks


def read_amounts(cells: list[str], heading: str = "金额", more: str = "") -> list[int | None]:
    """Return the amounts read from a column; the file must hold no fault."""
    lines = "".join(f'{number},项目{number},"{cell}"\n' for number, cell in enumerate(cells, start=1))
    ledger = read(f"编号,名称,{heading}\n{lines}", projects(more))
    assert not ledger.refused, ledger.findings.lines("en")
    return [row.budget_fen for row in ledger.rows]


def test_p49_amounts_in_a_file_are_exact() -> None:
    """P49: 9.95 and its like are stored to the fen; ten thousand dimes are a thousand."""
    assert read_amounts(["9.95", "0.29", "4.35", "1.15", "1234567.89"]) == [995, 29, 435, 115, 123_456_789]
    assert sum(amount or 0 for amount in read_amounts(["0.10"] * 10_000)) == 100_000


@pytest.mark.parametrize("cell", ["NaN", "Infinity", "1e3", "0x10", "1.0123456789", "1e18", "1000000000000000"])
def test_p51_no_amounts_are_faults_with_their_place(cell: str) -> None:
    """P51: the same limits hold in an import, with the field named."""
    ledger = read(f"编号,名称,金额\n1,甲,{cell}\n", projects())
    assert ledger.refused
    assert [(found.row, found.column, found.value) for found in ledger.findings] == [(2, "金额", cell)]


@pytest.mark.parametrize("cell", ["－500", "(500.00)", "-500"])
def test_p52_negative_amounts_are_faults_or_flags(cell: str) -> None:
    """P52: a negative budget refuses the file; a mapping that lowers the check keeps and shows it."""
    text = f"编号,名称,金额\n1,甲,{cell}\n"
    assert read(text, projects()).findings.codes == {"negative_amount": 1}
    lowered = read(text, projects('[checks]\nlower = ["negative_amount"]'))
    assert (lowered.refused, lowered.rows[0].budget_fen) == (False, -50_000)
    assert lowered.rows[0].raw == {"budget_fen": cell}


def test_p53_the_unit_stands_in_the_heading() -> None:
    """P53: 金额（万元） with 12.5 and 金额 with 125000 are one amount; a mapping may name the unit."""
    assert read_amounts(["12.5"], "金额（万元）") == read_amounts(["125000"]) == [12_500_000]
    assert read_amounts(["12.5"], "金额(单位：万元)") == [12_500_000]
    named = projects().columns["budget"]
    mapping = replace(projects(), columns={**projects().columns, "budget": replace(named, unit=1000)})
    assert read("编号,名称,金额\n1,甲,12.5\n", mapping).rows[0].budget_fen == 1_250_000


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.03.05",
        "2026年3月5日",
        "２０２６－０３－０５",
        "20260305",
        "46086",
        "2026-03-05 14:30",
        "2026-03-05T14:30:00+08:00",
    ],
)
def test_p63_p67_dates_as_text(cell: str) -> None:
    """P63, P67: unambiguous spellings, full-width ones too, are the same day."""
    assert read(f"编号,任务名称,截止日期\n1,甲,{cell}\n", tasks()).rows[0].due_on == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("05/03/2026", "ambiguous_date"),
        ("3-5-26", "ambiguous_date"),
        ("待定", "bad_date"),
        ("2026-02-30", "bad_date"),
        ("2026年3月", "bad_date"),
        ("2026-03/05", "bad_date"),
        ("1999-12-31", "date_too_early"),
        ("9", "date_too_early"),
        ("2108-01-01", "date_too_late"),
        ("#REF!", "error_value"),
    ],
)
def test_p63_p64_dates_that_are_not_guessed(cell: str, code: str) -> None:
    """P63, P64: what can be read in two ways, is no date, or lies outside the window is a fault."""
    assert read(f"编号,任务名称,截止日期\n1,甲,{cell}\n", tasks()).findings.codes == {code: 1}


def test_named_date_formats() -> None:
    """A mapping's formats decide day and month; two formats that disagree are a fault."""
    text = "编号,任务名称,截止日期\n1,甲,5/3/2026 0:00\n2,乙,05.03.26\n"
    both = replace(tasks(), date_formats=("%d/%m/%Y %H:%M", "%d.%m.%y"))
    assert [row.due_on for row in read(text, both).rows] == [date(2026, 3, 5)] * 2
    unclear = replace(tasks(), date_formats=("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%y"))
    assert places(read(text, unclear), "ambiguous_date") == [(2, "截止日期", "5/3/2026 0:00")]


def test_p62_p89_an_old_name_maps_to_the_department() -> None:
    """P62, P89: a former name and look-alike spellings are the known department; others are faults with a hint."""
    text = "编号,任务名称,责任单位\n1,甲,住建局\n2,乙,发改委（能源处）\n3,丙,发改委(能源处)\n4,丁,财正局\n"
    known = {fold(name): "X" for name in ("住房和城乡建设局", "发改委(能源处)", "财政局")}
    ledger = read(text, tasks('[aliases]\n"住建局" = "住房和城乡建设局"'))
    findings = check_departments(ledger, known)
    assert findings.lines("zh") == [
        "错误 [unknown_department] 第 5 行“责任单位”列：“财正局”：未知的单位，是否指“财政局”？"
    ]
    assert check_departments(replace(ledger, mapping=replace(ledger.mapping, departments="create")), {}).lines() == []
    assert ledger.departments == ("住房和城乡建设局", "发改委（能源处）", "发改委(能源处)", "财正局")


def test_several_departments_in_one_cell() -> None:
    """Lists are split at the usual marks, each name once, the lead not among its supporters."""
    text = '编号,任务名称,责任单位,配合\n1,甲,财政局,"公安局、民政局；财政局,公安局，教育局"\n2,乙,财政局,\n'
    ledger = read(text, tasks('supports = "配合"'))
    assert [row.supports for row in ledger.rows] == [("公安局", "民政局", "教育局"), ()]


def test_values_vague_and_empty_texts() -> None:
    """Tables turn raw texts into ours; what is unknown refuses, what is vague is shown, what means empty is not."""
    toml = (
        'urgency = { column = "急", values = { "特急" = "urgent" }, empty = ["-"] }\n'
        'supports = { column = "配合", split = "/", vague = ["?"], empty = ["NA"], part = "rest" }\n'
        'source = { column = "源", vague = ["?"] }\n'
    )
    text = "编号,任务名称,急,配合,源\n1,甲,特急,A/B/?/NA/C,?\n2,乙,-,,x\n3,丙,普通,,\n"
    ledger = read(text, tasks(toml))
    assert [row.urgency for row in ledger.rows] == ["urgent", None, None]
    assert ledger.rows[0].supports == ("B", "C")
    assert ledger.rows[0].raw == {"supports": "A/B/?/NA/C", "source": "?"}
    assert places(ledger, "unknown_urgency") == [(4, "急", "普通")]


def test_columns_with_one_heading() -> None:
    """A doubled heading is a fault until the mapping says which; of several columns the first filled counts."""
    text = "编号,名称,金额,灯,灯\n1,甲,,,Red\n2,乙,,Green,\n3,丙,,Red,Green\n"
    spec = 'light_reported = {{ columns = {}, values = {{ Red = "red", Green = "green" }} }}'
    assert read(text, projects(spec.format('["灯"]'))).findings.codes == {"duplicate_column": 1, "unused_column": 1}
    ledger = read(text, projects(spec.format('["灯#1", "灯#2"]')))
    assert [row.light_reported for row in ledger.rows] == ["red", "green", "red"]
    assert places(ledger, "conflicting_columns") == [(4, "灯", "Green")]
    assert "missing_column" in read(text, projects(spec.format('["灯#3"]'))).findings.codes


def test_header_position_and_rows_to_skip() -> None:
    """The header is found below titles, or named; rows between it and the data are skipped when named."""
    text = "2026年台账,,\n,,\n编号,任务名称,责任单位\n说明,这里写名称,\n1,甲,财政局\n"
    ledger = read(text, replace(tasks(), skip_rows=1))
    assert [(row.key, row.row) for row in ledger.rows] == [("1", 5)]
    assert read(text, replace(tasks(), header_row=2)).findings.codes.keys() >= {"missing_column"}
    assert read("a,b\n1,2\n", tasks()).findings.codes == {"missing_header": 1}
    assert read("编号,任务名称\n", tasks()).findings.codes == {"no_rows": 1}


def test_columns_that_nobody_reads_are_shown() -> None:
    """P65: no column disappears silently, unless the mapping says that the rest is not wanted."""
    text = "编号,任务名称,截止日期,备注\n1,甲,,x\n"
    assert places(read(text, tasks()), "unused_column") == [(1, "备注", "")]
    assert not read(text, replace(tasks(), ignore_other_columns=True)).findings.lines()


def test_keys_of_several_columns() -> None:
    """The first key column doubled is a flag, the full key doubled a fault; a | inside a part stays clear."""
    mapping = replace(tasks(), key=("编号", "责任单位"))
    text = "编号,责任单位,任务名称\nP1,甲局,a\nP1,乙局,b\nP2,甲局,c\nP2,甲局,d\nx|y,丙局,e\n"
    ledger = read(text, mapping)
    assert [row.key for row in ledger.rows] == ["P1|甲局", "P1|乙局", "P2|甲局", "P2|甲局", "x\\|y|丙局"]
    assert [place[0] for place in places(ledger, "duplicate_first_key")] == [3]
    assert [place[0] for place in places(ledger, "duplicate_key")] == [5]
    assert ledger.rows[0].external_source == "test"
    assert ledger.rows[0].external_key == "P1|甲局"


def test_rows_without_key_or_title_are_faults() -> None:
    """Nothing is imported under no name; required fields are named too."""
    ledger = read("编号,任务名称,责任单位,截止日期\n,甲,,\n2,,财政局,\n3,丙,,\n", tasks('[checks]\nrequire = ["lead"]'))
    assert ledger.findings.codes == {"missing_key": 1, "missing_title": 1, "missing_required": 1}
    assert places(ledger, "missing_required") == [(4, "责任单位", "")]


def test_p78_all_or_nothing() -> None:
    """P78: one bad row of three refuses the file; corrected, it is read whole, twice the same."""
    text = "编号,任务名称,截止日期\n1,甲,2026-03-05\n2,乙,{}\n3,丙,\n"
    assert read(text.format("明天"), tasks()).refused
    good = [read(text.format("2026-03-06"), tasks()) for _ in range(2)]
    assert not good[0].refused
    assert good[0].rows == good[1].rows
    assert len(good[0].latest) == 3


def test_p76_control_characters_are_dropped_and_shown() -> None:
    """P76: a control character is cleaned at entry, and the row says so."""
    ledger = read("编号,任务名称,截止日期\n1,共 4\x16 项,\n", tasks())
    assert ledger.rows[0].title == "共 4 项"
    assert ledger.findings.codes == {"control_characters": 1}


@pytest.mark.parametrize(
    ("heading", "limit", "toml"),
    [("任务名称", TITLE_MAX, ""), ("责任单位", NAME_MAX, ""), ("原因", TEXT_MAX, 'reason = "原因"')],
)
def test_p107_limits_name_the_field(heading: str, limit: int, toml: str) -> None:
    """P107: at the limit a text passes whole, one character more is a fault that names the field."""
    for length, refused in ((limit, False), (limit + 1, True)):
        cells = {"编号": "1", "任务名称": "甲", "责任单位": "乙", "原因": "丙", heading: "字" * length}
        ledger = read(
            ",".join(cells) + "\n" + ",".join(cells.values()) + "\n", replace(tasks(toml), ignore_other_columns=True)
        )
        assert ledger.refused is refused
        assert [place[:2] for place in places(ledger, "too_long")] == ([(2, heading)] if refused else [])


def test_p105_items_below_themselves_are_refused_with_the_chain() -> None:
    """P105: a circle of parents is a fault that shows the chain, and the reading ends."""
    text = "编号,名称,类型,所属项目编号\nA,甲,任务,B\nB,乙,任务,A\nC,丙,任务,C\nD,丁,任务,A\nE,戊,任务,P\n"
    ledger = read(text, own_mapping())
    assert [found.expected_zh for found in ledger.findings.faults] == ["循环从属：A → B → A", "循环从属：C → C"]


def test_snapshots_by_reporting_date() -> None:
    """Rows with a reporting date are grouped by item, the last is its present state; a doubled date is a fault."""
    phase = 'phase = { column = "阶段", order = ["一", "二"] }'
    mapping = projects(f'as_of = "报告日期"\nforecast_on = "预计"\nstart_on = "开始"\n{phase}')
    head = "编号,名称,金额,报告日期,预计,阶段,开始\n"
    lines = (
        "1,甲,5,2026-02-01,2026-05-01,二,",
        "1,甲,4,2026-01-01,2026-04-01,一,",
        "2,乙,,2026-01-01,2025-12-01,二,",
        "1,甲,4,2026-03-01,2026-05-01,一,2026-06-01",
    )
    text = head + "\n".join(lines)
    ledger = read(text, mapping)
    assert [row.budget_fen for row in ledger.snapshots["project", "1"]] == [400, 500, 400]
    assert [row.row for row in ledger.latest] == [5, 4]
    assert ledger.last_as_of == date(2026, 3, 1)
    assert ledger.findings.codes == {"forecast_before_report": 1, "phase_regression": 1, "dates_reversed": 1}
    first, second, _ = ledger.snapshots["project", "1"]
    assert find_changes(first, second) == ("phase", "forecast_on", "budget_fen")
    assert read(head + "1,甲,,2026-01-01,,,\n1,甲,,2026-01-01,,,\n2,乙,,,,,\n", mapping).findings.codes == {
        "duplicate_key": 1,
        "missing_required": 1,
    }


def test_long_keys_of_several_columns_are_faults() -> None:
    """P107: a full key has its limit too, however many columns it has."""
    mapping = replace(tasks(), key=("编号", "责任单位"))
    text = f"编号,责任单位,任务名称\n{'a' * 110},{'b' * 110},甲\n"
    assert read(text, mapping).findings.codes == {"too_long": 1, "missing_key": 1}


def test_amounts_and_texts_that_no_field_holds() -> None:
    """P51: a negative amount beyond the limit stays a fault where negative ones are lowered."""
    text = "编号,名称,金额\n1,甲,-1000000000000000\n"
    assert read(text, projects('[checks]\nlower = ["negative_amount"]')).findings.codes == {"amount_too_large": 1}


def test_small_kinds() -> None:
    """Whole numbers and percentages are read strictly."""
    toml = 'reported_slip_days = "天"\npercent = { column = "比", scale = "share" }'
    text = '编号,名称,金额,天,比\n1,甲,,"1,234",0.5\n2,乙,,－27,1\n3,丙,,1.5,1.5\n4,丁,,x,一半\n'
    ledger = read(text, projects(toml))
    assert [(row.reported_slip_days, str(row.percent)) for row in ledger.rows[:2]] == [(1234, "50.00"), (-27, "100.00")]
    assert ledger.findings.codes == {"bad_integer": 2, "bad_percent": 2}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A path that cannot be read gives a fault, not an exception."""
    assert read_ledger(tmp_path / "none.csv", tasks()).findings.codes == {"unreadable_file": 1}
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(FILE_MAX_BYTES + 1)
    assert read_ledger(huge, tasks()).findings.codes == {"file_too_large": 1}
    path = tmp_path / "有.csv"
    path.write_text("编号,任务名称\n1,甲\n", encoding="utf-8")
    assert len(read_ledger(path, tasks()).rows) == 1


def test_findings_are_bounded_and_one_line_each() -> None:
    """A ruined file of many rows gives a bounded list that counts the rest; a value never breaks its line."""
    findings = Findings(kept_max=2)
    for row in (1, 2, 3, 3, 4):
        findings.add(Finding("fault", "bad_date", "应为日期", "a date", row=row))
    assert (len(findings), findings.left_out, findings.refused) == (5, 3, True)
    assert findings.lines("en")[-1] == "3 more not listed"
    assert shorten("a\nb" + "字" * 200).count("字") < 80
    assert "\n" not in shorten("a\nb")

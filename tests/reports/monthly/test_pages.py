"""The pages of the monthly report in detail: matters, dates, earned value, columns, currencies, the mark."""

import re
from dataclasses import replace

import pytest

from reports import progress_pages
from reports.pdf import Block, Piece
from reports.progress import Figure, Lang, Money, ProgressReport, Text
from reports.progress_pages import _Page, build
from reports.proof import Proof
from reports.wording import say
from tests.reports.made_up import DEPARTMENTS, make_city
from tests.reports.measure import read_texts
from tests.reports.test_progress_pages import LANGS, ROOT, build_city, squeeze


@pytest.mark.parametrize("lang", LANGS)
def test_columns_fill_the_page(lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: every table's columns have a width in the style sheet and are together as wide as the page's text."""
    pieces: list[Piece] = []
    monkeypatch.setattr(progress_pages, "render_pdf", lambda _sheet, parts: pieces.extend(parts))
    build(make_city(), lang)
    style = (ROOT / "reports" / "styles" / "progress.css").read_text(encoding="utf-8")
    groups = [group for piece in pieces for group in re.findall(r"<colgroup>(.*?)</colgroup>", str(piece))]
    assert len(groups) == 3 + 1 + 13 + 1  # the brief's; all matters; a list each; the notes
    for group in groups:
        widths = re.findall(r'class="c(\d+)"', group)
        assert sum(map(int, widths)) == progress_pages.WIDTH
        assert all(f".c{width} {{ width: {width}mm }}" in style for width in widths)


def test_without_an_earlier_month_the_dates_moved_stand_all_the_same() -> None:
    """Nothing is compared with what is not there; a date was moved within the month, as Word and Excel say."""
    city = make_city()

    def list_heads(report: ProgressReport) -> str:
        pieces = _Page(report, "zh").list_sections((), shows_matters=True, missing=())
        return "".join(piece.html for piece in pieces if isinstance(piece, Block))

    first, still = list_heads(replace(city, previous_on=None)), replace(city, previous_on=None, date_moves=())
    assert "经批准调整的完成日期" in first
    assert "灯色变化" not in first
    assert "经批准调整的完成日期" not in list_heads(still)


def test_currencies_stay_apart() -> None:
    """Money: amounts print in their own currency with its minor units; a change across currencies is unknown."""
    city = make_city(2, 0)
    line = city.budget_changes[0]
    mixed = replace(
        city,
        budget_changes=(replace(line, before=Money(100, "USD"), now=Money(200, "CNY")),),
        figures=(Figure("jpy", Text("日元合计", "Yen"), Money(12345, "JPY"), 3, measure="sum"),),
    )
    whole = "".join(read_texts(build(mixed, "zh")))
    assert "1.00USD2.00元—" in whole
    assert "12,345JPY3" in whole


def test_departments_are_sorted_by_share_late() -> None:
    """Rule: departments stand by share overdue; on-time rates carry their base, unknown where none was closed."""
    whole = "".join(read_texts(build_city("zh")))
    table = whole[whole.index("三、部门承办情况") : whole.index("四、专项资金执行")]
    shares = [(line.overdue / line.open_items, line.name) for line in make_city().departments]
    worst = max(shares, key=lambda pair: pair[0])[1]
    first = min((name for name in DEPARTMENTS), key=lambda name: table.index(name.zh))
    assert first == worst
    assert "0/0" not in table


@pytest.mark.parametrize("lang", LANGS)
def test_five_matters_stand_on_page_one_and_all_of_them_behind(lang: Lang) -> None:
    """Issue 8.4: page one ends with the five things to decide, with facts, proposal and who; the rest stands behind."""
    city = make_city()
    texts = read_texts(build_city(lang))
    for at, matter in enumerate(city.matters):
        title = squeeze(say(matter.title, lang))
        assert (title in texts[0]) == (at < 5), title
        assert title in "".join(texts[1:])
    assert squeeze(say(city.matters[1].proposal, lang)) in texts[0]
    counted = {"zh": "共7件", "en": "themostpressing5of7"}
    assert counted[lang] in texts[0]


def test_dates_say_who_approved_them_or_that_nobody_did() -> None:
    """Issue 8.4: a date moved by a request names approver and basis, in days and working days; a forecast says no."""
    whole = "".join(read_texts(build_city("zh")))
    moves = whole[whole.index("经批准调整的完成日期") : whole.index("未经批准的预测变化")]
    assert "2026-11-302026-12-18推迟18天" in moves
    assert "14个工作日" in moves
    assert "领导小组（传签）" in moves
    assert "延期申请#430" in moves
    forecasts = whole[whole.index("未经批准的预测变化") : whole.index("预算变化")]
    assert forecasts.count("未批准（预测）") == len(make_city().forecast_moves)


def test_earned_value_is_told_in_a_sentence_and_counts_who_has_none() -> None:
    """Issue 8.4: SPI, CPI and the forecast with what they mean; the report says how many projects have no such data."""
    whole = "".join(read_texts(build_city("zh")))
    assert (
        "按计划应完成50%，实际完成40%，只做到计划的80%。按现有进度和付款，预计总费用1.25亿元，超预算2,500.00万元。".replace(
            "50%", "50.0%"
        )
        in whole
    )
    total = make_city().lights.total
    assert (
        f"{total}个在办项目中，2个有预算、起止日期、完成比例和付款记录，可以测算；{total - 2}个缺其中一项以上" in whole
    )


def test_the_mark_stands_on_the_last_page_of_an_issued_report() -> None:
    """Issue 8.5: number, version and the code stand on the last page only, and a working copy has none."""
    proof = Proof(
        number="月报〔2026〕10号", version=1, code="ABCD2345", address="https://example.invalid/papers/ABCD2345",
        issued_at=make_city().data_at, data_at=make_city().data_at, rules="2026.1", template="2",
    )  # fmt: skip
    texts = read_texts(build(make_city(3, 2), "zh", proof))
    assert "月报〔2026〕10号" in texts[-1]
    assert "ABCD2345" in texts[-1]
    assert not any("验证码" in text for text in texts[:-1])
    assert "验证码" not in "".join(read_texts(build_city("zh")))

"""拨付单: one page with all that is paid and by whom, marked once it is paid, PDF and DOCX alike, hostile texts."""

from dataclasses import replace

import pytest

from reports.fund.inputs import OrderPaper, OrderState, OrderStep
from reports.fund.order import build_order_pdf
from reports.fund.order_docx import build_order_docx
from reports.fund.order_text import list_facts
from reports.wording import Lang, Text
from tests.reports.fund.made_up import ORDER
from tests.reports.fund.test_allocation import LANGS, read_docx
from tests.reports.measure import MM, find_overlaps, list_active_parts, list_fonts, read_glyphs, read_texts
from tests.reports.meeting.made_up import HOSTILE


@pytest.mark.parametrize("lang", LANGS)
def test_pdf_and_docx_say_the_same_on_one_page(lang: Lang) -> None:
    """Issue 8 no. 1: every line of the order, in both; one page in our fonts, nothing lies on something else."""
    pdf = build_order_pdf(ORDER, lang)
    texts, word = read_texts(pdf), read_docx(build_order_docx(ORDER, lang))
    assert len(texts) == 1
    facts = list_facts(ORDER, lang)
    assert len(facts) == 15
    for label, value in facts:
        assert "".join(f"{label}{value}".split()) in texts[0]
        assert label in word
        assert " ".join(value.split()) in word
    assert not any(find_overlaps(page) for page in read_glyphs(pdf))
    assert list_fonts(pdf) == {"Lianban-Song": True, "Lianban-Sans": True}


def test_the_amount_stands_in_figures_and_capitals() -> None:
    """DOMAIN 2.6: ¥ before the figures, 人民币 without a gap before the capital numerals."""
    whole = read_texts(build_order_pdf(ORDER, "zh"))[0]
    assert "金额¥2,600,000.00金额（大写）人民币贰佰陆拾万元整" in whole
    foreign = dict(list_facts(replace(ORDER, currency="GBP", capital=""), "en"))
    assert foreign["Amount"] == "GBP 2,600,000.00"
    assert "In capitals" not in foreign


@pytest.mark.parametrize(
    ("state", "mark", "note"),
    [
        ("checked", "待支付", "凭此支付一次"),
        ("paid", "已支付", "不得再次支付"),
        ("reversed", "已支付，已冲销", "不作为拨付依据"),
    ],
)
def test_it_is_marked_by_its_state(state: OrderState, mark: str, note: str) -> None:
    """Rule: a paid order says so, with its voucher and day, so that it is not paid twice; a reversed one as well."""
    order = replace(ORDER, state=state)
    if state == "checked":
        order = replace(order, voucher="", paid_on=None, steps=ORDER.steps[:2])
    whole = read_texts(build_order_pdf(order, "zh"))[0]
    assert whole.index(mark) < whole.index("收款单位")
    assert note in whole
    assert ("凭证号记-2026-0301支付日期2026年8月31日" in whole) == (state != "checked")
    assert f"【{mark}】" in read_docx(build_order_docx(order, "zh"))


def _make_hostile(text: str) -> OrderPaper:
    step = OrderStep(Text("申请", "Asked by"), text[:100], text[:100], ORDER.made_at.date())
    return replace(
        ORDER, issuer=text, number=text[:60], payee=text[:200], account=text[:100], bank=text[:100], fund=text[:200],
        fund_code=text[:40], allocation=text, allocation_number=text[:60], contract=text, milestone=text,
        project=text, voucher=text[:100], steps=(step, step, step, step),
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("text", [HOSTILE, "长" * 300, "x" * 300], ids=["hostile", "endless", "endless word"])
def test_hostile_text_is_text_on_one_page(lang: Lang, text: str) -> None:
    """P84: whatever its texts, the order is one page; payee, account and bank are never cut."""
    order = _make_hostile(text)
    pdf = build_order_pdf(order, lang)
    whole = "".join(read_texts(pdf))
    assert len(read_texts(pdf)) == 1
    if text is HOSTILE:
        assert "<script>alert(1)</script><imgsrc=" in whole
        assert "<script>alert(1)</script>" in read_docx(build_order_docx(order, lang))
    else:
        assert whole.count(text[0]) >= 600
    assert not set("\u202e\u200d\x1b\x07\x00") & set(whole)
    assert list_active_parts(pdf) == []
    assert not any(glyph.right > 185 * MM or glyph.left < 27 * MM for page in read_glyphs(pdf) for glyph in page)

"""Values as they read in both languages, the substitute for missing characters, the pictures' axis."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from reports import charts
from reports.glyphs import cover
from reports.progress import Money, Text
from reports.wording import (
    clip,
    compact_money,
    keep_tail,
    say,
    show_change,
    show_money,
    show_number,
    show_share,
    spell_instant,
)
from tests.reports.made_up import make_city, make_stalled


def test_numbers() -> None:
    """Rule: thousands separators, a true minus, a sign for what changed, a dash for what is unknown."""
    assert show_number(1234567) == "1,234,567"
    assert show_number(Decimal("-716.2")) == "−716.2"
    assert show_number(None) == "—"
    assert [show_change(value) for value in (3, 0, -4, None)] == ["+3", "0", "−4", "—"]


def test_shares_round_half_up_and_need_a_base() -> None:
    """Rule: an empty base gives no rate; 0.05 % rounds up."""
    assert show_share(12, 14) == "85.7%"
    assert show_share(1, 2000) == "0.1%"
    assert show_share(0, 0) == "—"


def test_money_is_exact_and_labelled() -> None:
    """DESIGN §5: whole minor units, 万元 only as a labelled display unit, currencies with their own exponent."""
    assert show_money(Money(3_197_475_059_136, "USD"), "zh") == "31,974,750,591.36 USD"
    assert show_money(Money(-5, "CNY"), "zh", signed=True) == "−0.05 元"
    assert show_money(Money(1500, "KWD"), "en") == "1.500 KWD"
    assert show_money(None, "en") == "—"
    assert compact_money(Money(1_234_567_850, "CNY"), "zh") == ("1,234.57", "万元")
    assert compact_money(Money(3_197_475_059_136, "USD"), "zh") == ("319.75", "亿 USD")
    assert compact_money(Money(3_197_475_059_136, "USD"), "en") == ("31.97", "bn USD")
    assert compact_money(Money(-123, "USD"), "en") == ("−1.23", "USD")
    assert compact_money(None, "en") == ("—", "")


def test_instants_carry_their_offset() -> None:
    """DESIGN §5: instants are shown in the zone that they carry."""
    instant = datetime(2026, 11, 2, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    assert spell_instant(instant, "zh") == "2026年11月2日 08:30 UTC+08:00"
    assert spell_instant(instant.astimezone(UTC), "en") == "2 November 2026 00:30 UTC"


def test_words_and_tails() -> None:
    """Rule: data texts are alike in both languages; no Chinese line ends in one lone character."""
    assert say("data", "zh") == say("data", "en") == "data"
    assert say(Text("中", "en"), "en") == "en"
    assert say(None, "zh") == "—"
    assert keep_tail("云州市住房和城乡建设局", 8) == '云州市住房和城乡<span class="nb">建设局</span>'
    assert keep_tail("云州市公安局", 8) == "云州市公安局"
    assert keep_tail("<b>云州市政务服务", 4) == '&lt;b&gt;云州市政<span class="nb">务服务</span>'
    assert clip("云州市公安局", 4) == "云州市…"
    assert clip("abc", 4) == "abc"


def test_missing_characters_are_covered_and_named() -> None:
    """P79, P85: one 〓 a character or joined sequence, named once with an example; invisible ones go."""
    city = replace(make_city(1, 0), city="云州\u202e市𠮷𠮷", office="👍🏽好\n的")
    covered, missing = cover(city)
    assert covered.city == "云州市〓〓"
    assert covered.office == "〓好 的"
    assert [(lack.code, lack.name) for lack in missing] == [
        ("U+1F3FD", "EMOJI MODIFIER FITZPATRICK TYPE-4"),
        ("U+1F44D", "THUMBS UP SIGN"),
        ("U+20BB7", "CJK UNIFIED IDEOGRAPH-20BB7"),
    ]
    assert missing[2].example == "云州市〓〓"
    assert cover(make_city())[1] == ()


def test_wrong_inputs_are_refused() -> None:
    """Rule: a naive instant, a thirteenth month and a fifth rung are refused at once."""
    city = make_city(1, 1)
    with pytest.raises(ValueError, match="time zone"):
        replace(city, data_at=datetime(2026, 11, 2))  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ValueError, match="month"):
        replace(city, month=13)
    with pytest.raises(ValueError, match="rung"):
        replace(make_stalled(0), rung=5)  # type: ignore[arg-type] # wrong on purpose


def test_the_axis_keeps_today_and_few_labels() -> None:
    """Rule: far dates do not press the others into a corner; today is always on the axis; labels keep clear."""
    days = [date(2026, 1, 1) + timedelta(days=at) for at in range(300)] + [date(1900, 1, 1), date(9999, 12, 31)]
    axis = charts.choose_axis(days, date(2026, 10, 31), 35)
    assert axis.first.year == 2026
    assert axis.last.year <= 2027
    assert axis.holds(date(2026, 10, 31))
    assert axis.place(date(9999, 12, 31)) == 35
    for first, last in ((date(1900, 1, 1), date(9999, 12, 1)), (date(2026, 1, 1), date(2026, 2, 1))):
        assert 0 < len(charts.Axis(first, last, 35).list_ticks()) <= charts.TICKS + 1
    assert charts.choose_axis([], date(9999, 12, 31), 35).last <= date.max


def test_pictures_say_unknown_and_leave_out_nothing() -> None:
    """Rule: without any date the row says "—"; a light without projects is left out; hostile words are escaped."""
    axis = charts.choose_axis([], date(2026, 10, 31), 35)
    empty = charts.draw_plan(axis, date(2026, 10, 31), charts.Plan(None, None, None, None, "grey"))
    assert empty.count("%E2%80%94") == 1
    assert charts.draw_light_strip([("red", 0, "红灯")], 162) == ""
    assert "&lt;b&gt;" in charts.draw_light_strip([("red", 2, "<b>")], 162)
    only_plan = charts.draw_plan(axis, date(2026, 10, 31), charts.Plan(None, date(2020, 1, 1), None, 40, "red"))
    assert only_plan.count("path") >= 3

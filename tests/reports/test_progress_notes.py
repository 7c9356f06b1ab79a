"""The notes of the progress report, and lines that must not break."""

from dataclasses import replace

import pytest

from reports.progress import Basis, Lang, Note, Text
from reports.progress_pages import build
from tests.reports.made_up import make_city
from tests.reports.measure import find_outside, read_glyphs, read_texts


@pytest.mark.parametrize(("lang", "ours"), [("zh", "灯色按规则计算"), ("en", "Computedbyrule;therulethatdecided")])
def test_a_note_of_the_data_replaces_ours(lang: Lang, ours: str) -> None:
    """Rule: a term is explained once; where the data explain it, the template's own words are left out."""
    city = make_city(3, 1)
    given = Note(Text("灯色", "Lights"), Text("城市自定的规则", "Rules of the city"))
    before = "".join(read_texts(build(city, lang)))
    after = "".join(read_texts(build(replace(city, notes=(given,)), lang)))
    assert ours in before
    assert ours not in after
    assert {"zh": "灯色城市自定的规则", "en": "LightsRulesofthecity"}[lang] in after


def test_days_late_and_their_basis_stand_on_one_line() -> None:
    """Rule: “1,152 d late computed” is not broken, and ends inside the margin."""
    city = make_city(4, 0)
    late = tuple(replace(line, slip_days=1152, slip_basis=Basis.OURS) for line in city.projects)
    quiet = replace(city, projects=late, light_changes=(), forecast_moves=(), budget_changes=())
    seen = 0
    for glyphs in read_glyphs(build(quiet, "en")):
        assert find_outside(glyphs) == []
        text = "".join(glyph.char for glyph in glyphs)
        at = text.find("1,152dlatecomputed")
        while at >= 0:
            seen += 1
            assert abs(glyphs[at].bottom - glyphs[at + len("1,152")].bottom) < 1
            assert abs(glyphs[at].bottom - glyphs[at + len("1,152dlatec")].bottom) < 1
            at = text.find("1,152dlatecomputed", at + 1)
    assert seen == len(late)

"""验收证书 and 协调裁定书: what must stand in them, PDF and DOCX alike, who signed in which post, what follows."""

from dataclasses import replace
from datetime import date

import pytest

from reports.paper.letter import Letter
from reports.paper.words import Paragraph
from reports.project import acceptance_text, ruling_text
from reports.project.inputs import Acceptance, MoneyLine, Signed
from reports.project.letters import (
    build_acceptance_docx,
    build_acceptance_pdf,
    build_ruling_docx,
    build_ruling_pdf,
)
from reports.wording import Lang
from tests.reports.city.made_up import PROOF, TRA
from tests.reports.fund.test_allocation import read_docx
from tests.reports.measure import find_overlaps, list_active_parts, read_glyphs, read_texts
from tests.reports.meeting.made_up import HOSTILE
from tests.reports.project.made_up import ACCEPTANCE, RULING

LANGS: tuple[Lang, ...] = ("zh", "en")


def _read_facts(paper: Acceptance) -> dict[str, str]:
    return {str(label): str(text) for label, text in acceptance_text.list_tables(paper, "zh")[0].rows}


def _join(letter: Letter) -> str:
    return "\n".join(part.label + part.text for part in letter.body if isinstance(part, Paragraph))


def _squeeze(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", LANGS)
def test_a_certificate_says_the_same_in_both(lang: Lang) -> None:
    """Issue 8 no. 1: every cell and paragraph stands in PDF and DOCX; money exact to the fen; an even last page."""
    pdf, word = build_acceptance_pdf(ACCEPTANCE, lang, PROOF), read_docx(build_acceptance_docx(ACCEPTANCE, lang, PROOF))
    pages = read_texts(pdf)
    whole = "".join(pages)
    for table in acceptance_text.list_tables(ACCEPTANCE, lang):
        for line in table.lines:
            for cell in map(str, line):
                assert _squeeze(cell) in whole, cell
                assert cell in word
    for part in acceptance_text.write_letter(ACCEPTANCE, lang).body:
        if isinstance(part, Paragraph):
            assert part.text in word
    assert _squeeze("11,500,000.50元" if lang == "zh" else "11,500,000.50 CNY") in whole
    assert len(pages) % 2 == 0
    assert not any(find_overlaps(page) for page in read_glyphs(pdf))


def test_a_certificate_says_who_signed_in_which_post() -> None:
    """A post is not named twice; who was represented is; no agreement is claimed where none was given."""
    _, _, signed, _ = acceptance_text.list_tables(ACCEPTANCE, "zh")
    assert signed.rows == (
        ("报送评审", "市交通运输局局长", "邹惠民", "—", "2026-03-30"),
        ("会签", "市公安局局长", "林卫国", "无不同意见。", "2026-03-31"),
        ("批准立项", "市联合工作领导小组副组长", "秦婉仪（代秦守正）", "同意", "2026-04-02"),
        ("验收结项", "市联合工作协调办公室督查专员", "唐文清", "目标完成。", "2026-11-25"),
    )
    facts = _read_facts(ACCEPTANCE)
    assert facts["工期执行"] == "逾期4个工作日（经批准期限调整为2026年12月7日，仍按原期限计算）"
    assert facts["计划工期"] == "2025年12月17日至2026年11月16日"
    bare = _read_facts(replace(ACCEPTANCE, money=()))
    assert bare["资金决算"] == "系统内没有资金下达记录，以财政决算批复为准"


def test_a_certificate_adds_up_no_two_currencies() -> None:
    """Each currency by itself, exact to its smallest unit; yen have none below one."""
    paper = replace(ACCEPTANCE, money=(*ACCEPTANCE.money, MoneyLine("JPY", 500_000, 300_000, 0)))
    assert _read_facts(paper)["资金决算"] == (
        "核定11,800,000.00元，净拨付11,500,000.50元，已凭据核销11,490,000.00元；"
        "核定500,000JPY，净拨付300,000JPY，已凭据核销0JPY"
    )


def test_a_certificate_claims_nothing_that_was_not_so() -> None:
    """Without a due date nothing was in time; where no task was finished, none is said to be; one day is one day."""
    bare = replace(ACCEPTANCE, late_workdays=None, due_on=None, original_due_on=None, done_tasks=0, proven=())
    assert _read_facts(bare)["工期执行"] == "未定期限"
    text = _join(acceptance_text.write_letter(bare, "zh"))
    assert "项目没有在系统内办结的所属任务。" in text
    assert "全部办结" not in text
    one = replace(ACCEPTANCE, late_workdays=1, original_due_on=ACCEPTANCE.due_on, done_tasks=1)
    english = {row[0]: row[1] for row in acceptance_text.list_tables(one, "en")[0].rows}
    assert english["Against the plan"] == "1 working day late"
    assert "The one task of the project is done; 2 criteria were answered" in _join(
        acceptance_text.write_letter(one, "en")
    )


def test_a_ruling_puts_words_into_nobodys_mouth() -> None:
    """Who referred a dispute or put it into circulation without a word has agreed to nothing; who signed it has."""

    def say(step: str, *, is_agreed: bool) -> Signed:
        return Signed(step, TRA, None, "孟继学", "", date(2026, 4, 29), is_agreed=is_agreed)

    paper = replace(RULING, heard=(say("转报", is_agreed=False), say("传签", is_agreed=True)))
    text = _join(ruling_text.write_letter(paper, "zh"))
    assert "市交通运输局孟继学（2026年4月29日转报）。" in text
    assert "市交通运输局孟继学（2026年4月29日传签）：同意。" in text
    english = _join(ruling_text.write_letter(paper, "en"))
    assert english.count("agreed.") == 1


@pytest.mark.parametrize("lang", LANGS)
def test_a_ruling_has_all_its_parts_in_both(lang: Lang) -> None:
    """Parties, matter, positions, facts, ruling with reasons, by whom, what follows, what can be done against it."""
    pdf, word = build_ruling_pdf(RULING, lang, PROOF), read_docx(build_ruling_docx(RULING, lang, PROOF))
    for part in ruling_text.write_letter(RULING, lang).body:
        assert isinstance(part, Paragraph)
        assert part.text in word
    whole = "".join(read_texts(pdf))
    wanted = {
        "zh": ("市交通运输局、市公安局：", "校外道路交通组织属公安交管职责。", "裁定前，系统内没有市公安局的书面意见。",
               "异议成立。任务“治理校园周边拥堵”改由市公安局牵头，市交通运输局不再承担牵头责任。",
               "经核对“三定”规定，异议成立。", "裁定人：协调办督查专员唐文清；裁定日期：2026年4月30日。",
               "市公安局应于2026年5月7日前（含当日）签收。办理期限自裁定之日起重新计算，完成期限为2026年6月15日。",
               "同一任务的归属裁定一次，不得再次提出异议。"),
        "en": ("The dispute is well founded. The Public Security Bureau leads the task",
               "Ruled by 唐文清, Inspector, on 30 April 2026.", "the task is due 15 June 2026.",
               "The lead of a task is ruled on once and cannot be disputed again."),
    }[lang]  # fmt: skip
    for piece in wanted:
        assert _squeeze(piece) in whole, piece


def test_a_dispute_that_fails_leaves_the_lead_where_it_was() -> None:
    """Refused: the filer goes on leading; the leaders' ruling is signed by the leadership group."""
    paper = replace(RULING, is_upheld=False, owner=TRA, by_leaders=True, due_on=RULING.was_due_on)
    letter = ruling_text.write_letter(paper, "zh")
    text = "".join(part.label + part.text for part in letter.body if isinstance(part, Paragraph))
    assert "裁定：异议不成立。任务“治理校园周边拥堵”仍由市交通运输局牵头。" in text
    assert "完成期限为2026年6月9日" in text
    assert "重新计算" not in text
    assert letter.signer == "云州市领导小组"


def test_hostile_text_stays_text() -> None:
    """Issue 8 no. 8: markup in the parties' words is shown and nothing in it is active."""
    pdf = build_ruling_pdf(replace(RULING, reason=HOSTILE, grounds=HOSTILE, task_title=HOSTILE[:60]), "zh")
    assert list_active_parts(pdf) == []

"""会议纪要 as PDF in the minutes format of GB/T 9704-2012, Chinese on the grid, English in ordinary setting.

Order: red head, title, text, note of the annex, 出席 / 请假 / 列席, annex with the tasks, end block at the foot of the
last face. The end block of an issued paper stands on an even page; a page with nothing else carries no number.
"""

from markupsafe import Markup

from reports.faces import SANS
from reports.glyphs import Missing, cover
from reports.meeting.inputs import MinutesInput
from reports.meeting.minutes_text import (
    TaskLine,
    list_tasks,
    name_state,
    write_body,
    write_copies,
    write_number,
    write_people,
    write_printed,
    write_tail,
)
from reports.paper.grid import CELLS, EM_MM, draw_heavy, measure
from reports.paper.record import place_record, write_record
from reports.paper.setting import GAP, HEADING_EN_MM, draw_mark, draw_title, set_paragraph, write_missing
from reports.paper.words import Paragraph, clean
from reports.pdf import Block, Piece, Sheet, Table, render_pdf
from reports.proof import Proof
from reports.proof_html import write_proof
from reports.wording import Lang, clip, spell_day

__all__ = ["build_minutes_pdf"]

_NAME_CELLS = 24
_BY_CELLS = {"zh": 15.0, "en": 26.0}
_BY_LONG_CELLS = {"zh": 27, "en": 32}
_LONGEST_TITLE = 120


def build_minutes_pdf(paper: MinutesInput, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the minutes as PDF; the same values give the same bytes.

    `proof` marks an issued paper, `state` stands in the head of one that is not whole. Raises
    `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, missing = cover(paper)
    sheet = _make_sheet(drawable, proof, state)
    pieces: list[Piece] = [*_write_head(drawable), *_write_paragraphs(drawable, missing), *_write_annex(drawable)]
    if drawable.state == "issued":
        mark = Markup() if proof is None else write_proof(proof, drawable.lang)
        record = write_record(write_copies(drawable), drawable.issuer, write_printed(drawable), mark)
        pieces += place_record(sheet, pieces, record)
    return render_pdf(sheet, pieces)


def _make_sheet(paper: MinutesInput, proof: Proof | None, state: str) -> Sheet:
    state = name_state(paper) or state
    name = " ".join(filter(None, (clean(paper.mark), write_number(paper))))
    return Sheet(
        title=clip(name, _LONGEST_TITLE),
        lang=paper.lang,
        style="official.css",
        head_left=state,
        head_right=clip(clean(paper.meeting), _NAME_CELLS) if state else "",
        author=clip(clean(paper.issuer), _LONGEST_TITLE),
        identifier=paper.identifier,
        data_at=paper.made_at,
        archive=proof is not None,
    )


def _write_head(paper: MinutesInput) -> list[Block]:
    by = clean(paper.issuer)
    day = spell_day(paper.issued_on or paper.made_at.date(), paper.lang)
    long = measure(by) > _BY_CELLS[paper.lang]
    head = Markup(
        '<div class="head"><div class="mark">{}</div><div class="num">{}</div>'
        '<div class="by{}"><span>{}</span><span>{}</span></div><div class="rule"></div></div>'
    ).format(
        draw_mark(paper.mark, paper.lang), clip(write_number(paper), CELLS - 2), " long" if long else "",
        clip(by, _BY_LONG_CELLS[paper.lang]), day,
    )  # fmt: skip
    out = [Block(head), Block(Markup('<div class="gap2"></div>'))]
    return [*out, *draw_title(paper.title, paper.lang), GAP]


def _write_paragraphs(paper: MinutesInput, missing: tuple[Missing, ...]) -> list[Block]:
    out: list[Block] = []
    for paragraph in write_body(paper):
        out += set_paragraph(paragraph, paper.lang)
    if list_tasks(paper):
        out += [GAP, *set_paragraph(_name_annex(paper.lang), paper.lang)]
    people = write_people(paper)
    if people:
        out.append(GAP)
    for paragraph in people:
        out += set_paragraph(paragraph, paper.lang)
    if missing:
        out += [GAP, *set_paragraph(Paragraph("note", write_missing(missing, paper.lang)), paper.lang)]
    return out


def _name_annex(lang: Lang) -> Paragraph:
    if lang == "zh":
        return Paragraph("text", f"附件：{write_tail(lang)}")
    return Paragraph("people", write_tail(lang), "Annex:")


def _write_annex(paper: MinutesInput) -> list[Piece]:
    tasks = list_tasks(paper)
    if not tasks:
        return []
    zh = paper.lang == "zh"
    name = draw_heavy("附件" if zh else "Annex", left_mm=0, size_mm=EM_MM if zh else HEADING_EN_MM, family=SANS)
    heads = ("任务编号", "事项", "牵头单位", "完成期限") if zh else ("Task", "What", "Lead", "Due")
    opening = Markup(
        '<table><colgroup><col class="c1"><col><col class="c3"><col class="c4"></colgroup><thead><tr>{}</tr></thead>'
    ).format(Markup("").join(Markup("<th>{}</th>").format(head) for head in heads))
    return [
        Block(Markup('<div class="annex">{}</div>').format(name)),
        GAP,
        *draw_title(write_tail(paper.lang), paper.lang),
        Block(Markup('<div class="gap h"></div>')),
        Table(opening, tuple(_write_task(task, paper.lang) for task in tasks)),
    ]


def _write_task(task: TaskLine, lang: Lang) -> Markup:
    what = task.title
    if task.supporting:
        what += f"（配合：{task.supporting}）" if lang == "zh" else f" (supporting: {task.supporting})"
    return Markup('<td>{}</td><td>{}</td><td>{}</td><td class="nw">{}</td>').format(
        task.number, what, task.lead, task.due
    )

"""会议纪要 as DOCX: the paragraphs of the PDF, the faces of GB/T 9704-2012 by name, Word's own grid of 22 × 28."""

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt

from reports.meeting.inputs import MinutesInput
from reports.meeting.minutes_text import (
    list_tasks,
    name_state,
    write_body,
    write_copies,
    write_number,
    write_people,
    write_printed,
    write_tail,
)
from reports.paper.grid import break_title
from reports.paper.table import Column, TableText
from reports.paper.word import About, Writer, add_border, open_document, pack
from reports.paper.words import clean
from reports.proof import Proof
from reports.proof_docx import add_proof
from reports.wording import clip, spell_day

__all__ = ["build_minutes_docx"]

_TITLE_CELLS = {"zh": 20, "en": 26}
_WIDTHS = (24, 65, 33, 34)


def build_minutes_docx(paper: MinutesInput, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the minutes as DOCX with the texts of the PDF; the same values give the same bytes."""
    about = About(
        title=f"{clean(paper.mark)} {write_number(paper)}",
        author=paper.issuer,
        identifier=paper.identifier,
        made_at=paper.made_at,
        revision=paper.version,
        state=name_state(paper) or state,
    )
    writer = open_document(paper.lang, about)
    _write_head(writer, paper)
    for paragraph in write_body(paper):
        writer.write(paragraph)
    tasks = list_tasks(paper)
    if tasks:
        writer.add()
        label = "附件：" if paper.lang == "zh" else "Annex: "
        writer.add(label + write_tail(paper.lang), indent=2)
    people = write_people(paper)
    if people:
        writer.add()
    for paragraph in people:
        writer.write(paragraph)
    if tasks:
        _write_annex(writer, paper)
    add_proof(writer, proof)
    if paper.state == "issued":
        writer.write_record(write_copies(paper), paper.issuer, write_printed(paper))
    return pack(writer.document)


def _write_head(writer: Writer, paper: MinutesInput) -> None:
    writer.write_mark(paper.mark)
    writer.add()
    writer.add(write_number(paper)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    by = writer.add()
    by.paragraph_format.left_indent = by.paragraph_format.right_indent = Pt(writer.size)
    by.paragraph_format.tab_stops.add_tab_stop(Mm(156) - Pt(writer.size), WD_TAB_ALIGNMENT.RIGHT)
    writer.run(by, clip(clean(paper.issuer), 26))
    by.add_run("\t")
    writer.run(by, spell_day(paper.issued_on or paper.made_at.date(), paper.lang))
    add_border(by, "bottom", 16, "C8102E", space=6)
    writer.add()
    writer.write_titles(break_title(paper.title, _TITLE_CELLS[paper.lang]))
    writer.add()


def _write_annex(writer: Writer, paper: MinutesInput) -> None:
    zh = paper.lang == "zh"
    writer.add("附件" if zh else "Annex", "hei").paragraph_format.page_break_before = True
    writer.write_titles([write_tail(paper.lang)])
    heads = ("任务编号", "事项", "牵头单位", "完成期限") if zh else ("Task", "What", "Lead", "Due")
    supporting = "（配合：{}）" if zh else " (supporting: {})"
    columns = tuple(Column(head, width) for head, width in zip(heads, _WIDTHS, strict=True))
    rows = tuple(
        (task.number, task.title + (supporting.format(task.supporting) if task.supporting else ""), task.lead, task.due)
        for task in list_tasks(paper)
    )
    writer.write_table(TableText(write_tail(paper.lang), columns, rows))

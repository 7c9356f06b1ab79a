"""会议纪要 as DOCX: the paragraphs of the PDF, the faces of GB/T 9704-2012 by name, Word's own grid of 22 × 28."""

import io
import zipfile
from datetime import UTC
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph as Block
from docx.text.run import Run

from reports.meeting.grid import break_title
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
from reports.meeting.words import Paragraph, clean
from reports.wording import Lang, clip, spell_day

__all__ = ["build_minutes_docx"]

FACES = {"title": "方正小标宋简体", "body": "仿宋_GB2312", "hei": "黑体", "kai": "楷体_GB2312", "song": "宋体"}
_FACES_EN = {"title": "Times New Roman", "body": "Times New Roman", "hei": "Arial", "kai": "Times New Roman",
             "song": "Times New Roman"}  # fmt: skip
_RED = RGBColor(0xC8, 0x10, 0x2E)
_PITCH = 579  # twips: 22 lines in 225 mm; 580 would leave room for 21
_CHAR_SPACE = -848  # 1/4096 pt: 28 characters of 16 pt in 156 mm
_SIZE = {"zh": 16.0, "en": 12.0}
_MARK_PT = 34.0
_WIDTH_PT = 442.0
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LONGEST_NAME = 200
_WIDTHS = (24, 65, 33, 34)


def build_minutes_docx(paper: MinutesInput) -> bytes:
    """Return the minutes as DOCX with the texts of the PDF; the same values give the same bytes."""
    document = docx.Document()
    _set_page(document, paper)
    _set_properties(document, paper)
    writer = _Writer(document, paper.lang)
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
    if paper.state == "issued":
        _write_record(writer, paper)
    return _pack(document)


class _Writer:
    """Adds paragraphs in the paper's faces and measures."""

    def __init__(self, document: Document, lang: Lang) -> None:
        self.document = document
        self.lang = lang
        self.size = _SIZE[lang]
        self.faces = FACES if lang == "zh" else _FACES_EN

    def add(self, text: str = "", face: str = "body", *, size: float | None = None, indent: float = 0) -> Block:
        """Add a paragraph; `indent` is its first line's, in characters."""
        block = self.document.add_paragraph()
        if self.lang == "zh" or not text:
            block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            block.paragraph_format.line_spacing = Twips(_PITCH if self.lang == "zh" else _PITCH * 2 // 3)
        if indent and self.lang == "zh":
            block.paragraph_format.first_line_indent = Pt(indent * self.size)
        if text:
            self.run(block, text, face, size=size)
        return block

    def run(
        self, block: Block, text: str, face: str = "body", *, size: float | None = None, colour: RGBColor | None = None
    ) -> Run:
        """Add a run in a face by its role."""
        run = block.add_run(clean(text))
        name = self.faces[face]
        run.font.name = name
        run.font.size = Pt(size or self.size)
        if colour is not None:
            run.font.color.rgb = colour
        if self.lang == "en" and face in {"title", "hei"}:
            run.font.bold = True
        fonts: Any = run.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), FACES[face])
        return run

    def write(self, paragraph: Paragraph) -> None:
        """Add a paragraph of the text by its role."""
        face = {"heading": "hei", "note": "kai"}.get(paragraph.role, "body")
        block = self.add(indent=2)
        layout = block.paragraph_format
        if self.lang == "en":
            layout.line_spacing_rule = WD_LINE_SPACING.SINGLE
            layout.space_after = Pt(6)
            layout.left_indent = Mm(8) if paragraph.role == "facts" else None
        if paragraph.role == "heading":
            layout.keep_with_next = True
        if paragraph.role == "people":
            hanging = Pt(self.size * 5) if self.lang == "zh" else Mm(32)
            layout.left_indent = hanging
            layout.first_line_indent = Pt(-3 * self.size) if self.lang == "zh" else -Mm(32)
        if paragraph.label:
            self.run(block, paragraph.label, "hei" if paragraph.role == "people" else "kai")
            if self.lang == "en":
                block.add_run("\t" if paragraph.role == "people" else " ")
        self.run(block, paragraph.text, face)


def _write_head(writer: _Writer, paper: MinutesInput) -> None:
    mark = clip(clean(paper.mark), 46)
    block = writer.add()
    block.alignment = WD_ALIGN_PARAGRAPH.CENTER
    block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    block.paragraph_format.space_before = Mm(34)
    cells = sum(1.0 if ord(char) > 0x2E7F else 0.55 for char in mark)  # noqa: PLR2004 - the full-width scripts
    writer.run(block, mark, "title", size=max(18.0, min(_MARK_PT, _WIDTH_PT // max(cells, 1))), colour=_RED)
    writer.add()
    writer.add(write_number(paper)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    by = writer.add()
    by.paragraph_format.left_indent = by.paragraph_format.right_indent = Pt(writer.size)
    by.paragraph_format.tab_stops.add_tab_stop(Mm(156) - Pt(writer.size), WD_TAB_ALIGNMENT.RIGHT)
    writer.run(by, clip(clean(paper.issuer), 26))
    by.add_run("\t")
    writer.run(by, spell_day(paper.issued_on or paper.made_at.date(), paper.lang))
    _add_border(by, "bottom", 16, "C8102E", space=6)
    writer.add()
    for line in break_title(paper.title, 20 if paper.lang == "zh" else 26):
        title = writer.add(line, "title", size=22 if paper.lang == "zh" else 16)
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    writer.add()


def _write_annex(writer: _Writer, paper: MinutesInput) -> None:
    zh = paper.lang == "zh"
    writer.add().add_run().add_break(WD_BREAK.PAGE)
    writer.add("附件" if zh else "Annex", "hei")
    title = writer.add(write_tail(paper.lang), "title", size=22 if zh else 16)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heads = ("任务编号", "事项", "牵头单位", "完成期限") if zh else ("Task", "What", "Lead", "Due")
    supporting = "（配合：{}）" if zh else " (supporting: {})"
    rows = [
        (task.number, task.title + (supporting.format(task.supporting) if task.supporting else ""), task.lead, task.due)
        for task in list_tasks(paper)
    ]
    table = writer.document.add_table(rows=0, cols=len(heads), style="Table Grid")
    table.autofit = False
    for at, texts in enumerate([heads, *rows]):
        row = table.add_row()
        for cell, text, width in zip(row.cells, texts, _WIDTHS, strict=True):
            cell.width = Mm(width)
            writer.run(cell.paragraphs[0], text, "body" if at else "hei", size=12 if zh else 10.5)
    head: Any = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no name for a repeated head
    head.append(_make("w:tblHeader", val="true"))


def _write_record(writer: _Writer, paper: MinutesInput) -> None:
    """Add the end block as a table that floats at the foot of the core."""
    copies = write_copies(paper)
    document = writer.document
    writer.add()
    table = document.add_table(rows=0, cols=2)
    properties: Any = table._tbl.tblPr  # noqa: SLF001 - python-docx has no name for a floating table
    properties.insert(
        1, _make("w:tblpPr", horzAnchor="margin", vertAnchor="margin", tblpXSpec="left", tblpYSpec="bottom")
    )
    size = 14 if paper.lang == "zh" else 11
    if copies:
        first, last = table.add_row().cells
        merged = first.merge(last)
        writer.run(merged.paragraphs[0], copies, size=size)
        merged.paragraphs[0].paragraph_format.left_indent = Pt(size * 4)
        merged.paragraphs[0].paragraph_format.first_line_indent = Pt(-size * 3)
        merged.paragraphs[0].paragraph_format.right_indent = Pt(size)
    left, right = table.add_row().cells
    writer.run(left.paragraphs[0], clean(paper.issuer), size=size)
    left.paragraphs[0].paragraph_format.left_indent = Pt(size)
    writer.run(right.paragraphs[0], write_printed(paper), size=size)
    right.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    right.paragraphs[0].paragraph_format.right_indent = Pt(size)
    for row in table.rows:
        for cell, width in zip(row.cells, (98, 58), strict=True):
            cell.width = Mm(width) if not copies or row is table.rows[-1] else cell.width
    borders = _make("w:tblBorders")
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)):
        borders.append(_make(f"w:{side}", val="single", sz=str(eighths), space="0", color="000000"))
    properties.append(borders)


def _make(name: str, **values: str) -> Any:  # noqa: ANN401 - lxml is untyped
    element: Any = OxmlElement(name)
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _add_border(block: Block, side: str, eighths: int, colour: str, *, space: int) -> None:
    borders = _make("w:pBdr")
    borders.append(_make(f"w:{side}", val="single", sz=str(eighths), space=str(space), color=colour))
    properties: Any = block._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no name for a border
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _set_page(document: Document, paper: MinutesInput) -> None:
    """Set A4, the margins, Word's grid, the page numbers of both sides and the mark of a draft."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin, section.bottom_margin, section.right_margin = (
        Mm(37), Mm(28), Mm(35), Mm(26))  # fmt: skip
    section.footer_distance = Mm(25.5)
    section.header_distance = Mm(25)
    properties: Any = section._sectPr  # noqa: SLF001 - python-docx has no name for the grid
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    if paper.lang == "zh":
        properties.append(_make("w:docGrid", type="linesAndChars", linePitch=str(_PITCH), charSpace=str(_CHAR_SPACE)))
    document.settings.odd_and_even_pages_header_footer = True
    normal: Any = document.styles["Normal"]
    normal.font.name = FACES["body"] if paper.lang == "zh" else _FACES_EN["body"]
    normal.font.size = Pt(_SIZE[paper.lang])
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACES["body"])
    normal.paragraph_format.space_after = Pt(0)
    writer = _Writer(document, paper.lang)
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    ):  # fmt: skip
        block = footer.paragraphs[0]
        block.alignment = align
        block.paragraph_format.left_indent = block.paragraph_format.right_indent = Pt(14)
        _write_page_number(writer, block)
    state = name_state(paper)
    if state:
        for header in (section.header, section.even_page_header):
            writer.run(header.paragraphs[0], state, "hei", size=12, colour=_RED)


def _write_page_number(writer: _Writer, block: Block) -> None:
    writer.run(block, "—", "song", size=14).add_text(" ")
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = writer.run(block, "", "song", size=14)
        if kind:
            run.element.append(_make("w:fldChar", fldCharType=kind))
        else:
            field = _make("w:instrText")
            field.text = text
            run.element.append(field)
    run = writer.run(block, "", "song", size=14)
    run.add_text(" —")


def _set_properties(document: Document, paper: MinutesInput) -> None:
    made_at = paper.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about = document.core_properties
    about.author = about.last_modified_by = clip(clean(paper.issuer), _LONGEST_NAME // 2)
    about.title = clip(f"{clean(paper.mark)} {write_number(paper)}".strip(), _LONGEST_NAME // 2)
    about.identifier = clean(paper.identifier)[:_LONGEST_NAME]
    about.comments = about.keywords = about.subject = about.category = ""
    about.language = "zh-CN" if paper.lang == "zh" else "en"
    about.created = about.modified = made_at
    about.revision = paper.version
    package: Any = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]


def _pack(document: Document) -> bytes:
    """Return the file with its parts in one order and with one time, which a ZIP otherwise takes from the clock."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            packed.writestr(entry, parts.read(name))
    return out.getvalue()

"""The frame of papers as DOCX: faces of GB/T 9704-2012 by name, Word's own grid of 22 × 28, the same bytes again."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips
from docx.table import Table
from docx.text.paragraph import Paragraph as Block
from docx.text.run import Run

from reports.paper.table import TableText, show_cell
from reports.paper.words import Paragraph, clean
from reports.wording import Lang, clip

FACES = {"title": "方正小标宋简体", "body": "仿宋_GB2312", "hei": "黑体", "kai": "楷体_GB2312", "song": "宋体"}
FACES_EN = {"title": "Times New Roman", "body": "Times New Roman", "hei": "Arial", "kai": "Times New Roman",
            "song": "Times New Roman"}  # fmt: skip
RED = RGBColor(0xC8, 0x10, 0x2E)
_PITCH = 579  # twips: 22 lines in 225 mm; 580 would leave room for 21
_CHAR_SPACE = -848  # 1/4096 pt: 28 characters of 16 pt in 156 mm
_SIZE = {"zh": 16.0, "en": 12.0}
_MARK_PT = 34.0
_LEAST_MARK_PT = 18.0
_WIDTH_PT = 442.0
_FULL_WIDTH_FROM = 0x2E80
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LONGEST_NAME = 100
_RECORD_WIDTHS = (98, 58)
_TABLE_SIZE = {"zh": 12.0, "en": 10.5}


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself; `made_at` is the data time, `state` stands red in the head of every page."""

    title: str
    author: str
    identifier: str
    made_at: datetime
    revision: int = 1
    state: str = ""


@dataclass(frozen=True, slots=True)
class Margins:
    """Margins of the page in mm."""

    top: float = 37
    right: float = 26
    bottom: float = 35
    left: float = 28


class Writer:
    """Adds paragraphs in the paper's faces and measures."""

    def __init__(self, document: Document, lang: Lang) -> None:
        self.document = document
        self.lang = lang
        self.size = _SIZE[lang]
        self.faces = FACES if lang == "zh" else FACES_EN

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

    def write_mark(self, text: str) -> None:
        """Add the red mark, as large as one line allows."""
        mark = clip(clean(text), 46)
        block = self.add()
        block.alignment = WD_ALIGN_PARAGRAPH.CENTER
        block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        block.paragraph_format.space_before = Mm(34)
        cells = sum(1.0 if ord(char) >= _FULL_WIDTH_FROM else 0.55 for char in mark)
        size = max(_LEAST_MARK_PT, min(_MARK_PT, _WIDTH_PT // max(cells, 1)))
        self.run(block, mark, "title", size=size, colour=RED)

    def write_titles(self, lines: Sequence[str]) -> None:
        """Add a title's lines, centred."""
        for line in lines:
            title = self.add(line, "title", size=22 if self.lang == "zh" else 16)
            title.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def write_table(self, table: TableText, *, size: float | None = None) -> None:
        """Add a table with a head that repeats; figures stand to the right."""
        widths = tuple(column.width_mm for column in table.columns)
        made = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        made.autofit = False
        set_widths(made, widths)
        heads = tuple(column.head for column in table.columns)
        for at, cells in enumerate((heads, *table.lines)):
            for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
                if not place:
                    row = made.add_row()
                target = row.cells[place]
                target.width = Mm(column.width_mm)
                text = str(cell) if not at else show_cell(cell, column.kind)
                block = target.paragraphs[0]
                is_heavy = not at or cells is table.total
                self.run(block, text, "hei" if is_heavy else "body", size=size or _TABLE_SIZE[self.lang])
                if column.kind != "text":
                    block.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        head: Any = made.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no name for a repeated head
        head.append(make("w:tblHeader", val="true"))

    def write_record(self, copies: str, issuer: str, printed: str) -> None:
        """Add the end block as a table that floats at the foot of the core, bound to the paragraph behind it."""
        table = self.document.add_table(rows=0, cols=2)
        table.autofit = False
        set_widths(table, _RECORD_WIDTHS)
        properties: Any = table._tbl.tblPr  # noqa: SLF001 - python-docx has no name for a floating table
        properties.insert_element_before(
            make("w:tblpPr", vertAnchor="margin", horzAnchor="margin", tblpXSpec="left", tblpYSpec="bottom"),
            "w:tblOverlap", "w:tblW", "w:jc", "w:tblInd", "w:tblBorders", "w:tblLayout", "w:tblCellMar", "w:tblLook",
        )  # fmt: skip
        borders = make("w:tblBorders")
        for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)):
            borders.append(make(f"w:{side}", val="single", sz=str(eighths), space="0", color="000000"))
        properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
        size = 14 if self.lang == "zh" else 11
        if copies:
            first, last = table.add_row().cells
            layout = first.merge(last).paragraphs[0]
            self.run(layout, copies, size=size)
            layout.paragraph_format.left_indent = Pt(size * 4)
            layout.paragraph_format.first_line_indent = Pt(-size * 3)
            layout.paragraph_format.right_indent = Pt(size)
        cells = table.add_row().cells
        for cell, text, width in zip(cells, (clean(issuer), printed), _RECORD_WIDTHS, strict=True):
            cell.width = Mm(width)
            self.run(cell.paragraphs[0], text, size=size)
        cells[0].paragraphs[0].paragraph_format.left_indent = Pt(size)
        cells[1].paragraphs[0].paragraph_format.right_indent = Pt(size)
        cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        anchor = self.add()
        anchor.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        anchor.paragraph_format.line_spacing = Pt(1)


def open_document(lang: Lang, about: About, margins: Margins | None = None) -> Writer:
    """Return a writer on an empty A4 document; without `margins` of its own it has the grid of the standard."""
    document = docx.Document()
    _set_page(document, lang, margins, about.state)
    _set_properties(document, lang, about)
    return Writer(document, lang)


def set_widths(table: Table, widths: Sequence[int]) -> None:
    """Set the widths of a table's columns in mm."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def make(name: str, **values: str) -> Any:  # noqa: ANN401 - lxml is untyped
    """Return an element of WordprocessingML with these values."""
    element: Any = OxmlElement(name)
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def add_border(block: Block, side: str, eighths: int, colour: str, *, space: int) -> None:
    """Draw a line along one side of a paragraph."""
    borders = make("w:pBdr")
    borders.append(make(f"w:{side}", val="single", sz=str(eighths), space=str(space), color=colour))
    properties: Any = block._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no name for a border
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _set_page(document: Document, lang: Lang, margins: Margins | None, state: str) -> None:
    """Set A4, the margins, Word's grid, the page numbers of both sides and the mark of a draft."""
    section, sides = document.sections[0], margins or Margins()
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin, section.bottom_margin, section.right_margin = (
        Mm(sides.top), Mm(sides.left), Mm(sides.bottom), Mm(sides.right))  # fmt: skip
    section.footer_distance = Mm(25.5 if margins is None else 10)
    section.header_distance = Mm(25 if margins is None else 10)
    properties: Any = section._sectPr  # noqa: SLF001 - python-docx has no name for the grid
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    if lang == "zh" and margins is None:
        properties.append(make("w:docGrid", type="linesAndChars", linePitch=str(_PITCH), charSpace=str(_CHAR_SPACE)))
    document.settings.odd_and_even_pages_header_footer = True
    normal: Any = document.styles["Normal"]
    normal.font.name = FACES["body"] if lang == "zh" else FACES_EN["body"]
    normal.font.size = Pt(_SIZE[lang])
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACES["body"])
    normal.paragraph_format.space_after = Pt(0)
    writer = Writer(document, lang)
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    ):  # fmt: skip
        block = footer.paragraphs[0]
        block.alignment = align
        block.paragraph_format.left_indent = block.paragraph_format.right_indent = Pt(14)
        _write_page_number(writer, block)
    if state:
        for header in (section.header, section.even_page_header):
            writer.run(header.paragraphs[0], state, "hei", size=12, colour=RED)


def _write_page_number(writer: Writer, block: Block) -> None:
    writer.run(block, "—", "song", size=14).add_text(" ")
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = writer.run(block, "", "song", size=14)
        if kind:
            run.element.append(make("w:fldChar", fldCharType=kind))
        else:
            field = make("w:instrText")
            field.text = text
            run.element.append(field)
    run = writer.run(block, "", "song", size=14)
    run.add_text(" —")


def _set_properties(document: Document, lang: Lang, about: About) -> None:
    made_at = about.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    own = document.core_properties
    own.author = own.last_modified_by = clip(clean(about.author), _LONGEST_NAME)
    own.title = clip(clean(about.title), _LONGEST_NAME)
    own.identifier = clean(about.identifier)[: 2 * _LONGEST_NAME]
    own.comments = own.keywords = own.subject = own.category = ""
    own.language = "zh-CN" if lang == "zh" else "en"
    own.created = own.modified = made_at
    own.revision = about.revision
    package: Any = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]


def pack(document: Document) -> bytes:
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

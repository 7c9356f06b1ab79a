"""Measures a PDF as it is: text by page, embedded fonts, what passes the margins, glyphs that lie on each other."""

import ctypes
import io
from dataclasses import dataclass

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, 190 * MM, 287 * MM, 9 * MM
SLACK = 0.4 * MM


@dataclass(frozen=True, slots=True)
class Glyph:
    """A visible character and its ink box in points from the page's lower left."""

    char: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        """Return the box's area."""
        return max(self.right - self.left, 0.01) * max(self.top - self.bottom, 0.01)

    def cover(self, other: "Glyph") -> float:
        """Return the share of the smaller box that both have in common."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.top, other.top) - max(self.bottom, other.bottom)
        return wide * tall / min(self.area, other.area) if wide > 0 and tall > 0 else 0.0


def read_texts(pdf: bytes) -> list[str]:
    """Return each page's text without white space, in the order of drawing."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def read_glyphs(pdf: bytes) -> list[list[Glyph]]:
    """Return each page's visible glyphs."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_read_page(page) for page in document]
    finally:
        document.close()


def _read_page(page: pypdfium2.PdfPage) -> list[Glyph]:
    text = page.get_textpage()
    sides = [ctypes.c_double() for _ in range(4)]
    glyphs = []
    for index in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, index))
        if char.isspace() or ord(char) < 0x20 or pdfium.FPDFText_IsGenerated(text, index):
            continue
        pdfium.FPDFText_GetCharBox(text, index, *sides)
        left, right, bottom, top = (side.value for side in sides)
        glyphs.append(Glyph(char, left, bottom, right, top))
    return glyphs


def find_outside(glyphs: list[Glyph]) -> list[Glyph]:
    """Return the glyphs that pass the page's margins."""
    return [
        glyph
        for glyph in glyphs
        if glyph.left < LEFT - SLACK or glyph.right > RIGHT + SLACK or glyph.bottom < BOTTOM or glyph.top > TOP
    ]


def find_overlaps(glyphs: list[Glyph]) -> list[tuple[Glyph, Glyph]]:
    """Return pairs of glyphs of which a third of the smaller is covered by the other; ligatures count as one."""
    ordered = sorted(glyphs, key=lambda glyph: glyph.left)
    open_ones: list[Glyph] = []
    pairs = []
    for glyph in ordered:
        open_ones = [other for other in open_ones if other.right > glyph.left]
        pairs += [
            (other, glyph) for other in open_ones if other.cover(glyph) > 1 / 3 and not _is_ligature(other, glyph)
        ]
        open_ones.append(glyph)
    return pairs


def _is_ligature(one: Glyph, other: Glyph) -> bool:
    same = (one.left, one.right, one.bottom, one.top) == (other.left, other.right, other.bottom, other.top)
    return same and {one.char, other.char} <= set("fijlt")


def list_fonts(pdf: bytes) -> dict[str, bool]:
    """Return {font name without its subset prefix: whether the font's file is embedded}."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        descriptors = [
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        return {
            str(item["/FontName"]).partition("+")[2]: any(key in item for key in ("/FontFile2", "/FontFile3"))
            for item in descriptors
        }


def list_active_parts(pdf: bytes) -> list[str]:
    """Return what a PDF must not have here: attachments, links, scripts."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [f"attachment {name}" for name in document.attachments]
        found += [f"annotation on page {page.index + 1}" for page in document.pages if "/Annots" in page]
        found += [key for key in ("/OpenAction", "/AA", "/AcroForm") if key in document.Root]
    return found


def list_bookmarks(pdf: bytes) -> list[tuple[str, int]]:
    """Return (title, page index) of the outline."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        marks = [(mark.get_title(), mark.get_dest()) for mark in document.get_toc()]
        return [(title, dest.get_index()) for title, dest in marks if dest is not None]
    finally:
        document.close()

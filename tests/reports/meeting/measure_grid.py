"""Measures a paper on the grid: lines by their base, where each begins and ends, the page number's place."""

import ctypes
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from tests.reports.measure import MM

LEFT_MM, FOOT_MM = 28.0, 35.0
_PX = 0.75  # WeasyPrint sets type in px under a scale
CELL = 156 * MM / 28


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text: its base in points from the page's foot, its characters with where they begin, their size."""

    base: float
    chars: tuple[tuple[float, str], ...]
    size: float

    @property
    def text(self) -> str:
        """Return the line's text without white space."""
        return "".join(char for _, char in self.chars)

    @property
    def last_cell(self) -> float:
        """Return the cell in which the last character begins, counted from 0 at the core's left."""
        return (self.chars[-1][0] - LEFT_MM * MM) / CELL


def read_rows(pdf: bytes) -> list[list[Row]]:
    """Return each page's lines from its head to its foot."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_read_page(page) for page in document]
    finally:
        document.close()


def _read_page(page: pypdfium2.PdfPage) -> list[Row]:
    text = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    rows: dict[int, list[tuple[float, str, float, float]]] = {}
    for index in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, index))
        if char.isspace() or ord(char) < 0x20 or pdfium.FPDFText_IsGenerated(text, index):
            continue
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        size = pdfium.FPDFText_GetFontSize(text, index) * _PX
        key = next((key for key in (round(y.value) + near for near in (0, -1, 1)) if key in rows), round(y.value))
        rows.setdefault(key, []).append((x.value, char, y.value, size))
    return [
        Row(max(part[2] for part in parts), tuple((left, char) for left, char, _, _ in sorted(parts)), parts[0][3])
        for _, parts in sorted(rows.items(), reverse=True)
    ]


def split_foot(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the lines of the core and those below it."""
    return [row for row in rows if row.base > FOOT_MM * MM], [row for row in rows if row.base <= FOOT_MM * MM]

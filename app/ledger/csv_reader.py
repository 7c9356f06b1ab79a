"""CSV into rows: encoding, delimiter, cells with line breaks, and a place for everything that is broken."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from app.ledger.encoding import Decoded, decode
from app.ledger.findings import Finding, Findings
from app.ledger.sheet import COLUMNS_MAX, EMPTY, Cell, Grid, RawRow, UnreadableError

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 30


def read_csv(data: bytes, *, encoding: str = "", delimiter: str = "") -> Grid:
    """Return the file as a grid; raises UnreadableError when it is no table of text."""
    decoded = decode(data, encoding)
    delimiter = delimiter or detect_delimiter(decoded.text)
    findings = Findings()
    if decoded.stray_bytes:
        findings.add(_report_stray_bytes(decoded))
    rows = _read_rows(decoded.text, delimiter)
    return Grid(name="", rows=rows, encoding=decoded.encoding, findings=findings)


def detect_delimiter(text: str) -> str:
    """Return the delimiter that splits the first records most evenly into several cells; a comma if none does."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _sample_widths(text, delimiter)
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = (count / len(widths) if width > 1 else 0.0, width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sample_widths(text: str, delimiter: str) -> list[int]:
    widths: list[int] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if record:
                widths.append(len(record))
            if len(widths) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        return []
    return widths


def _read_rows(text: str, delimiter: str) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableError(
                "broken_csv",
                f"CSV 记录有误（从文件第 {line} 行起）：引号未闭合或单元格过长",
                f"a readable record (from line {line} of the file on): {error}",
                row=number,
            ) from error
        if len(record) > COLUMNS_MAX:
            raise UnreadableError(
                "too_many_columns", f"最多 {COLUMNS_MAX} 列", f"at most {COLUMNS_MAX} columns", row=number
            )
        yield RawRow(number, tuple(Cell(text) if text else EMPTY for text in record))


def _report_stray_bytes(decoded: Decoded) -> Finding:
    return Finding(
        "flag",
        "mixed_encoding",
        f"{decoded.stray_bytes} 个字节不是 UTF-8，已按 cp1252 读取（首个在文件第 {decoded.stray_line} 行）",
        f"UTF-8 throughout; {decoded.stray_bytes} bytes were read as cp1252 (first in line {decoded.stray_line})",
    )

"""Which characters a CSV file's bytes mean: told by evidence or named by the mapping, never guessed silently.

UTF-8 is strict enough to prove itself. GB18030 decodes nearly anything, so it must show that its pairs are
common Chinese characters; Latin-1 and cp1252 must show that their accents stand alone among ASCII. What
proves nothing is refused with the advice to name the encoding.
"""

import codecs
import re
from dataclasses import dataclass

from app.ledger.sheet import UnreadableError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BOMS_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
MIXED = "utf-8+cp1252"
"""Named by a mapping only: UTF-8 into which a program has put single bytes of cp1252."""

_ALIASES = {"gbk": "gb18030", "gb2312": "gb18030", "gb_2312-80": "gb18030", "utf8": "utf-8"}

# Pairs of GB18030: rows 1-3 (punctuation, full-width signs) and 16-55 (the 3,755 common characters) speak
# for Chinese; any other pair speaks for nothing.
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]")
_GB_COMMON = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
_UTF8_MANY = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_CP1252_ONLY = re.compile(rb"[\x80-\x9f]")
# A small accented letter before a capital or a bracket: no Western word, but a rare Chinese character.
_NOT_WESTERN = re.compile(rb"[\xdf-\xff][\x40-\x60\x7b-\x7e]")
#: Ways to write text that no program saves a table in; some of them read what stands there as something to be run.
_NO_FILES = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "unicode_escape",
                       "raw_unicode_escape"})  # fmt: skip
_SAMPLE = 2_000_000
_ENOUGH = 0.6
_ALONE_MAX = 2
_STRAY_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, the encoding it was read in, and how many bytes of MIXED were not UTF-8."""

    text: str
    encoding: str
    stray_bytes: int = 0
    stray_line: int = 0


def decode(data: bytes, named: str = "") -> Decoded:
    """Return the text of `data`; raises UnreadableError with the place of the first byte that does not fit."""
    if not data.strip():
        raise UnreadableError("empty_file", "文件是空的", "a file that is not empty")
    encoding = _name(data, named)
    if encoding == MIXED:
        return _decode_mixed(data)
    text = _decode_strictly(data, encoding)
    if "\x00" in text:
        raise UnreadableError("not_a_table", "不是文本文件（含空字节）", "a text file (this one holds NUL bytes)")
    return Decoded(text.removeprefix("\ufeff"), encoding)


def _name(data: bytes, named: str) -> str:
    if data.startswith(_BOMS_UTF32):
        raise UnreadableError("unknown_encoding", "不支持 UTF-32，请另存为 UTF-8", "UTF-8 instead of UTF-32")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    if named:
        return _ALIASES.get(named.lower(), named.lower())
    return _detect(data)


def _detect(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    sample = data[:_SAMPLE]
    many = _UTF8_MANY.findall(sample)
    if sum(len(sequence) > 1 for sequence in many) / max(len(many), 1) > 1 - (1 - _ENOUGH) / 4:
        return "utf-8"  # UTF-8 with a broken place: decoding strictly names it
    pairs = _GB_PAIR.findall(sample)
    common = sum(bool(_GB_COMMON.fullmatch(pair)) for pair in pairs)
    if common / max(len(pairs), 1) >= _ENOUGH:
        return "gb18030"
    runs = _HIGH_RUN.findall(sample)
    alone = sum(len(run) <= _ALONE_MAX for run in runs)
    western = not _NOT_CP1252.search(data) and not (_NOT_WESTERN.search(data) and _is_gb18030(data))
    if western and alone / max(len(runs), 1) >= _ENOUGH:
        return "cp1252" if _CP1252_ONLY.search(data) else "latin-1"
    raise UnreadableError(
        "unknown_encoding",
        "无法判断字符编码，请在映射文件中写明 encoding",
        "an encoding that can be told; name it in the mapping (encoding = …)",
    )


def _is_gb18030(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _decode_strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raw = data[error.start : error.start + 4].hex(" ")
        raise UnreadableError(
            "broken_encoding",
            f"文件第 {line} 行（第 {error.start + 1} 字节）不是有效的 {encoding}，文件可能被截断或损坏",
            f"valid {encoding}: line {line} (byte {error.start + 1}) is not; the file may be cut off or damaged",
            value=raw,
        ) from error


def _decode_mixed(data: bytes) -> Decoded:
    """Read what is UTF-8 as UTF-8 and each other byte as cp1252, counting them."""
    pieces: list[str] = []
    start, stray, line = 0, 0, 0
    while True:
        try:
            pieces.append(data[start:].decode("utf-8"))
        except UnicodeDecodeError as error:
            if stray >= _STRAY_MAX:
                raise UnreadableError(
                    "broken_encoding", f"超过 {_STRAY_MAX} 个字节不是 UTF-8", f"at most {_STRAY_MAX} stray bytes"
                ) from error
            place = start + error.start
            pieces.append(data[start:place].decode("utf-8"))
            pieces.append(_decode_strictly(data[place : place + 1], "cp1252"))
            line = line or data.count(b"\n", 0, place) + 1
            start, stray = place + 1, stray + 1
        else:
            return Decoded("".join(pieces).removeprefix("\ufeff"), MIXED, stray, line)


def is_known_encoding(named: str) -> bool:
    """Tell whether a mapping may name this encoding."""
    if named.lower() == MIXED:
        return True
    try:
        codecs.lookup(named)
        return isinstance("1".encode(named).decode(named), str) and codecs.lookup(named).name not in _NO_FILES
    except (LookupError, ValueError):  # LookupError too for what decodes to no text: base64, zip and their kind
        return False

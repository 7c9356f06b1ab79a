"""The ZIP around a workbook: refused before anything parses it when it is hostile, damaged or no workbook.

Sizes are counted by inflating (a declared size is only a claim); what goes on to the parsers is a plain
package of the verified parts that a table needs, without macros, pictures and embedded files.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from app.ledger.sheet import UnreadableError

PARTS_MAX = 2_000
INFLATED_MAX = 256 * 1024 * 1024
RATIO_MAX = 400
_RATIO_FROM = 8 * 1024 * 1024
_STEP = 1024 * 1024
#: How often a mark may stand in a part of which each makes something in memory.
COUNTED_MAX = {"xl/sharedStrings.xml": (b"<si", 2_000_000), "xl/styles.xml": (b"<xf", 100_000)}
_LOCAL_HEADER = 30
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)")
_WANTED = re.compile(
    r"\[Content_Types\]\.xml|_rels/.*|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/sharedStrings\.xml|xl/styles\.xml"
    r"|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)

_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORKBOOK = (
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="' + _OFFICE + b'">'
    b'<workbookPr date1904="%d"/><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELATION = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="' + _OFFICE + b'/%s" Target="%s"/></Relationships>'
)


def open_package(data: bytes) -> dict[str, bytes]:
    """Return the workbook's parts that a table needs, verified; raises UnreadableError for all else."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise damaged() from error
    names = {info.filename for info in infos}
    _refuse_other_types(names)
    if len(infos) > PARTS_MAX or len(names) != len(infos):
        raise _bomb("部件过多或重名", "too many or doubled parts")
    if sum(info.file_size for info in infos) > INFLATED_MAX:
        raise _bomb("解压后过大", "too large when unpacked")
    if any(info.flag_bits & 1 for info in infos):
        raise encrypted()
    parts: dict[str, bytes] = {}
    budget = INFLATED_MAX
    for info in infos:
        wanted = bool(_WANTED.fullmatch(info.filename))
        content, size = _inflate(data, info, budget, keep=wanted)
        budget -= size
        if wanted:
            if _DOCTYPE.search(content[:4096]):
                raise _bomb("含有文档类型声明", "a document type declaration inside")
            mark, most = COUNTED_MAX.get(info.filename, (b"<", INFLATED_MAX))
            if content.count(mark) > most:
                raise _bomb("文字或格式过多", f"at most {most} texts or formats")
            parts[info.filename] = content
    return parts


def pack_sheet(parts: Mapping[str, bytes], sheet: str, *, date1904: bool) -> io.BytesIO:
    """Return an uncompressed workbook of one sheet (the part `sheet`) for the parser, with texts and styles of `parts`.

    Its lists are written anew, so that the parser reads the part that was looked at: files can say two things to two
    readers.
    """
    kept = {
        "_rels/.rels": _RELATION % (b"officeDocument", b"xl/workbook.xml"),
        "xl/workbook.xml": _WORKBOOK % int(date1904),
        "xl/_rels/workbook.xml.rels": _RELATION % (b"worksheet", b"worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": parts[sheet],
    }
    kept |= {
        f"xl/{name}.xml": parts[part] for name in ("sharedStrings", "styles") if (part := f"xl/{name}.xml") in parts
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def damaged() -> UnreadableError:
    """Return the fault of a workbook that cannot be opened."""
    return UnreadableError("damaged_file", "工作簿已损坏，无法打开", "a workbook that is not damaged")


def encrypted() -> UnreadableError:
    """Return the fault of a workbook with a password."""
    return UnreadableError("encrypted_file", "工作簿有密码保护，请去除密码后另存", "a workbook without a password")


def _bomb(zh: str, en: str) -> UnreadableError:
    return UnreadableError("zip_bomb", f"工作簿被拒绝：{zh}", f"a workbook within the limits ({en})")


def _refuse_other_types(names: set[str]) -> None:
    lowered = {name.lower() for name in names}
    if "xl/workbook.xml" in lowered and "xl/vbaproject.bin" not in lowered:
        return
    kinds = {
        "xl/vbaproject.bin": ("含宏的工作簿（xlsm）", "a workbook with macros (xlsm)"),
        "xl/workbook.bin": ("二进制工作簿（xlsb）", "a binary workbook (xlsb)"),
        "word/document.xml": ("Word 文档", "a Word document"),
        "content.xml": ("OpenDocument 文件", "an OpenDocument file"),
    }
    zh, en = next((kinds[name] for name in kinds if name in lowered), ("压缩包", "a ZIP archive"))
    raise wrong_type(zh, en)


def wrong_type(zh: str, en: str) -> UnreadableError:
    """Return the fault of a file that is neither CSV nor XLSX."""
    return UnreadableError("wrong_file_type", f"这是{zh}，请另存为 .xlsx 或 .csv", f".xlsx or .csv, this is {en}")


def _inflate(data: bytes, info: zipfile.ZipInfo, budget: int, *, keep: bool) -> tuple[bytes, int]:
    """Return the content (when kept) and true size of one part, never inflating more than `budget`."""
    start = info.header_offset
    header = data[start : start + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise damaged()
    start += _LOCAL_HEADER + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = data[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        content, size = packed, len(packed)
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        content, size = _inflate_deflated(packed, budget, keep=keep)
    else:
        raise damaged()
    if size > _RATIO_FROM and size > RATIO_MAX * max(len(packed), 1):
        raise _bomb("压缩比异常", "an unusual rate of compression")
    if size != info.file_size or (keep and zlib.crc32(content) != info.CRC):
        raise damaged()
    return content, size


def _inflate_deflated(packed: bytes, budget: int, *, keep: bool) -> tuple[bytes, int]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    chunks: list[bytes] = []
    size = 0
    rest = packed
    try:
        while not inflater.eof:
            chunk = inflater.decompress(rest, _STEP)
            rest = inflater.unconsumed_tail
            if not chunk and not rest:
                break
            size += len(chunk)
            if size > budget:
                raise _bomb("解压后过大", "too large when unpacked")
            if keep:
                chunks.append(chunk)
    except zlib.error as error:
        raise damaged() from error
    return b"".join(chunks), size

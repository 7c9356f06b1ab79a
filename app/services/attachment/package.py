"""Looks into a ZIP package (DOCX, XLSX, PPTX, ODF, OFD) by its directory; of its parts only two short ones are read.

The directory's size is bounded before it is parsed, nothing is unpacked, and a package begins at the file's first
byte and ends with its last.
"""

import zipfile
import zlib
from typing import BinaryIO

from app.services.attachment.compound import encrypted, macros
from app.services.attachment.types import DOCX, ODS, ODT, OFD, PPTX, XLSX, FileType, RefusedError

PARTS_MAX = 5_000
UNPACKED_MAX = 1024 * 1024 * 1024
RATIO_MAX = 200
_RATIO_FROM = 32 * 1024 * 1024
_DIRECTORY_MAX = 4 * 1024 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
#: Stands before the last record where one of ZIP64 overrules it.
_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_COMMENT_MAX = 65_535
_READ_MAX = 512 * 1024
_MAIN = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX, "ofd.xml": OFD}
_ODF = {ODT.media_type: ODT, ODS.media_type: ODS}
_PROGRAMS = (
    ".exe", ".dll", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf", ".hta", ".scr", ".msi", ".jar",
    ".sh", ".class", ".dex", ".lnk", ".html", ".htm", ".svg",
)  # fmt: skip
_BINARY = {"xl/workbook.bin": ("二进制工作簿（XLSB）", "a binary workbook (XLSB)")}


def look_into_package(stream: BinaryIO) -> FileType:
    """Return the type; RefusedError for macros, a password, bombs, damage and for other archives."""
    _check_directory(stream)
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            _check_parts(infos, _measure(stream))
            return _judge(archive, {info.filename.lower(): info for info in infos})
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        if isinstance(error, RefusedError):
            raise
        raise _damaged() from error


def ends_as_package(stream: BinaryIO) -> bool:
    """Whether the file ends as a ZIP archive does: one may hang behind another format."""
    tail = _read_tail(stream)
    return _find_end(tail) is not None


def _measure(stream: BinaryIO) -> int:
    return stream.seek(0, 2)


def _read_tail(stream: BinaryIO) -> bytes:
    stream.seek(max(0, _measure(stream) - _LOCATOR_SIZE - _END_SIZE - _COMMENT_MAX))
    return stream.read()


def _find_end(tail: bytes) -> int | None:
    """Return where the archive's last record begins when it ends exactly where the file ends."""
    at = tail.rfind(_END)
    while at >= 0:
        record = tail[at : at + _END_SIZE]
        if len(record) == _END_SIZE and at + _END_SIZE + int.from_bytes(record[20:22], "little") == len(tail):
            return at
        at = tail.rfind(_END, 0, at)
    return None


def _check_directory(stream: BinaryIO) -> None:
    tail = _read_tail(stream)
    at = _find_end(tail)
    if at is None:
        raise _damaged()
    # What is judged here must be what the parser goes by: the very last record, with none of ZIP64 before it.
    if at != tail.rfind(_END) or tail[max(0, at - _LOCATOR_SIZE) : at].startswith(_LOCATOR):
        raise _bomb()
    record = tail[at : at + _END_SIZE]
    count, length, offset = (int.from_bytes(record[a:b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    if count > PARTS_MAX or length > _DIRECTORY_MAX:
        raise _bomb()
    comment = int.from_bytes(record[20:22], "little")
    if offset + length + _END_SIZE + comment != _measure(stream):
        raise RefusedError(
            "压缩结构前后夹有其他内容，属于混合格式，不予接收。",
            "Something else stands before the package or inside it: two formats in one file.",
        )


def _check_parts(infos: list[zipfile.ZipInfo], size: int) -> None:
    if len(infos) > PARTS_MAX or len({info.filename.lower() for info in infos}) != len(infos):
        raise _bomb()
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if unpacked > UNPACKED_MAX or packed > size or (unpacked > _RATIO_FROM and unpacked > RATIO_MAX * max(packed, 1)):
        raise _bomb()
    if any(info.flag_bits & 1 for info in infos):
        raise encrypted()
    for info in infos:
        if info.filename.startswith(("/", "\\")) or "\\" in info.filename or ".." in info.filename.split("/"):
            raise RefusedError(
                "压缩结构中有指向外部的路径，不予接收。", "A part's name leads outside the package; it is not taken."
            )


def _judge(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> FileType:
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name or "/activex/" in name for name in parts):
        raise macros()
    for name, (zh, en) in _BINARY.items():
        if name in parts:
            raise _refuse(zh, en)
    found = [file_type for name, file_type in _MAIN.items() if name in parts]
    if "mimetype" in parts and "content.xml" in parts:
        found += [_read_odf(archive, parts)]
    if len(found) > 1:
        raise RefusedError("文件同时是两种格式，不予接收。", "The file is two formats in one.")
    if not found:
        raise _refuse("压缩包", "a ZIP archive")
    if any(name.endswith(_PROGRAMS) for name in parts):
        raise RefusedError("文件内夹带程序或网页，不予接收。", "A program or a web page hides inside; it is not taken.")
    if found[0] in (DOCX, XLSX, PPTX):
        _check_content_types(archive, parts)
    return found[0]


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as part:
        return part.read(_READ_MAX)


def _read_odf(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> FileType:
    if any(name.startswith(("basic/", "scripts/")) for name in parts):
        raise macros()
    given = _read(archive, parts["mimetype"])[:200].decode("ascii", "replace").strip()
    if given not in _ODF:
        raise _refuse("其他OpenDocument文件", "another kind of OpenDocument file")
    return _ODF[given]


def _check_content_types(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> None:
    info = parts.get("[content_types].xml")
    if info is None:
        raise _damaged()
    listed = _read(archive, info).lower()
    if b"macroenabled" in listed:
        raise macros()
    if b"<!doctype" in listed or b"<!entity" in listed:
        raise _damaged()


def _damaged() -> RefusedError:
    return RefusedError("文件已损坏或不完整。", "The file is damaged or not whole.")


def _bomb() -> RefusedError:
    return RefusedError(
        "文件的压缩结构异常（部件过多、重名或解压后过大），不予接收。",
        "The package is out of bounds: too many or doubled parts, or too large when unpacked.",
    )


def _refuse(zh: str, en: str) -> RefusedError:
    return RefusedError(f"文件内容是{zh}，不予接收。", f"The content is {en}, which is not taken.")

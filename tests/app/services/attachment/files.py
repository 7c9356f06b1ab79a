"""Made-up files of every kind that is taken, and of kinds that are not."""

import io
import struct
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 30
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 30
TIFF_LITTLE = b"II*\x00" + b"\x08\x00\x00\x00" + b"\x00" * 30
TIFF_BIG = b"MM\x00*" + b"\x00\x00\x00\x08" + b"\x00" * 30
_TYPES = '<?xml version="1.0"?><Types><Override ContentType="application/vnd.{}"/></Types>'
_OPEN_XML = "openxmlformats-officedocument.{}.main+xml"
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512
_STREAM = 4096


def make_zip(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive of the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_office(main: str, content_type: str, **more: bytes | str) -> bytes:
    """Return a package with the main part `main`; double underscores in other parts' names stand for slashes."""
    others = {name.replace("__", "/"): content for name, content in more.items()}
    return make_zip({"[Content_Types].xml": _TYPES.format(content_type), main: "<x/>", **others})


def make_docx(**more: bytes | str) -> bytes:
    """Return a Word document."""
    return make_office("word/document.xml", _OPEN_XML.format("wordprocessingml.document"), **more)


def make_xlsx(**more: bytes | str) -> bytes:
    """Return a workbook."""
    return make_office("xl/workbook.xml", _OPEN_XML.format("spreadsheetml.sheet"), **more)


def make_pptx() -> bytes:
    """Return a presentation."""
    return make_office("ppt/presentation.xml", _OPEN_XML.format("presentationml.presentation"))


def make_odf(kind: str, **more: bytes | str) -> bytes:
    """Return an OpenDocument file of a kind (text, spreadsheet, presentation)."""
    others = {name.replace("__", "/"): content for name, content in more.items()}
    return make_zip({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>", **others})


def make_ofd() -> bytes:
    """Return an OFD document."""
    return make_zip({"OFD.xml": "<ofd:OFD/>", "Doc_0/Document.xml": "<x/>"})


def make_compound(*names: str, storage: str = "", head: bytes = b"") -> bytes:
    """Return a compound file with streams of these names, each beginning with `head`, and one empty storage."""
    per_stream = _STREAM // _SECTOR
    entries = [_entry("Root Entry", 5, child=1 if names or storage else -1)]
    fat: list[int] = [_FAT, _END]  # sector 0: the table itself, sector 1: the directory
    body = b""
    everything = [*[(name, 2) for name in names], *([(storage, 1)] if storage else [])]
    for index, (name, kind) in enumerate(everything):
        start = len(fat)
        if kind == 2:
            fat += [*range(start + 1, start + per_stream), _END]
            body += head.ljust(_STREAM, b"\x00")
        following = index + 2 if index + 1 < len(everything) else -1
        size = _STREAM if kind == 2 else 0
        entries.append(_entry(name, kind, right=following, start=start if kind == 2 else 0, size=size))
    directory = b"".join(entries).ljust(_SECTOR, b"\x00")
    assert len(directory) == _SECTOR
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\x00" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, _STREAM, _END, 0, _END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    table = b"".join(struct.pack("<I", value) for value in fat).ljust(_SECTOR, b"\xff")
    return header + table + directory + body


def _entry(name: str, kind: int, *, right: int = -1, child: int = -1, start: int = 0, size: int = 0) -> bytes:
    encoded = (name + "\x00").encode("utf-16-le")
    found = encoded.ljust(64, b"\x00") + struct.pack("<HBBiii", len(encoded), kind, 1, -1, right, child)
    return found + b"\x00" * 36 + struct.pack("<IQ", start, size)


ALLOWED: dict[str, tuple[bytes, str]] = {
    "批示.pdf": (PDF, "application/pdf"),
    "扫描.png": (PNG, "image/png"),
    "扫描.jpg": (JPEG, "image/jpeg"),
    "扫描.JPEG": (JPEG, "image/jpeg"),
    "a.tif": (TIFF_LITTLE, "image/tiff"),
    "b.tiff": (TIFF_BIG, "image/tiff"),
    "方案.docx": (make_docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "清单.xlsx": (make_xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "汇报.pptx": (make_pptx(), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "a.odt": (make_odf("text"), "application/vnd.oasis.opendocument.text"),
    "a.ods": (make_odf("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "公文.ofd": (make_ofd(), "application/ofd"),
    "旧.doc": (make_compound("WordDocument", "1Table", head=b"\xec\xa5\xc1\x00"), "application/msword"),
    "旧.wps": (make_compound("WordDocument"), "application/msword"),
    "旧.xls": (make_compound("Workbook", head=b"\x09\x08\x10\x00"), "application/vnd.ms-excel"),
    "旧.et": (make_compound("Book"), "application/vnd.ms-excel"),
    "说明.txt": ("一、总体要求\n二、任务分工\n".encode(), "text/plain"),
    "说明-gb.txt": ("一、总体要求\r\n二、任务分工\r\n".encode("gb18030"), "text/plain"),
    "台账.csv": ("﻿序号,任务\n1,数据对接\n".encode(), "text/csv"),
}

"""What a file is, from its content: all that is taken, what is not and why (case P100 and its kin)."""

import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidError
from app.services.attachment.content import find_type
from app.services.attachment.naming import read_extension
from app.services.attachment.types import BY_EXTENSION, DOC
from tests.app.services.attachment.files import (
    ALLOWED,
    JPEG,
    PDF,
    PNG,
    make_compound,
    make_docx,
    make_odf,
    make_office,
    make_xlsx,
    make_zip,
)


def refusal(content: bytes, name: str) -> tuple[str, str]:
    """Return the two sentences with which a file is refused."""
    with pytest.raises(InvalidError) as caught:
        find_type(io.BytesIO(content), read_extension(name))
    assert caught.value.code == "file_refused"
    (fault,) = caught.value.faults
    assert fault.field == "file"
    return fault.sentence.zh, fault.sentence.en


def encrypted_zip() -> bytes:
    """Return a DOCX whose parts say that they are encrypted."""
    content = bytearray(make_docx())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        offsets = [info.header_offset for info in archive.infolist()]
    for offset in offsets:
        content[offset + 6] |= 1
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_taken(name: str) -> None:
    """Each allowed type is known by its content, and the stream stands at its beginning afterwards."""
    content, media_type = ALLOWED[name]
    stream = io.BytesIO(content)
    assert find_type(stream, read_extension(name)).media_type == media_type
    assert stream.tell() == 0


@pytest.mark.parametrize(("content", "name", "zh", "en"), [
    (b"", "a.pdf", "空的", "empty"),
    (b"MZ\x90\x00" + b"\x00" * 60, "a.pdf", "Windows程序", "a Windows program"),
    (b"\x7fELF\x02\x01" + b"\x00" * 60, "a.txt", "Linux程序", "a Linux program"),
    (b"GIF89a" + b"\x01\x00\x01\x00\x00\x00\x00;", "a.png", "GIF图片", "a GIF picture"),
    (b"7z\xbc\xaf\x27\x1c\x00\x04" + b"\x00" * 40, "a.zip", "压缩包", "7z"),
    (b"Rar!\x1a\x07\x01\x00" + b"\x00" * 40, "a.docx", "压缩包", "RAR"),
    (b"OggS\x00\x02" + b"\x00" * 40, "a.pdf", "Ogg", "Ogg"),
    (b"\x00\x01\x02\x03nothing known" + b"\x00" * 40, "a.pdf", "认不出", "of no kind that is taken"),
    ("一、".encode("utf-16"), "a.txt", "UTF-16", "UTF-16"),
    (b"<html><body>x</body></html>", "a.txt", "网页", "a web page"),
    (b"\xef\xbb\xbf  <!DOCTYPE html>", "a.txt", "网页", "a web page"),
    (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "a.png", "SVG", "SVG"),
    (b"a,b\n<script>alert(1)</script>,2\n", "a.csv", "网页", "a web page"),
    (b"#!/bin/sh\nrm -rf x\n", "a.txt", "脚本", "a script"),
    (b"{\\rtf1\\ansi x}", "a.doc", "RTF", "RTF"),
    (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a.txt", "网页归档", "archived"),
    (b"@echo off\r\ndel x\r\n", "a.bat", "应以.txt结尾", "end in .txt"),
    (b"GIF89a....\n%PDF-1.4\n" + b"x" * 40, "a.pdf", "混合格式", "two formats"),
    (b"\n\n%PDF-1.4\n%%EOF", "a.pdf", "混合格式", "two formats"),
    (PDF + make_zip({"a": "b"}), "a.pdf", "混合格式", "two formats"),
    (JPEG + make_docx(), "a.jpg", "混合格式", "two formats"),
    (PNG, "a.pdf", "扩展名.pdf（PDF文档）与内容不符：文件内容是PNG图片，应以.png结尾", "the content is a PNG picture"),
    (PDF, "report.pdf.exe", "扩展名.exe与内容不符", ".exe does not fit: the content is a PDF document"),
    (PDF, "htaccess", "没有扩展名", "no ending"),
    (JPEG, "a.txt", "应以.jpg、.jpeg结尾", ".jpg or .jpeg"),
])  # fmt: skip
def test_what_is_not_taken(content: bytes, name: str, zh: str, en: str) -> None:
    """P100: executables, HTML, SVG, scripts, polyglots, empty and misnamed files are refused by what they are."""
    said = refusal(content, name)
    assert zh in said[0]
    assert en in said[1]


@pytest.mark.parametrize(("content", "name", "zh"), [
    (make_zip({"a.txt": "x"}), "a.zip", "压缩包"),
    (make_docx(word__vbaProject_bin=b"").replace(b"vbaProject_bin", b"vbaProject.bin"), "a.docx", "宏"),
    (make_office("word/document.xml", "ms-word.document.macroEnabled.main+xml"), "a.docx", "宏"),
    (make_xlsx(xl__macrosheets__sheet1="x"), "a.xlsx", "宏"),
    (make_odf("text", Basic__x="x"), "a.odt", "宏"),
    (make_odf("presentation"), "a.odt", "其他OpenDocument"),
    (make_zip({"[Content_Types].xml": "", "xl/workbook.bin": "x"}), "a.xlsx", "XLSB"),
    (make_zip({"word/document.xml": "", "xl/workbook.xml": "x"}), "a.docx", "两种格式"),
    (make_zip({"word/document.xml": "x"}), "a.docx", "损坏"),
    (make_office("word/document.xml", "x", **{"word__embeddings__setup.exe": "x"}), "a.docx", "夹带程序"),
    (make_zip({"[Content_Types].xml": "<!DOCTYPE x>", "word/document.xml": "x"}), "a.docx", "损坏"),
    (make_docx(**{"..__..__etc__passwd": "x"}), "a.docx", "指向外部"),
    (make_docx(__etc__passwd="x"), "a.docx", "指向外部"),
    (encrypted_zip(), "a.docx", "密码"),
    (make_docx()[:-30], "a.docx", "损坏"),
    (make_docx() + b"x" * 30, "a.docx", "损坏"),
    (make_docx()[:60] + b"x" * 10 + make_docx()[60:], "a.docx", "混合格式"),
    (b"PK\x03\x04" + make_docx(), "a.docx", "混合格式"),
    (make_zip({**{f"word/{n}.xml": "" for n in range(5001)}, "word/document.xml": ""}), "a.docx", "结构异常"),
    (make_docx(word__media__big=b"\x00" * (40 * 1024 * 1024)), "a.docx", "结构异常"),
    (make_docx(WORD__document_xml="x").replace(b"WORD/document_xml", b"WORD/document.xml"), "a.docx", "结构异常"),
])  # fmt: skip
def test_packages_that_are_not_taken(content: bytes, name: str, zh: str) -> None:
    """P100: macros, passwords, bombs, members with ../, programs inside, other archives, damage."""
    assert zh in refusal(content, name)[0]


@pytest.mark.parametrize(("content", "zh"), [
    (make_compound("WordDocument", storage="Macros"), "宏"),
    (make_compound("Workbook", storage="_VBA_PROJECT_CUR"), "宏"),
    (make_compound("EncryptedPackage", "EncryptionInfo"), "密码"),
    (make_compound("WordDocument", head=b"\xec\xa5" + b"\x00" * 9 + b"\x01"), "密码"),
    (make_compound("Workbook", head=b"\x09\x08\x04\x00aaaa\x2f\x00"), "密码"),
    (make_compound("PowerPoint Document"), "旧版演示文稿"),
    (make_compound("__properties_version1.0"), "复合文件"),
    (make_compound(), "复合文件"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "损坏"),
    (make_compound("WordDocument")[:700], "损坏"),
])  # fmt: skip
def test_compound_files_that_are_not_taken(content: bytes, zh: str) -> None:
    """Old Office files with macros or a password, and other compound files, are refused by what they are."""
    assert zh in refusal(content, "a.doc")[0]


@pytest.mark.parametrize("text", [
    "机密★一年\n关于……的通知", "000012\n\n绝密★\n通知", "  秘密\n会议纪要", "SECRET\nminutes",
    "CONFIDENTIAL★\nx", "Confidential//NOFORN\nx",
])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_that_begins_with_a_mark_is_refused(text: str, encoding: str) -> None:
    """DESIGN 2: classified material never belongs in the system; the sentence says so."""
    zh, en = refusal(text.encode(encoding), "a.txt")
    assert "严禁上传涉密文件" in zh
    assert "classified material never belongs" in en


def test_a_text_that_only_speaks_of_secrets_is_taken() -> None:
    """The mark stands at the beginning; the word further down is no mark."""
    text = "保密工作要点\n一、机密文件由专人保管\n二、secretaries keep the list of <object> and <name>\n"
    assert find_type(io.BytesIO(text.encode()), "txt").media_type == "text/plain"


@given(content=st.binary(max_size=400), extension=st.sampled_from(sorted(BY_EXTENSION)))
def test_any_bytes_are_known_or_refused(content: bytes, extension: str) -> None:
    """Whatever is sent, the answer is a type that fits the ending or a refusal, never a fault of ours."""
    found = None
    with suppress(InvalidError):
        found = find_type(io.BytesIO(content), extension)
    assert found is None or extension in found.extensions


@given(
    start=st.sampled_from([make_compound("WordDocument"), make_docx(), PDF, PNG]),
    place=st.integers(0, 3000), byte=st.integers(0, 255), cut=st.integers(0, 200),
)  # fmt: skip
def test_a_damaged_file_is_known_or_refused(start: bytes, place: int, byte: int, cut: int) -> None:
    """A flipped byte or a missing end never makes the check itself fail."""
    content = bytearray(start)
    content[place % len(content)] = byte
    found = None
    with suppress(InvalidError):
        found = find_type(io.BytesIO(bytes(content[: len(content) - cut])), "doc")
    assert found in (None, DOC)


def _end(count: int, length: int, offset: int, comment: bytes = b"", *, claims: int | None = None) -> bytes:
    """Return an archive's last record; `claims` is a false length of the comment."""
    said = len(comment) if claims is None else claims
    return b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count, count, length, offset, said) + comment


def _hide_by_zip64(body: bytes, directory: bytes) -> bytes:
    """Return an archive whose last record names ten bytes, and whose ZIP64 record names the whole directory."""
    whole = body + directory
    record = b"PK\x06\x06" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 1, 1, len(directory), len(body))
    whole += record + b"PK\x06\x07" + struct.pack("<LQL", 0, len(whole), 1)
    return whole + _end(1, 10, len(whole) - 10)


def _hide_in_comment(body: bytes, directory: bytes) -> bytes:
    """Return an archive whose comment holds another last record, by which a lax reader goes."""
    whole = body + directory
    return whole + _end(1, 10, len(whole) - 10, directory + _end(2, len(directory), len(whole) + 22, claims=5))


@pytest.mark.parametrize("hide", [_hide_by_zip64, _hide_in_comment])
def test_a_directory_is_bounded_before_it_is_parsed(
    hide: Callable[[bytes, bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P100: a million parts behind a record that names one are refused unread, however the record is hidden."""
    content = make_docx()
    start = content.find(b"PK\x01\x02")
    directory = content[start : content.rfind(b"PK\x05\x06")]
    with zipfile.ZipFile(io.BytesIO(hide(content[:start], directory))) as archive:
        assert len(archive.infolist()) == 2
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert refusal(hide(content[:start], directory), "a.docx") == refusal(b"PK\x03\x04" + _end(9000, 10, 0), "a.docx")

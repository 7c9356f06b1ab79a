"""What a file is, found from its content: an allowed type, or a refusal that says what the content is.

The name's ending must fit the content; what no rule of ours knows is named with the help of puremagic. Nothing is
unpacked or run: packages are looked into by their names (`package.py`, `compound.py`).
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

import puremagic

from app.core.errors import Fault, InvalidError
from app.services.attachment.compound import look_into_compound
from app.services.attachment.naming import CLASSIFIED, is_marked
from app.services.attachment.package import ends_as_package, look_into_package
from app.services.attachment.types import (
    BY_EXTENSION,
    CSV,
    EXTENSIONS,
    JPEG,
    PDF,
    PNG,
    TIFF,
    TXT,
    FileType,
    RefusedError,
)

_HEAD = 8192
_ALLOWED_ZH, _ALLOWED_EN = "、".join(EXTENSIONS), ", ".join(EXTENSIONS)
_STEP = 256 * 1024
#: Below it, puremagic has seen two bytes that anything may begin with.
_SURE = 0.3
_LATE_PDF = re.compile(rb"(?:^|[\r\n])\s*%PDF-\d")
#: Anywhere in the head; a "<" at the very start is markup of any kind.
_MARKUP = re.compile(r"<(!doctype\s|html[\s>]|script[\s>]|svg[\s>]|iframe[\s>]|\?php\s)", re.IGNORECASE)
_SIGNATURES: tuple[tuple[bytes, FileType], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
_PACKAGE = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What puremagic's endings are called; the rest is told by its English name alone.
_KNOWN = {
    ".exe": ("Windows程序", "a Windows program"),
    ".dll": ("Windows程序", "a Windows program"),
    ".7z": ("压缩包", "an archive (7z)"),
    ".rar": ("压缩包", "an archive (RAR)"),
    ".gz": ("压缩包", "an archive (gzip)"),
    ".bz2": ("压缩包", "an archive (bzip2)"),
    ".xz": ("压缩包", "an archive (xz)"),
    ".zip": ("压缩包", "an archive (ZIP)"),
    ".gif": ("GIF图片", "a GIF picture"),
    ".bmp": ("BMP图片", "a BMP picture"),
    ".webp": ("WebP图片", "a WebP picture"),
    ".mp3": ("录音", "a sound recording"),
    ".mp4": ("视频", "a video"),
    ".avi": ("视频", "a video"),
    ".rtf": ("RTF文档", "an RTF document"),
}
_EXECUTABLES = ((b"MZ", "Windows程序", "a Windows program"), (b"\x7fELF", "Linux程序", "a Linux program"),
                (b"\xca\xfe\xba\xbe", "程序", "a program"), (b"\xcf\xfa\xed\xfe", "程序", "a program"))  # fmt: skip


def find_type(stream: BinaryIO, extension: str) -> FileType:
    """Return the type of a seekable stream's content; the stream stands at its beginning afterwards.

    InvalidError when the content is not allowed, when `extension` (small letters, no dot) does not fit it, when the
    file is empty, damaged, protected by a password, two formats in one, or begins with a mark of classification.
    """
    try:
        found = _look(stream, extension)
        _check_extension(found, extension)
    except RefusedError as error:
        raise InvalidError([Fault("file", error.sentence)], code="file_refused") from None
    finally:
        stream.seek(0)
    return found


def _look(stream: BinaryIO, extension: str) -> FileType:
    stream.seek(0)
    head = stream.read(_HEAD)
    if not head:
        raise RefusedError("文件是空的。", "The file is empty.")
    for start, zh, en in _EXECUTABLES:
        if head.startswith(start):
            raise _refuse(zh, en)
    if not head.startswith(b"%PDF-") and _LATE_PDF.search(head[:1100]):
        raise RefusedError(
            "文件开头不是PDF，后面却有PDF内容，属于混合格式，不予接收。",
            "A PDF begins inside it but not at its start: two formats in one file.",
        )
    if head.startswith(_PACKAGE):
        return look_into_package(stream)
    if head.startswith(_COMPOUND):
        return look_into_compound(stream)
    for start, file_type in _SIGNATURES:
        if head.startswith(start):
            if ends_as_package(stream):
                raise RefusedError(
                    "文件末尾附有压缩包，属于混合格式，不予接收。",
                    "An archive hangs at its end: two formats in one file.",
                )
            return file_type
    return _look_at_text(stream, head, extension)


def _look_at_text(stream: BinaryIO, head: bytes, extension: str) -> FileType:
    encoding = _find_encoding(stream)
    if encoding is None:
        raise _name_content(head)
    text = codecs.getincrementaldecoder(encoding)().decode(head).lstrip("\ufeff").lstrip()
    if text.startswith("#!"):
        raise _refuse("脚本", "a script")
    if text.startswith("{\\rtf"):
        raise _refuse("RTF文档", "an RTF document")
    if text.startswith("<") or _MARKUP.search(text):
        raise _refuse("网页或XML（HTML、SVG等）", "a web page or XML (HTML, SVG …)")
    if re.match(r"MIME-Version:", text, re.IGNORECASE):
        raise _refuse("网页归档", "an archived web page")
    if is_marked(text.partition("\n")[0][:200]) or any(is_marked(line) for line in _first_lines(text)):
        raise RefusedError(CLASSIFIED.zh, CLASSIFIED.en)
    return CSV if extension == "csv" else TXT


def _first_lines(text: str) -> list[str]:
    """Return the first two lines that say something: above the mark stands the number of the copy at most."""
    return [line[:200] for line in text.split("\n") if line.strip()][:2]


def _find_encoding(stream: BinaryIO) -> str | None:
    """Return the encoding in which the whole stream is text; None when it is none (NUL and its kind included)."""
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        stream.seek(0)
        try:
            if not any(_has_controls(decoder.decode(chunk)) for chunk in _chunks(stream)):
                decoder.decode(b"", final=True)
                return encoding
        except UnicodeDecodeError:
            continue
    return None


_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def _has_controls(text: str) -> bool:
    return _CONTROLS.search(text) is not None


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_STEP):
        yield chunk


def _name_content(head: bytes) -> RefusedError:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return RefusedError(
            "文本是UTF-16编码，请另存为UTF-8后上传。", "The text is encoded in UTF-16; save it as UTF-8."
        )
    try:
        matches = [match for match in puremagic.magic_string(head) if match.confidence >= _SURE]
    except (puremagic.PureError, ValueError):
        matches = []
    for match in matches:
        if match.extension in _KNOWN:
            return _refuse(*_KNOWN[match.extension])
    if matches and matches[0].name:
        return _refuse(matches[0].name, matches[0].name)
    return RefusedError(
        f"认不出文件内容。可上传：{_ALLOWED_ZH}；文本须为UTF-8或GB18030编码。",
        f"The content is of no kind that is taken. Taken are: {_ALLOWED_EN}; text in UTF-8 or GB18030.",
    )


def _refuse(zh: str, en: str) -> RefusedError:
    return RefusedError(
        f"文件内容是{zh}，不予接收。可上传：{_ALLOWED_ZH}。",
        f"The content is {en}, which is not taken. Taken are: {_ALLOWED_EN}.",
    )


def _check_extension(found: FileType, extension: str) -> None:
    if extension in found.extensions:
        return
    wanted = "、".join(f".{one}" for one in found.extensions)
    wanted_en = " or ".join(f".{one}" for one in found.extensions)
    if not extension:
        raise RefusedError(
            f"文件名没有扩展名，文件内容是{found.zh}，应以{wanted}结尾。",
            f"The name has no ending; the content is {found.en}, so it should end in {wanted_en}.",
        )
    known = BY_EXTENSION.get(extension)
    claims = f"（{known.zh}）" if known else ""
    raise RefusedError(
        f"扩展名.{extension}{claims}与内容不符：文件内容是{found.zh}，应以{wanted}结尾。",
        f"The ending .{extension} does not fit: the content is {found.en}, so it should end in {wanted_en}.",
    )

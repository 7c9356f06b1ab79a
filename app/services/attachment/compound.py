"""Looks into a compound file (old Word, Excel, WPS) by the names of its streams; nothing is run."""

from typing import BinaryIO

import olefile  # type: ignore[import-untyped]  # the package brings no types

from app.services.attachment.types import DOC, XLS, FileType, RefusedError

_MACROS = ("macros", "_vba_project_cur", "vba", "_vba_project")
_ENCRYPTED = ("encryptedpackage", "encryptioninfo", "encryption")
_FIB = 12
_FIB_MAGIC = b"\xec\xa5"
_FIB_ENCRYPTED = 0x01
#: Record FilePass, which stands behind the first record of a workbook stream that has a password.
_FILE_PASS = b"\x2f\x00"
_BOF_MAX = 24


def look_into_compound(stream: BinaryIO) -> FileType:
    """Return the type; RefusedError for macros, a password, damage and everything that is no old text or workbook."""
    stream.seek(0)
    try:
        with olefile.OleFileIO(stream) as ole:
            names = {part.lower() for path in ole.listdir(streams=True, storages=True) for part in path}
            return _judge(ole, names)
    except RefusedError:
        raise
    except Exception as error:  # the library raises whatever a hostile file leads it to
        raise RefusedError(
            "文件已损坏，无法识别。", "The file is damaged: it cannot be read as the Office file that it says it is."
        ) from error


def _judge(ole: olefile.OleFileIO, names: set[str]) -> FileType:
    if names & set(_ENCRYPTED):
        raise encrypted()
    if names & set(_MACROS):
        raise macros()
    if "worddocument" in names:
        if _is_encrypted_text(ole):
            raise encrypted()
        return DOC
    for name in ("Workbook", "Book"):
        if name.lower() in names:
            if _is_encrypted_workbook(ole, name):
                raise encrypted()
            return XLS
    if "powerpoint document" in names:
        raise RefusedError(
            "文件内容是旧版演示文稿，请另存为PPTX或PDF后上传。",
            "The content is an old presentation; save it as PPTX or PDF.",
        )
    raise RefusedError(
        "文件内容是复合文件（如安装包、邮件），不予接收。",
        "The content is a compound file (an installer, a mail …), which is not taken.",
    )


def _is_encrypted_text(ole: olefile.OleFileIO) -> bool:
    head = ole.openstream("WordDocument").read(_FIB)
    return bool(head[:2] == _FIB_MAGIC and head[11] & _FIB_ENCRYPTED)


def _is_encrypted_workbook(ole: olefile.OleFileIO, name: str) -> bool:
    head = ole.openstream(name).read(_BOF_MAX + 2)
    length = int.from_bytes(head[2:4], "little")
    return bool(head[4 + length : 6 + length] == _FILE_PASS)


def encrypted() -> RefusedError:
    """Return the refusal of a file with a password."""
    return RefusedError("文件有密码保护，请去除密码后再传。", "The file has a password; take it off first.")


def macros() -> RefusedError:
    """Return the refusal of a file with macros."""
    return RefusedError("文件含有宏，不予接收，请另存为不含宏的格式。", "The file has macros; save it without them.")

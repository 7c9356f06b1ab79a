"""Open a ledger file by what it holds, not by its name: CSV or XLSX, anything else is refused in a sentence."""

from app.ledger.csv_reader import read_csv
from app.ledger.sheet import FILE_MAX_BYTES, Grid, UnreadableError
from app.ledger.xlsx_package import encrypted, wrong_type
from app.ledger.xlsx_reader import read_xlsx

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"%PDF", "PDF 文件", "a PDF"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"\x1f\x8b", "压缩包", "a gzip archive"),
    (b"Rar!", "压缩包", "a RAR archive"),
    (b"7z\xbc\xaf", "压缩包", "a 7z archive"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
)


def refuse_size(size: int) -> None:
    """Raise UnreadableError for a file beyond the limit, before anybody reads it."""
    if size > FILE_MAX_BYTES:
        limit = FILE_MAX_BYTES // 1024 // 1024
        raise UnreadableError("file_too_large", f"文件最大 {limit} MB", f"a file of at most {limit} MB")


def open_grid(data: bytes, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Grid:
    """Return the rows of a CSV or XLSX file; raises UnreadableError with the reason in both languages."""
    refuse_size(len(data))
    if data.startswith(b"PK"):
        return read_xlsx(data, sheet=sheet)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise encrypted()
        raise wrong_type("旧版 Excel 工作簿（xls）", "an old Excel workbook (xls)")
    for magic, zh, en in _OTHERS:
        if data.startswith(magic):
            raise wrong_type(zh, en)
    return read_csv(data, encoding=encoding, delimiter=delimiter)

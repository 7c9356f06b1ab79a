"""The types of files that are taken, each with its endings and words."""

from dataclasses import dataclass

from app.core.errors import Sentence


@dataclass(frozen=True, slots=True)
class FileType:
    """A type: what it is called on the wire, by which endings it goes, its words."""

    media_type: str
    extensions: tuple[str, ...]
    zh: str
    en: str


class RefusedError(ValueError):
    """A file is not taken; carries the sentence."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(zh, en)


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

PDF = FileType("application/pdf", ("pdf",), "PDF文档", "a PDF document")
PNG = FileType("image/png", ("png",), "PNG图片", "a PNG picture")
JPEG = FileType("image/jpeg", ("jpg", "jpeg"), "JPEG图片", "a JPEG picture")
TIFF = FileType("image/tiff", ("tif", "tiff"), "TIFF图片", "a TIFF picture")
DOCX = FileType(f"{_OPEN_XML}wordprocessingml.document", ("docx",), "Word文档", "a Word document")
XLSX = FileType(f"{_OPEN_XML}spreadsheetml.sheet", ("xlsx",), "Excel工作簿", "an Excel workbook")
PPTX = FileType(f"{_OPEN_XML}presentationml.presentation", ("pptx",), "PowerPoint演示文稿", "a PowerPoint presentation")
ODT = FileType(f"{_ODF}text", ("odt",), "OpenDocument文档", "an OpenDocument text")
ODS = FileType(f"{_ODF}spreadsheet", ("ods",), "OpenDocument表格", "an OpenDocument spreadsheet")
OFD = FileType("application/ofd", ("ofd",), "OFD版式文件", "an OFD document")
DOC = FileType("application/msword", ("doc", "wps"), "旧版Word或WPS文字文档", "an old Word or WPS document")
XLS = FileType("application/vnd.ms-excel", ("xls", "et"), "旧版Excel或WPS表格", "an old Excel or WPS workbook")
TXT = FileType("text/plain", ("txt",), "纯文本", "plain text")
CSV = FileType("text/csv", ("csv",), "CSV文本", "CSV text")

TYPES = (PDF, OFD, DOCX, XLSX, PPTX, DOC, XLS, ODT, ODS, PNG, JPEG, TIFF, TXT, CSV)
EXTENSIONS = tuple(extension for file_type in TYPES for extension in file_type.extensions)
BY_EXTENSION = {extension: file_type for file_type in TYPES for extension in file_type.extensions}

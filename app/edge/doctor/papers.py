"""Checks of what papers need: system libraries, faces, and a line of Chinese that is really set in a PDF."""

import io
from collections.abc import Iterator
from ctypes.util import find_library
from datetime import UTC, datetime

import pikepdf
from markupsafe import Markup

from app.core.watch.finding import Finding
from app.edge.doctor.patient import Patient, fault, warn, well
from reports.faces import ROLES, FaceError, check_face
from reports.pdf import Block, PdfUnavailable, RenderError, Sheet, render_pdf

_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
_NEEDED = frozenset({"pango-1.0", "pangoft2-1.0"})
_ROLE_NAMES = {
    "TITLE": ("小标宋", "title"),
    "FANG": ("仿宋", "FangSong"),
    "KAI": ("楷体", "KaiTi"),
    "HEI": ("黑体", "HeiTi"),
    "SONG": ("宋体", "SongTi"),
    "RARE": ("生僻字", "rare characters"),
}
_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_LINE = "联办一行验证"


def check_libraries(_patient: Patient) -> Iterator[Finding]:
    """Look whether the system libraries of PDFs are installed."""
    missing = [name for name in _LIBRARIES if find_library(name) is None]
    for name in missing:
        found = fault if name in _NEEDED else warn
        yield found(
            "libraries",
            f"缺少系统库{name}，{'无法生成PDF' if name in _NEEDED else '生成PDF会很慢'}",
            f"The system library {name} is missing: {'no PDF can be made' if name in _NEEDED else 'PDFs are slow'}",
            f"apt-get install {_LIBRARIES[name]}",
            f"apt-get install {_LIBRARIES[name]}",
        )
    if not missing:
        yield well("libraries", "PDF所需系统库齐全", "the system libraries of PDFs are there")


def check_fonts(patient: Patient) -> Iterator[Finding]:
    """Look which faces official papers are set in, and whether their files are still sound."""
    files = patient.context.settings.font_files
    for role, path in files.items():
        try:
            check_face(path, role)
        except FaceError as error:
            yield fault(
                "fonts",
                f"{_ROLE_NAMES[role][0]}字体文件{path.name}不可用",
                f"The font of {_ROLE_NAMES[role][1]}, {path.name}, cannot be used: {error}",
                f"检查LIANBAN_FONT_{role}所指文件",
                f"Check the file that LIANBAN_FONT_{role} names",
            )
    missing = [role for role in ROLES if role not in files and role != "RARE"]
    if missing:
        zh = "、".join(_ROLE_NAMES[role][0] for role in missing)
        en = ", ".join(_ROLE_NAMES[role][1] for role in missing)
        yield warn(
            "fonts",
            f"公文以自带字体代替：{zh}",
            f"Shipped faces stand in for: {en}",
            "如有正版字体，用LIANBAN_FONT_…指定（docs/fonts.md）",
            "Name the city's own files by LIANBAN_FONT_… (docs/fonts.md)",
        )
    else:
        yield well("fonts", "公文字体齐全", "every role of official papers has its face")


def check_pdf(_patient: Patient) -> Iterator[Finding]:
    """Set one line of Chinese and look whether its face is embedded: a missing face gives boxes without an error."""
    sheet = Sheet("doctor", "zh", "report.css", "", "", "", "doctor", datetime(2026, 1, 1, tzinfo=UTC))
    try:
        made = render_pdf(sheet, [Block(Markup("<p>{}</p>").format(_LINE))])
    except (PdfUnavailable, RenderError) as error:
        yield fault(
            "pdf",
            "PDF无法生成",
            f"No PDF can be made: {error}",
            "先按“系统库”一项安装缺少的软件包",
            "Install what the check of libraries names",
        )
        return
    names = list_embedded(made)
    if any("Noto" in name or "Lianban" in name for name in names):
        yield well("pdf", f"PDF已嵌入中文字体（{names[0]}）", f"Chinese is embedded in PDFs ({names[0]})")
    else:
        yield fault(
            "pdf",
            "PDF没有嵌入中文字体，打印会出现方框",
            "Chinese is not embedded in PDFs: papers show boxes",
            "重新安装requirements.lock中的pylopdf-fonts-zh-cn",
            "Install pylopdf-fonts-zh-cn from requirements.lock anew",
        )


def list_embedded(made: bytes) -> list[str]:
    """Return the names of the fonts whose files lie in a PDF."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        return sorted(
            str(item["/FontName"]).partition("+")[2] or str(item["/FontName"])
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary)
            and item.get("/Type") == "/FontDescriptor"
            and any(name in item for name in _FILES)
        )

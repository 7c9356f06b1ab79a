"""Issued papers in words: kind, ending, version, size."""

from datetime import datetime

from app.edge.context import current_context
from app.edge.paperwork.catalogue import PAPERS
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.paperwork.issued import FileRow, PaperRow
from reports.wording import say, spell_day

_KB = 1024
_MB = 1024 * 1024


def name_kind(name: str) -> str:
    """Return what a kind of paper is called."""
    kind = PAPERS.get(name)
    return name if kind is None else say(kind.label, current_lang())


def name_title(paper: PaperRow) -> str:
    """Return a paper's title in the present language."""
    return paper.title_en if current_lang() == "en" else paper.title


def name_issuer(paper: PaperRow) -> str:
    """Return who issued a paper, in the present language."""
    return paper.issuer_en if current_lang() == "en" else paper.issuer


def name_version(paper: PaperRow) -> str:
    """Return which version a paper is."""
    return _("第%(n)s版", n=paper.version)


def name_day(instant: datetime) -> str:
    """Return the day of an instant in the city's zone, with its year: it may be checked years later."""
    return spell_day(instant.astimezone(current_context().settings.timezone).date(), current_lang())


def name_file(file: FileRow) -> str:
    """Return what a file is: its ending and language."""
    ending = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}[file.ending]
    return f"{ending} {'中文' if file.lang == 'zh' else 'English'}"


def name_size(size_bytes: int) -> str:
    """Return a file's size as people read it."""
    if size_bytes < _MB:
        return f"{max(1, round(size_bytes / _KB))} KB"
    return f"{size_bytes / _MB:.1f} MB"

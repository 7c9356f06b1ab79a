"""A supervision paper on one page: red 督办单, yellow 预警单, blue 提醒单, each with the reply slip at its foot.

Plain frozen values in, PDF bytes out. One page always: what is long is set smaller, then the demand is cut with a
reference to the system, where it stands in full.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import jinja2
from markupsafe import Markup, escape

from reports.glyphs import cover
from reports.pdf import Block, Sheet, count_pages, render_pdf
from reports.proof import Proof
from reports.proof_html import write_proof
from reports.wording import UNKNOWN, Lang, Text, Words, clip, keep_tail, say, spell_day

__all__ = ["SlipPaper", "Text", "build"]

Level = Literal[1, 2, 3]

NAMES = {
    1: Text("提醒单", "Reminder"),
    2: Text("预警单", "Warning Notice"),
    3: Text("督办单", "Supervision Notice"),
}
COLOURS = {1: Text("蓝色（第一级）", "blue (level 1)"), 2: Text("黄色（第二级）", "yellow (level 2)"),
           3: Text("红色（第三级）", "red (level 3)")}  # fmt: skip
_CSS = {1: "blue", 2: "yellow", 3: "red"}
#: (setting, full-width cells of the demand), from the fullest to the barest; None: in full.
FITS: tuple[tuple[str, int | None], ...] = (
    ("plain", None), ("close", None), ("tight", None), ("tight", 420), ("tight", 300), ("tight", 200), ("tight", 100),
    ("tight", 40),
)  # fmt: skip
_SUPPORT_CELLS = 60
_NAME_CELLS = 60
_NUMBER_CELLS = 40


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """What a supervision paper says. `made_at` carries the city's zone and dates the document.

    `number` None: a draft, or a reminder, which has none. `since_on` is the day on which the limit ended that was
    missed; `demand` its paragraphs; `answer_by` None: nothing is to be answered, or no limit runs yet.
    """

    level: Level
    city: Words
    office: Words
    number: str | None
    is_draft: bool
    made_at: datetime
    department: Words
    matter: Words
    matter_number: Words
    above: Words | None
    lead: Words
    supports: tuple[Words, ...]
    due_on: date | None
    original_due_on: date | None
    ground: Words
    since_on: date
    late_workdays: int
    state: Words
    demand: tuple[Words, ...]
    answer_by: date | None
    identifier: str


def build(paper: SlipPaper, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the paper as PDF of one page; the same paper and language give the same bytes.

    `state` stands in the head of one that is not whole. Raises
    `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, _ = cover(paper)
    sheet = _make_sheet(drawable, lang, proof, state)
    mark = None if proof is None else write_proof(proof, lang)
    block = _fit(drawable, sheet, lang, mark)
    return render_pdf(sheet, [block])


def _fit(paper: SlipPaper, sheet: Sheet, lang: Lang, mark: Markup | None) -> Block:
    """Return the fullest setting that stays on one page."""
    for setting, cells in FITS:
        block = _write(paper, lang, setting, cells, mark)
        if count_pages(sheet, [block]) == 1:
            break
    return block


def _make_sheet(paper: SlipPaper, lang: Lang, proof: Proof | None, state: str) -> Sheet:
    name = say(NAMES[paper.level], lang)
    return Sheet(
        title=f"{name} {paper.number}" if paper.number else f"{name} {clip(say(paper.matter, lang), _NAME_CELLS)}",
        lang=lang,
        style="slip.css",
        head_left=state,
        head_right="",
        author=_name_issuer(paper, lang),
        identifier=paper.identifier,
        data_at=paper.made_at,
        archive=proof is not None,
    )


def _name_issuer(paper: SlipPaper, lang: Lang) -> str:
    city, office = say(paper.city, lang), say(paper.office, lang)
    return f"{city}{office}" if lang == "zh" else f"{office}, {city}"


def _write(paper: SlipPaper, lang: Lang, setting: str, cells: int | None, mark: Markup | None) -> Block:
    short = replace(
        paper,
        # Beside the date on one line: there WeasyPrint measures each break of a text, in time that grows as its square.
        number=None if paper.number is None else clip(paper.number, _NUMBER_CELLS),
        matter_number=clip(say(paper.matter_number, lang), _NUMBER_CELLS),
        supports=_shorten(paper.supports, lang),
        above=None if paper.above is None else clip(say(paper.above, lang), _NAME_CELLS),
    )
    demand, is_cut = _cut(paper.demand, lang, cells)
    page = _load_template(lang).render(
        paper=short, setting=setting, css=_CSS[paper.level], demand=demand, is_cut=is_cut,
        verb="督办" if paper.level == 3 else "预警",  # noqa: PLR2004  # the red one
        name=say(NAMES[paper.level], lang), colour=say(COLOURS[paper.level], lang), issuer=_name_issuer(paper, lang),
        day=lambda value: UNKNOWN if value is None else spell_day(value, lang), made_on=paper.made_at.date(),
        proof=mark,
    )  # fmt: skip
    return Block(Markup(page))  # noqa: S704  # the template escapes what it is given


def _shorten(names: Sequence[Words], lang: Lang) -> tuple[Words, ...]:
    """Return the names as one text that fits two lines, with their count where some are left out."""
    if not names:
        return ()
    listed = ("、" if lang == "zh" else ", ").join(say(name, lang) for name in names)
    short = clip(listed, _SUPPORT_CELLS)
    if short == listed:
        return (listed,)
    return (f"{short}（共{len(names)}家）" if lang == "zh" else f"{short} ({len(names)} in all)",)


def _cut(paragraphs: Sequence[Words], lang: Lang, cells: int | None) -> tuple[list[str], bool]:
    """Return the paragraphs in at most so many cells, and whether something was left out."""
    texts = [say(text, lang) for text in paragraphs]
    if cells is None:
        return texts, False
    kept: list[str] = []
    left = cells
    for text in texts:
        piece = clip(text, left)
        kept.append(piece)
        left -= _measure(piece)
        if piece != text or left <= 0:
            return kept, True
    return kept, False


def _measure(text: str) -> int:
    wide = sum(2 if ord(char) > 0x2E7F else 1 for char in text)  # noqa: PLR2004  # where the full-width scripts begin
    return -(-wide // 2)


@functools.cache
def _load_template(lang: Lang) -> jinja2.Template:
    """Return the template with the words of one language; compiled once a process."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def translate(zh: object, en: object) -> object:
        return zh if lang == "zh" else en

    def words(value: Words | None, cells: int = 8) -> Markup:
        text = say(value, lang)
        return keep_tail(text, cells) if lang == "zh" else escape(text)

    env.globals.update(t=translate, w=words)
    return env.get_template("slip/paper.html")

"""How the papers of a meeting are set: paragraphs by role, the red mark, titles, the note on missing characters."""

from markupsafe import Markup

from reports.faces import SANS, TITLE
from reports.glyphs import Missing
from reports.paper.grid import (
    EM_MM,
    PITCH_MM,
    RED,
    WIDTH_MM,
    break_title,
    compose,
    draw_heavy,
    measure,
    write_lines,
)
from reports.paper.words import Paragraph, clean
from reports.pdf import Block
from reports.wording import Lang, clip

GAP = Block(Markup('<div class="gap"></div>'))
HEADING_EN_MM = 13 * 25.4 / 72
_MARK_MM = 12.0  # 34 pt, as far as the width allows
_MARK_LEAST_MM = {"zh": 6.2, "en": 5.0}
_TITLE_PITCH_MM = {"zh": PITCH_MM, "en": 8.0}
_MARK_CELLS = 46
_SHOWN = 40
_TITLE_MM = {"zh": 22 * 25.4 / 72, "en": 16 * 25.4 / 72}


def draw_title(title: str, lang: Lang) -> list[Block]:
    """Return the title's lines, centred."""
    size = _TITLE_MM[lang]
    return [
        Block(
            Markup('<div class="h">{}</div>').format(
                draw_heavy(_straighten(line, lang), size_mm=size, height_mm=_TITLE_PITCH_MM[lang])
            )
        )
        for line in break_title(title, WIDTH_MM / size)
    ]


def draw_mark(mark: str, lang: Lang, largest_mm: float = _MARK_MM) -> Markup:
    """Return the red mark on one line as large as the width allows, or on two."""
    text = _straighten(clip(clean(mark), _MARK_CELLS), lang)
    size = min(largest_mm, WIDTH_MM / max(measure(text, TITLE) + 0.3, 1))
    lines = [text]
    if size < _MARK_LEAST_MM[lang]:
        lines = break_title(text, measure(text, TITLE) / 2 + 2)
        size = min(largest_mm * 0.7, *(WIDTH_MM / (measure(line, TITLE) + 0.3) for line in lines))
    return Markup("").join(draw_heavy(line, size_mm=size, height_mm=size * 1.25, colour=RED) for line in lines)


def _straighten(text: str, lang: Lang) -> str:
    """Return English with straight quotes: in drawings the Chinese faces make curly ones a whole cell wide."""
    return text.translate(str.maketrans("‘’“”", "''\"\"")) if lang == "en" else text


def write_missing(missing: tuple[Missing, ...], lang: Lang) -> str:
    """Return the note that says what 〓 stands for."""
    codes = ("、" if lang == "zh" else ", ").join(part.code for part in missing[:_SHOWN])
    more = len(missing) > _SHOWN
    if lang == "zh":
        return f"（注：〓代替字库未收的字符：{codes}{'等' if more else ''}。）"
    return f"(〓 stands for characters that the fonts lack: {codes}{' and others' if more else ''}.)"


def set_paragraph(paragraph: Paragraph, lang: Lang) -> list[Block]:
    """Return the paragraph's blocks: a line each in Chinese, so that a page may end behind any of them."""
    if lang == "en":
        return _set_english(paragraph)
    if paragraph.role == "heading":
        lines = compose([(paragraph.text, "hei")])
        return [
            Block(Markup('<div class="h">{}</div>').format(
                draw_heavy(line.text, left_mm=line.indent * EM_MM, height_mm=PITCH_MM, family=SANS)))
            for line in lines
        ]  # fmt: skip
    if paragraph.role == "people":
        return [Block(line) for line in write_lines(compose([(paragraph.label, "hei"), (paragraph.text, "")], rest=5))]
    css = "kai" if paragraph.role == "note" else ""
    return [Block(line) for line in write_lines(compose([(paragraph.label, "kai"), (paragraph.text, css)]))]


def _set_english(paragraph: Paragraph) -> list[Block]:
    if paragraph.role == "heading":
        lines = compose([(_straighten(paragraph.text, "en"), "hei")], WIDTH_MM / HEADING_EN_MM, 0, 0)
        drawn = Markup("").join(
            draw_heavy(line.text, size_mm=HEADING_EN_MM, height_mm=6.818, left_mm=0, family=SANS) for line in lines
        )
        return [Block(Markup('<div class="h sub">{}</div>').format(drawn))]
    css = {"people": "people", "decision": "d", "facts": "f", "note": "kai"}.get(paragraph.role, "")
    face = "hei" if paragraph.role == "people" else "kai"
    label = Markup('<span class="{}">{}</span>').format(face, paragraph.label) if paragraph.label else ""
    return [Block(Markup('<p class="{}">{}{}</p>').format(css, label, paragraph.text))]

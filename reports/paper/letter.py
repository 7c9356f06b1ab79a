"""An official paper as text: red head, number, title, paragraphs and tables, signature, annexes, end block.

A kind of paper writes its words into a `Letter`; PDF and DOCX are both made from it, so that they say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from reports.faces import SANS
from reports.fund.table_html import write_table
from reports.glyphs import Missing
from reports.paper.grid import CELLS, EM_MM, compose, draw_heavy, measure, write_lines
from reports.paper.record import place_record, write_record
from reports.paper.setting import GAP, HEADING_EN_MM, draw_mark, draw_title, set_paragraph, write_missing
from reports.paper.table import TableText
from reports.paper.words import Paragraph, clean, join_title
from reports.pdf import Block, Piece, Sheet, Table, render_pdf
from reports.proof import Proof
from reports.proof_html import write_proof
from reports.wording import Lang, clip

__all__ = ["SEAL_CELLS", "Annex", "Letter", "Part", "build_letter_pdf", "name_annexes", "place_signer"]

Part = Paragraph | TableText
SEAL_CELLS = 4
_LONGEST_TITLE = 120
_SIGNED_CELLS = 27
#: From so many lines on a table is long.
_LONG = 12
_WORKING = {"zh": "工作稿", "en": "Working copy"}
_UNNUMBERED = {"zh": "（{}，未编号）", "en": "({}, not numbered)"}


@dataclass(frozen=True, slots=True)
class Annex:
    """What stands behind the text on a page of its own: a title, paragraphs and tables."""

    title: str
    body: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    r"""What an official paper says, in one language.

    `mark` is the red head (empty: none), `title` is broken by sense with "\n", `recipient` carries its colon (empty:
    none). `signer` stands over `day` where the seal goes; `copies` and `printed` make the end block. `made_at`, aware,
    dates the file.
    """

    mark: str
    title: str
    recipient: str
    body: tuple[Part, ...]
    signer: str
    day: str
    issuer: str
    copies: str
    printed: str
    identifier: str
    made_at: datetime
    annexes: tuple[Annex, ...] = ()


def build_letter_pdf(
    letter: Letter, lang: Lang, proof: Proof | None = None, missing: tuple[Missing, ...] = (), *, state: str = ""
) -> bytes:
    """Return the paper as PDF; the same values, language and proof give the same bytes.

    `state` is the mark of one that is neither issued nor a working copy: an extract. Raises
    `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    sheet = Sheet(
        title=clip(f"{join_title(letter.title, lang)} {write_number(proof, lang, state)}", _LONGEST_TITLE),
        lang=lang,
        style="official.css",
        head_left=state or name_state(proof, lang),
        head_right="",
        author=clip(clean(letter.issuer), _LONGEST_TITLE),
        identifier=letter.identifier,
        data_at=letter.made_at,
        archive=proof is not None,
    )
    pieces: list[Piece] = [
        *_write_head(letter, write_number(proof, lang, state), lang),
        *_write_body(letter, missing, lang),
    ]
    if letter.annexes:
        pieces += [GAP, *_name_annexes(letter, lang)]
    pieces += _sign(letter, lang)
    for at, annex in enumerate(letter.annexes, 1):
        pieces += _write_annex(annex, at, len(letter.annexes), lang)
    mark = Markup() if proof is None else write_proof(proof, lang)
    record = write_record(letter.copies, letter.issuer, letter.printed, mark)
    return render_pdf(sheet, [*pieces, *place_record(sheet, pieces, record)])


def name_state(proof: Proof | None, lang: Lang) -> str:
    """Return the mark of a paper that is not issued, empty for an issued one."""
    return "" if proof else _WORKING[lang]


def write_number(proof: Proof | None, lang: Lang, state: str = "") -> str:
    """Return what stands in the number's place; a correction names its version, without a proof `state` its mark."""
    if proof is None:
        return _UNNUMBERED[lang].format((state or _WORKING[lang]).lower())
    if proof.version == 1:
        return clean(proof.number)
    more = f"（更正本，第{proof.version}版）" if lang == "zh" else f" (corrected, version {proof.version})"
    return clean(proof.number) + more


def name_annexes(letter: Letter, lang: Lang) -> list[Paragraph]:
    """Return the note behind the text that names the annexes."""
    titles = [annex.title for annex in letter.annexes]
    if lang == "zh":
        if len(titles) == 1:
            return [Paragraph("text", f"附件：{titles[0]}")]
        return [
            Paragraph("text", f"附件：1.{title}" if at == 1 else f"　　　{at}.{title}")
            for at, title in enumerate(titles, 1)
        ]
    if len(titles) == 1:
        return [Paragraph("people", titles[0], "Annex:")]
    return [Paragraph("people", "; ".join(f"{at}. {title}" for at, title in enumerate(titles, 1)), "Annexes:")]


def name_annex(at: int, count: int, lang: Lang) -> str:
    """Return what stands over an annex."""
    word = "附件" if lang == "zh" else "Annex"
    return word if count == 1 else f"{word}{'' if lang == 'zh' else ' '}{at}"


def place_signer(letter: Letter, lang: Lang) -> float:
    """Return the signer's distance from the right in characters, so that the name is centred over the day."""
    if lang == "en":
        return SEAL_CELLS
    name = clip(clean(letter.signer), _SIGNED_CELLS)
    return max(0.0, SEAL_CELLS + (measure(letter.day) - measure(name)) / 2)


def _write_head(letter: Letter, number: str, lang: Lang) -> list[Block]:
    number = clip(number, CELLS - 2)
    if not letter.mark:
        title = draw_title(letter.title, lang)
        return [
            *title,
            Block(Markup('<div class="of-number">{}</div>').format(number)),
            Block(Markup('<div class="gap h"></div>')),
        ]
    head = Markup(
        '<div class="head letter"><div class="mark">{}</div><div class="num">{}</div><div class="rule"></div></div>'
    ).format(draw_mark(letter.mark, lang), number)
    gap = Block(Markup('<div class="gap2"></div>'))
    return [Block(head), gap, *draw_title(letter.title, lang), GAP]


def _write_body(letter: Letter, missing: tuple[Missing, ...], lang: Lang) -> list[Piece]:
    out: list[Piece] = []
    if letter.recipient:
        out += _write_recipient(letter.recipient, lang)
    out += set_parts(letter.body, lang)
    if missing:
        out += [GAP, *set_paragraph(Paragraph("note", write_missing(missing, lang)), lang)]
    return out


def set_parts(parts: Sequence[Part], lang: Lang) -> list[Piece]:
    """Return paragraphs and tables as they are laid out; a table stands off from what follows."""
    out: list[Piece] = []
    for part in parts:
        if isinstance(part, Paragraph):
            out += set_paragraph(part, lang)
        else:
            out += [_set_table(part, lang), Block(Markup('<div class="after"></div>'))]
    return out


def _set_table(table: TableText, lang: Lang) -> Table:
    """Return a table; a long one is set smaller, so that it takes fewer pages."""
    made = write_table(table, lang)
    if len(table.lines) <= _LONG:
        return made
    return replace(made, opening=Markup(str(made.opening).replace('"figures"', '"figures tight"', 1)))  # noqa: S704  # our own


def _write_recipient(text: str, lang: Lang) -> list[Piece]:
    if lang == "en":
        return [Block(Markup("<p>{}</p>").format(text))]
    return [Block(line) for line in write_lines(compose([(text, "")], first=0))]


def _name_annexes(letter: Letter, lang: Lang) -> list[Block]:
    return [block for paragraph in name_annexes(letter, lang) for block in set_paragraph(paragraph, lang)]


def _sign(letter: Letter, lang: Lang) -> list[Block]:
    name = clip(clean(letter.signer), _SIGNED_CELLS)
    signed = Markup('<div class="sign"><div class="r{}">{}</div><div class="r{}">{}</div></div>').format(
        round(place_signer(letter, lang) * 2), name, SEAL_CELLS * 2, letter.day
    )
    return [Block(Markup('<div class="gap2"></div>')), Block(signed)]


def _write_annex(annex: Annex, at: int, count: int, lang: Lang) -> list[Piece]:
    name = draw_heavy(
        name_annex(at, count, lang), left_mm=0, size_mm=EM_MM if lang == "zh" else HEADING_EN_MM, family=SANS
    )
    return [
        Block(Markup('<div class="annex">{}</div>').format(name)),
        GAP,
        *draw_title(annex.title, lang),
        Block(Markup('<div class="gap h"></div>')),
        *set_parts(annex.body, lang),
    ]

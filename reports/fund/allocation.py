"""下达文件 as PDF after GB/T 9704-2012: red head, number, text on the grid, seal's place, annex, end block."""

from markupsafe import Markup

from reports.faces import SANS
from reports.fund.allocation_text import (
    make_table,
    write_annex_note,
    write_annex_title,
    write_body,
    write_copies,
    write_printed,
    write_recipient,
    write_title,
)
from reports.fund.inputs import AllocationPaper
from reports.fund.table_html import write_table
from reports.glyphs import Missing, cover
from reports.paper.grid import CELLS, EM_MM, compose, draw_heavy, measure, write_lines
from reports.paper.record import place_record, write_record
from reports.paper.setting import GAP, HEADING_EN_MM, draw_mark, draw_title, set_paragraph, write_missing
from reports.paper.words import Paragraph, clean, join_title
from reports.pdf import Block, Piece, Sheet, render_pdf
from reports.proof import Proof
from reports.proof_html import write_proof
from reports.wording import Lang, clip, say, spell_day

__all__ = ["build_allocation_pdf"]

_LONGEST_TITLE = 120
_SEAL_CELLS = 4
_SIGNED_CELLS = 27


def build_allocation_pdf(paper: AllocationPaper, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the document as PDF; the same values and language give the same bytes.

    `proof` marks an issued paper, `state` stands in the head of one that is not whole. Raises
    `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, missing = cover(paper)
    sheet = Sheet(
        title=clip(f"{join_title(write_title(drawable, lang), lang)} {clean(drawable.number)}", _LONGEST_TITLE),
        lang=lang,
        style="official.css",
        head_left=state,
        head_right="",
        author=clip(clean(say(drawable.issuer, lang)), _LONGEST_TITLE),
        identifier=drawable.identifier,
        data_at=drawable.made_at,
        archive=proof is not None,
    )
    pieces: list[Piece] = [
        *_write_head(drawable, lang), *_write_text(drawable, missing, lang), *_write_annex(drawable, lang)
    ]  # fmt: skip
    mark = Markup() if proof is None else write_proof(proof, lang)
    record = write_record(write_copies(drawable, lang), say(drawable.issuer, lang), write_printed(drawable, lang), mark)
    return render_pdf(sheet, [*pieces, *place_record(sheet, pieces, record)])


def _write_head(paper: AllocationPaper, lang: Lang) -> list[Block]:
    head = Markup(
        '<div class="head letter"><div class="mark">{}</div><div class="num">{}</div><div class="rule"></div></div>'
    ).format(draw_mark(say(paper.mark, lang), lang), clip(clean(paper.number), CELLS - 2))
    gap = Block(Markup('<div class="gap2"></div>'))
    return [Block(head), gap, *draw_title(write_title(paper, lang), lang), GAP]


def _write_text(paper: AllocationPaper, missing: tuple[Missing, ...], lang: Lang) -> list[Block]:
    out = _write_recipient(paper, lang)
    for paragraph in write_body(paper, lang):
        out += set_paragraph(paragraph, lang)
    out += [GAP, *set_paragraph(write_annex_note(lang), lang), *_sign(paper, lang)]
    if missing:
        out += [GAP, *set_paragraph(Paragraph("note", write_missing(missing, lang)), lang)]
    return out


def _write_recipient(paper: AllocationPaper, lang: Lang) -> list[Block]:
    text = write_recipient(paper, lang)
    if lang == "en":
        return [Block(Markup("<p>{}</p>").format(text))]
    return [Block(line) for line in write_lines(compose([(text, "")], first=0))]


def _sign(paper: AllocationPaper, lang: Lang) -> list[Block]:
    """Return issuer and day as under a seal: the day four characters in, the issuer centred over it."""
    name, day = clip(clean(say(paper.issuer, lang)), _SIGNED_CELLS), spell_day(paper.allocated_on, lang)
    right = max(0.0, _SEAL_CELLS + (measure(day) - measure(name)) / 2) if lang == "zh" else _SEAL_CELLS
    signed = Markup('<div class="sign"><div class="r{}">{}</div><div class="r{}">{}</div></div>').format(
        round(right * 2), name, _SEAL_CELLS * 2, day
    )
    return [Block(Markup('<div class="gap2"></div>')), Block(signed)]


def _write_annex(paper: AllocationPaper, lang: Lang) -> list[Piece]:
    zh = lang == "zh"
    name = draw_heavy("附件" if zh else "Annex", left_mm=0, size_mm=EM_MM if zh else HEADING_EN_MM, family=SANS)
    return [
        Block(Markup('<div class="annex">{}</div>').format(name)),
        GAP,
        *draw_title(write_annex_title(lang), lang),
        Block(Markup('<div class="gap h"></div>')),
        write_table(make_table(paper, lang), lang),
    ]

"""专项资金执行情况表 as PDF: three figures with their denominators and the light, then the tables, then the notes."""

from markupsafe import Markup

from reports.fund.execution_text import (
    list_figures,
    list_notes,
    list_tables,
    tell_light,
    write_lead,
    write_title,
    write_unit,
)
from reports.fund.inputs import ExecutionPaper
from reports.fund.table_html import write_table
from reports.glyphs import cover
from reports.paper.setting import draw_title, write_missing
from reports.paper.words import clean, join_title
from reports.pdf import Block, Piece, Sheet, render_pdf
from reports.proof import Proof
from reports.proof_html import set_proof
from reports.wording import Lang, clip, say, spell_day

__all__ = ["build_execution_pdf"]

_LONGEST_TITLE = 120
_HEAD_CELLS = 34
_BAR_MM, _BAR_HIGH_MM = 156.0, 9.0
_FILL, _TRACK, _PLAN = "#5b7f86", "#e6ebec", "#c8102e"


def build_execution_pdf(paper: ExecutionPaper, lang: Lang, proof: Proof | None = None) -> bytes:
    """Return the report as PDF; the same values and language give the same bytes.

    Raises `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, missing = cover(paper)
    title = write_title(drawable, lang)
    sheet = Sheet(
        title=clip(join_title(title, lang), _LONGEST_TITLE),
        lang=lang,
        style="fund.css",
        head_left=clip(join_title(title, lang), _HEAD_CELLS),
        head_right=spell_day(drawable.made_at.date(), lang),
        author=clip(clean(say(drawable.issuer, lang)), _LONGEST_TITLE),
        identifier=drawable.identifier,
        data_at=drawable.made_at,
        archive=proof is not None,
    )
    tables = list_tables(drawable, lang)
    pieces: list[Piece] = [*draw_title(title, lang), Block(_write_brief(drawable, lang))]
    unit = write_unit(drawable, lang)
    for table in tables:
        pieces.append(Block(Markup('<h2>{}</h2><p class="unit">{}</p>').format(table.heading, unit)))
        pieces.append(write_table(table, lang))
    notes = [*list_notes(drawable, lang, tables), *([write_missing(missing, lang)] if missing else [])]
    pieces += [Block(Markup('<p class="small">{}</p>').format(note)) for note in notes]
    return render_pdf(sheet, [*pieces, *set_proof(proof, lang)])


def _write_brief(paper: ExecutionPaper, lang: Lang) -> Markup:
    figures = list_figures(paper, lang)
    light = Markup('<span class="light {}">{}</span>').format(paper.light, tell_light(paper, lang))
    cells = Markup("").join(
        Markup(
            '<div><span class="label">{}</span><span class="value">{} {}</span><span class="more">{}</span></div>'
        ).format(label, value, light if not at else "", more)
        for at, (label, value, more) in enumerate(figures)
    )
    by, as_of = write_lead(paper, lang)
    return Markup('<p class="lead">{}<br>{}</p><div class="brief">{}</div>{}').format(
        by, as_of, cells, _draw_bar(paper, lang)
    )


def _draw_bar(paper: ExecutionPaper, lang: Lang) -> Markup:
    """Return the execution rate as a bar with the time elapsed as a mark on it; both are named."""
    rate = min(max(paper.rate_pct or 0.0, 0.0), 100.0) * _BAR_MM / 100
    plan = min(max(paper.elapsed_pct, 0.0), 100.0) * _BAR_MM / 100
    word = "序时进度" if lang == "zh" else "time elapsed"
    anchor = "end" if plan > _BAR_MM / 2 else "start"
    return Markup(
        '<svg width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}"><rect x="0" y="1" width="{w}" height="3.4" '
        'fill="{track}"/><rect x="0" y="1" width="{rate:.2f}" height="3.4" fill="{fill}"/><rect x="{plan:.2f}" y="0" '
        'width="0.6" height="5.4" fill="{mark}"/><text x="{place:.2f}" y="8.4" text-anchor="{anchor}" '
        'font-family="Lianban Sans" font-size="2.9" fill="#444">{word} {elapsed:.1f}%</text></svg>'
    ).format(
        w=_BAR_MM, h=_BAR_HIGH_MM, track=_TRACK, rate=rate, fill=_FILL, plan=min(plan, _BAR_MM - 0.6), mark=_PLAN,
        place=min(plan, _BAR_MM), anchor=anchor, word=word, elapsed=paper.elapsed_pct,
    )  # fmt: skip

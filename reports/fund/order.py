"""拨付单 as PDF of one page: what is paid to whom and why, who asked, checked and paid, boxes for signatures."""

from dataclasses import replace

from markupsafe import Markup

from reports.fund.inputs import OrderPaper
from reports.fund.order_text import BOXES, NAME, SIGNED_ON, SIGNING, STATES, list_facts, write_note
from reports.glyphs import Missing, cover
from reports.paper.setting import draw_title, write_missing
from reports.paper.words import clean
from reports.pdf import Block, Sheet, count_pages, render_pdf
from reports.proof import Proof
from reports.proof_html import set_proof
from reports.wording import Lang, clip, keep_tail, say, spell_day

__all__ = ["build_order_pdf"]

_NUMBER_CELLS = 24  # beside state and day on one line
_LONGEST_TITLE = 120
#: (setting, full-width cells of titles), from the fullest to the barest. Payee, account and bank are never cut.
_FITS = (("plain", 400), ("close", 400), ("tight", 120), ("tight", 60), ("tight", 30), ("bare", 20))
_TAIL_CELLS = 34
_WHO_CELLS = 24


def build_order_pdf(paper: OrderPaper, lang: Lang, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the order as PDF of one page; the same values and language give the same bytes.

    `proof` marks an issued paper, `state` stands in the head of one that is not whole. Raises
    `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, missing = cover(paper)
    sheet = Sheet(
        title=clip(f"{say(NAME, lang)} {clean(drawable.number)}", _LONGEST_TITLE),
        lang=lang,
        style="fund.css",
        head_left=state,
        head_right="",
        author=clip(clean(say(drawable.issuer, lang)), _LONGEST_TITLE),
        identifier=drawable.identifier,
        data_at=drawable.made_at,
        archive=proof is not None,
    )
    for setting, cells in _FITS:
        blocks = [*_write(_shorten(drawable, cells, lang), missing, lang, setting), *set_proof(proof, lang)]
        if count_pages(sheet, blocks) == 1:
            break
    return render_pdf(sheet, blocks)


def _shorten(paper: OrderPaper, cells: int, lang: Lang) -> OrderPaper:
    return replace(
        paper,
        allocation=clip(clean(paper.allocation), cells),
        project=None if paper.project is None else clip(clean(paper.project), cells),
        contract=clip(clean(paper.contract), cells),
        milestone=clip(clean(paper.milestone), cells),
        fund=clip(clean(say(paper.fund, lang)), cells),
        steps=tuple(
            replace(
                step,
                who=clip(clean(step.who), _WHO_CELLS),
                unit=None if step.unit is None else clip(clean(say(step.unit, lang)), _WHO_CELLS),
            )
            for step in paper.steps
        ),
    )


def _write(paper: OrderPaper, missing: tuple[Missing, ...], lang: Lang, setting: str) -> list[Block]:
    head = Markup('<div class="line"><span>{}</span><span class="state {}">{}</span><span>{}</span></div>').format(
        clip(clean(paper.number), _NUMBER_CELLS), paper.state, say(STATES[paper.state], lang),
        spell_day(paper.made_at.date(), lang),
    )  # fmt: skip
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(
            label, keep_tail(value, _TAIL_CELLS) if lang == "zh" else value
        )
        for label, value in list_facts(paper, lang)
    )
    boxes = Markup("").join(Markup("<th>{}</th>").format(say(box, lang)) for box in BOXES)
    blanks = Markup('<td class="box">{}</td>').format(say(SIGNED_ON, lang)) * len(BOXES)
    note = write_note(paper, lang)
    return [
        Block(Markup('<div class="issuer">{}</div>').format(clip(clean(say(paper.issuer, lang)), 36))),
        *draw_title(say(NAME, lang), lang),
        Block(
            Markup(
                '<div class="order {}">{}<table class="facts"><colgroup><col class="a"><col></colgroup>{}</table>'
                '<div class="sub">{}</div><table class="boxes"><tr>{}</tr><tr>{}</tr></table><p class="small">{}</p>{}'
                "</div>"
            ).format(
                setting, head, rows, say(SIGNING, lang), boxes, blanks, note,
                Markup('<p class="small">{}</p>').format(write_missing(missing, lang)) if missing else "",
            )
        ),
    ]  # fmt: skip

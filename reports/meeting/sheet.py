"""签到表: a row a person to sign, members first, then observers, blank rows for who comes unannounced."""

from markupsafe import Markup

from reports.glyphs import cover
from reports.meeting.inputs import SheetInput, SheetRow
from reports.paper.setting import draw_title, write_missing
from reports.paper.words import clean, spell_span
from reports.pdf import Block, Piece, Sheet, Table, render_pdf
from reports.wording import Lang, clip

__all__ = ["build_sheet_pdf"]

_LONGEST_TITLE = 120
_CELLS = 90
_HEADS = {
    "zh": ("序号", "单位", "姓名", "职务", "签名", "备注"),
    "en": ("No.", "Unit", "Name", "Post", "Signature", "Remark"),
}


def build_sheet_pdf(sheet: SheetInput) -> bytes:
    """Return the attendance sheet as PDF; the same values give the same bytes.

    Raises `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, missing = cover(sheet)
    zh = drawable.lang == "zh"
    name = f"{clean(drawable.meeting)}签到表" if zh else f"Attendance sheet: {clean(drawable.meeting)}"
    frame = Sheet(
        title=clip(name, _LONGEST_TITLE),
        lang=drawable.lang,
        style="meeting.css",
        head_left=clip(clean(drawable.issuer), 30),
        head_right="",
        author=clip(clean(drawable.issuer), _LONGEST_TITLE),
        identifier=drawable.identifier,
        data_at=drawable.made_at,
    )
    when = spell_span(drawable.starts_at, None, drawable.lang)
    facts = Markup('<p class="when"><span>{}{}</span><span>{}{}</span></p>').format(
        "时间：" if zh else "When: ", when, "地点：" if zh else "Where: ", clip(clean(drawable.place), _CELLS // 3)
    )
    heads = Markup("").join(Markup("<th>{}</th>").format(head) for head in _HEADS[drawable.lang])
    opening = Markup(
        '<table class="sign"><colgroup><col class="s1"><col class="s2"><col class="s3"><col class="s4"><col class="s5">'
        '<col class="s6"></colgroup><thead><tr>{}</tr></thead>'
    ).format(heads)
    pieces: list[Piece] = [
        *draw_title(clip(name, _CELLS), drawable.lang), Block(facts), Table(opening, _write_rows(drawable))
    ]  # fmt: skip
    if missing:
        pieces.append(Block(Markup('<p class="small">{}</p>').format(write_missing(missing, drawable.lang))))
    return render_pdf(frame, pieces)


def _write_rows(sheet: SheetInput) -> tuple[Markup, ...]:
    lang = sheet.lang
    members = [row for row in sheet.rows if not row.is_observer]
    observers = [row for row in sheet.rows if row.is_observer]
    out: list[Markup] = []
    at = 0
    for rows, name in ((members, ("出席", "Members")), (observers, ("列席", "Observers"))):
        if rows:
            out.append(Markup('<td colspan="6" class="group">{}</td>').format(_count(name, len(rows), lang)))
        for row in rows:
            at += 1
            out.append(_write_row(row, at))
    blank = Markup('<td class="no">{}</td><td></td><td></td><td></td><td></td><td></td>')
    out += [blank.format(at + extra) for extra in range(1, sheet.blank_rows + 1)]
    return tuple(out)


def _count(name: tuple[str, str], count: int, lang: Lang) -> str:
    return f"{name[0]}（{count}人）" if lang == "zh" else f"{name[1]} ({count})"


def _write_row(row: SheetRow, at: int) -> Markup:
    texts = (clip(clean(text), _CELLS) for text in (row.unit, row.name, row.post))
    return Markup('<td class="no">{}</td><td>{}</td><td class="name">{}</td><td>{}</td><td></td><td>{}</td>').format(
        at, *texts, clip(clean(row.remark), _CELLS)
    )

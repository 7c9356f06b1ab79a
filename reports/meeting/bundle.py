"""The papers of a meeting as one PDF for one participant: cover, contents with links, agenda, then every paper.

All pages are laid out in one run, so that numbers, outline and feet go on through foreign pages too: a foreign page
is first an empty leaf with its number, then its look is drawn onto the leaf, a little smaller, above the foot.
"""

import io
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
from markupsafe import Markup, escape

from reports.glyphs import cover
from reports.meeting.inputs import AgendaLine, BundleInput
from reports.meeting.papers import Ready, prepare
from reports.paper.grid import draw_heavy
from reports.paper.setting import draw_mark
from reports.paper.words import clean, spell_chinese, spell_span
from reports.pdf import Block, Piece, Sheet, Table, count_pages, render_pdf
from reports.wording import Lang, clip, spell_day

__all__ = ["build_bundle"]

_PAGE_ADDRESS = "lianban-page:"
_MM = 72 / 25.4
_SIDE_MM, _TOP_MM, _FOOT_MM = 6, 4, 13
_LONGEST_TITLE = 120
_TITLE_CELLS = 60
_FOOT_CELLS = 36
_LINE_CELLS = 300
_REASONS: dict[str, tuple[str, str]] = {
    "kind": ("此类文件不能印入本册", "This kind of file cannot be printed into the bundle"),
    "locked": ("文件设有密码或限制，不能印入本册", "The file is protected by a password or restrictions"),
    "broken": ("文件损坏，不能印入本册", "The file is damaged and cannot be printed"),
    "large": ("文件过大，不能印入本册", "The file is too large for the bundle"),
    "cap": ("本册页数已达上限，未印入本册", "The bundle has reached its limit of pages"),
    "empty": ("文件没有内容", "The file is empty"),
}


def build_bundle(bundle: BundleInput) -> bytes:
    """Return the bundle as PDF; the same values and files give the same bytes.

    No paper breaks it: one that cannot be printed becomes a page that says so. Raises what `Paper.read` raises, and
    `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, _ = cover(bundle)
    with tempfile.TemporaryDirectory(prefix="lianban-bundle-") as folder:
        sheet = _make_sheet(drawable)
        laid: list[list[Piece]] = []
        ready: list[Ready] = []
        counts: list[int] = []
        room = drawable.page_cap
        for at, paper in enumerate(drawable.papers, 1):
            part = prepare(paper, room, Path(folder) / f"{at}.pdf")
            pieces = _lay_paper(part, at, drawable.lang)
            count = count_pages(sheet, pieces) if part.kind == "text" else max(1, len(part.wide))
            if part.kind == "text" and count > room:
                part, count = replace(part, kind="away", reason="cap"), 1
                pieces = _lay_paper(part, at, drawable.lang)
            room -= count if part.kind != "away" else 0
            laid.append(pieces)
            ready.append(part)
            counts.append(count)
        front = count_pages(sheet, _lay_front(drawable, ready, [0] * len(ready)))
        starts = [front + 1 + sum(counts[:at]) for at in range(len(counts))]
        pieces = [*_lay_front(drawable, ready, starts), *(piece for part in laid for piece in part)]
        return _finish(render_pdf(sheet, pieces), ready, starts)


def _make_sheet(bundle: BundleInput) -> Sheet:
    who = " ".join(filter(None, (clean(bundle.unit), clean(bundle.name))))
    name = f"{clean(bundle.meeting)}{'会议材料' if bundle.lang == 'zh' else ': papers'}"
    return Sheet(
        title=clip(f"{name} {who}", _LONGEST_TITLE),
        lang=bundle.lang,
        style="meeting.css",
        head_left=clip(clean(bundle.meeting), 28),
        head_right=clip(who, 14),
        author=clip(clean(bundle.issuer), _LONGEST_TITLE),
        identifier=bundle.identifier,
        data_at=bundle.made_at,
    )


def _lay_front(bundle: BundleInput, ready: list[Ready], starts: list[int]) -> list[Piece]:
    return [_write_cover(bundle), *_write_contents(bundle, ready, starts), *_write_agenda(bundle)]


def _write_cover(bundle: BundleInput) -> Block:
    zh = bundle.lang == "zh"
    when = spell_span(bundle.starts_at, bundle.ends_at, bundle.lang)
    rows = (("时间：", when), ("地点：", clean(bundle.place)), ("主持：", clean(bundle.chair))) if zh else (
        ("When: ", when), ("Where: ", clean(bundle.place)), ("Chair: ", clean(bundle.chair)))  # fmt: skip
    facts = Markup("<br>").join(escape(label + clip(text, 60)) for label, text in rows if text)
    made = f"{clip(clean(bundle.issuer), 40)}　{spell_day(bundle.made_at.date(), bundle.lang)}" if zh else (
        f"{clip(clean(bundle.issuer), 40)}, {spell_day(bundle.made_at.date(), bundle.lang)}")  # fmt: skip
    return Block(Markup(
        '<div class="front"><div class="top">{}</div><div class="what">{}</div>'
        '<div class="for"><small>{}</small>{}<br>{}{}</div><div class="facts">{}<br>{}</div></div>'
    ).format(
        draw_mark(bundle.meeting, bundle.lang, 9.0),
        draw_heavy("会议材料" if zh else "Papers of the meeting", size_mm=9.5, height_mm=14),
        "本册供下列人员使用，请勿转借、复印" if zh else "For the personal use of",
        clip(clean(bundle.unit), 40), clip(clean(bundle.name), 30),
        Markup("<small>{}</small>").format(clip(clean(bundle.post), 30)) if bundle.post else "",
        facts, made,
    ))  # fmt: skip


def _write_contents(bundle: BundleInput, ready: list[Ready], starts: list[int]) -> list[Piece]:
    zh = bundle.lang == "zh"
    rows = tuple(
        Markup(
            '<td class="k"><a href="{a}">{k}</a></td><td><a href="{a}">{t}</a>{n}</td>'
            '<td class="n"><a href="{a}">{p}</a></td>'
        ).format(
            a=f"{_PAGE_ADDRESS}{start}", k=_name_paper(at, bundle.lang), t=clip(clean(part.paper.title), _TITLE_CELLS),
            n=_note(part, bundle.lang), p=start or "000")
        for at, (part, start) in enumerate(zip(ready, starts, strict=True), 1)
    )  # fmt: skip
    out: list[Piece] = [_write_heading("目录" if zh else "Contents")]
    if rows:
        out.append(
            Table(
                Markup(
                    '<table class="toc"><colgroup><col class="t1"><col><col class="t3"></colgroup><thead>'
                    '<tr><th>{}</th><th>{}</th><th class="n">{}</th></tr></thead>'
                ).format(*(("编号", "材料", "页码") if zh else ("No.", "Paper", "Page"))),
                rows,
            )
        )
    else:
        out.append(Block(Markup("<p>{}</p>").format("本次会议没有书面材料。" if zh else "There are no papers.")))
    if bundle.held_back:
        count = bundle.held_back
        text = f"另有{count}份材料不在本册内，按规定单独送达。" if zh else f"Not in this bundle, sent apart: {count}."
        out.append(Block(Markup('<p class="small">{}</p>').format(text)))
    return out


def _write_heading(text: str) -> Block:
    return Block(
        Markup('<div class="part" data-mark="{}">{}</div>').format(text, draw_heavy(text, size_mm=7.2, height_mm=10))
    )


def _name_paper(at: int, lang: Lang) -> str:
    return f"材料{at}" if lang == "zh" else f"Paper {at}"


def _note(part: Ready, lang: Lang) -> Markup:
    """Return what stands under a title in the contents: its item and unit, and why it is not printed."""
    zh = lang == "zh"
    paper = part.paper
    facts = []
    if paper.agenda_number:
        facts.append(f"议题{clean(paper.agenda_number)}" if zh else f"item {clean(paper.agenda_number)}")
    if paper.unit:
        facts.append(clip(clean(paper.unit), 30))
    if part.reason is not None:
        facts.append(
            ("未印入本册，见附件：" if zh else "not printed, see the attachment: ") + clip(clean(paper.file_name), 40)
        )
    return Markup("<small>{}</small>").format(("；" if zh else "; ").join(facts)) if facts else Markup("")


def _write_agenda(bundle: BundleInput) -> list[Piece]:
    if not bundle.agenda:
        return []
    zh = bundle.lang == "zh"
    heads = ("序号", "时间", "议题", "汇报单位") if zh else ("No.", "Time", "Item", "Presented by")
    opening = Markup(
        '<table class="agenda"><colgroup><col class="a1"><col class="a2"><col><col class="a4"></colgroup>'
        "<thead><tr>{}</tr></thead>"
    ).format(Markup("").join(Markup("<th>{}</th>").format(head) for head in heads))
    rows = tuple(_write_line(line, at, bundle.lang) for at, line in enumerate(bundle.agenda, 1))
    return [_write_heading("会议议程" if zh else "Agenda"), Table(opening, rows)]


def _write_line(line: AgendaLine, at: int, lang: Lang) -> Markup:
    zh = lang == "zh"
    hours = ""
    if line.starts_at is not None:
        hours = f"{line.starts_at:%H:%M}"
        if line.minutes:
            hours += f"–{line.starts_at + timedelta(minutes=line.minutes):%H:%M}"
    facts = []
    if line.sought:
        facts.append(f"提请：{clean(line.sought)}" if zh else f"Sought: {clean(line.sought)}")
    if line.observers:
        names = [clean(name) for name in line.observers]
        facts.append("列席：" + "、".join(names) if zh else "In attendance: " + ", ".join(names))
    more = Markup("").join(Markup("<small>{}</small>").format(clip(fact, _LINE_CELLS)) for fact in facts)
    return Markup('<td>{}</td><td class="nw">{}</td><td>{}{}</td><td>{}</td>').format(
        clip(clean(line.number), 4) or (spell_chinese(at) if zh else str(at)),
        hours,
        clip(clean(line.title), _LINE_CELLS),
        more,
        clip(clean(line.presenter), _TITLE_CELLS),
    )


def _lay_paper(part: Ready, at: int, lang: Lang) -> list[Piece]:
    paper = part.paper
    name = _name_paper(at, lang)
    mark = (
        f"{name}　{clip(clean(paper.title), _TITLE_CELLS)}"
        if lang == "zh"
        else f"{name}: {clip(clean(paper.title), _TITLE_CELLS)}"
    )
    foot = clip(mark, _FOOT_CELLS)
    if part.kind == "away":
        return [Block(_write_away(part, mark, lang))]
    if part.kind == "text":
        text, _ = cover(tuple(part.text.splitlines()))
        head = Markup('<div class="title" data-mark="{}">{}</div>').format(mark, mark)
        return [Block(head), *(Block(Markup('<p class="text">{}</p>').format(line.rstrip())) for line in text)]
    leaf = '<div class="{side}"><div class="leaf{first}" data-mark="{mark}" data-foot="{foot}">{inside}</div></div>'
    inside = Markup('<img src="{}" alt="">').format(part.picture) if part.kind == "picture" else Markup("")
    return [
        Block(Markup(leaf).format(  # noqa: S704 - a constant
            side="wide" if wide else "tall", first="" if place else " first", mark=mark, foot=foot, inside=inside))
        for place, wide in enumerate(part.wide)
    ]  # fmt: skip


def _write_away(part: Ready, mark: str, lang: Lang) -> Markup:
    zh = lang == "zh"
    paper = part.paper
    reason = _REASONS[part.reason or "kind"][0 if zh else 1]
    size = _spell_size(paper.size, lang)
    file = clip(clean(paper.file_name), 110)
    return Markup(
        '<div class="away" data-mark="{}"><div class="box"><div class="name">{}</div>{}<br>{}{}{}</div></div>'
    ).format(
        mark, mark, f"{reason}。" if zh else f"{reason}.",
        "请见附件：" if zh else "See the attachment: ", file, size,
    )  # fmt: skip


def _spell_size(size: int, lang: Lang) -> str:
    if size <= 0:
        return ""
    text = f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"  # noqa: PLR2004 - where kB ends
    return f"（{text}）" if lang == "zh" else f" ({text})"


def _finish(carrier: bytes, ready: list[Ready], starts: list[int]) -> bytes:
    """Return the carrier with the foreign pages drawn on their leaves and the contents' links turned inward."""
    out = io.BytesIO()
    with ExitStack() as stack:
        whole = stack.enter_context(pikepdf.open(io.BytesIO(carrier)))
        for part, start in zip(ready, starts, strict=True):
            if part.path is not None:
                source = stack.enter_context(pikepdf.open(part.path))
                for at, page in enumerate(source.pages):
                    _draw(whole, whole.pages[start - 1 + at], page.obj["/Resources"]["/XObject"]["/Paper"])
        for page in whole.pages:
            _turn_links(whole, page)
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _draw(whole: pikepdf.Pdf, leaf: pikepdf.Page, form: Any) -> None:  # noqa: ANN401 - pikepdf objects are untyped
    """Draw a page's look onto its leaf, upright, in its proportions, above the foot."""
    own = whole.copy_foreign(form)
    shared = leaf.obj["/Resources"]  # one for all pages of the carrier
    leaf.obj["/Resources"] = pikepdf.Dictionary({key: shared[key] for key in shared.keys() if key != "/XObject"})  # noqa: SIM118 - pikepdf
    leaf.add_resource(own, pikepdf.Name.XObject, pikepdf.Name("/Paper"))
    _, _, width, height = (float(side) for side in leaf.mediabox)
    room = pikepdf.Rectangle(_SIDE_MM * _MM, _FOOT_MM * _MM, width - _SIDE_MM * _MM, height - _TOP_MM * _MM)
    placed = leaf.calc_form_xobject_placement(own, pikepdf.Name("/Paper"), room, allow_shrink=True, allow_expand=True)
    leaf.contents_add(placed, prepend=True)


def _turn_links(whole: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Turn the contents' addresses into links inside the file; there is no other link."""
    if "/Annots" not in page:
        return
    kept = []
    for note in page.obj["/Annots"]:
        address = str(note.get("/A", pikepdf.Dictionary()).get("/URI", ""))
        if address.startswith(_PAGE_ADDRESS):
            del note["/A"]
            target = whole.pages[int(address.removeprefix(_PAGE_ADDRESS)) - 1]
            note["/Dest"] = pikepdf.Array([target.obj, pikepdf.Name.Fit])
            kept.append(note)
    page.obj["/Annots"] = pikepdf.Array(kept)

"""The tables of the department bulletin 通报: the ranking, the late items, the slips."""

from collections.abc import Sequence

from reports.city.inputs import Bulletin, LateItem, SlipLine, sort_late
from reports.city.ranking import LEAST_BASE, rank, sum_scores
from reports.paper.labels import RUNGS
from reports.paper.letter import Part
from reports.paper.table import Column, TableText
from reports.paper.words import Paragraph, clean
from reports.wording import Lang, Text, say, show_day

__all__ = ["list_tables", "note_items", "note_ranking"]

_SLIPS = {2: Text("预警单", "warning notice"), 3: Text("督办单", "supervision notice")}


def list_tables(paper: Bulletin, lang: Lang) -> list[TableText]:
    """Return the ranking, then the late items and the slips where there are any."""
    tables = [_make_ranking(paper, lang)]
    if paper.late:
        tables.append(_make_late(paper, lang))
    if paper.slips:
        tables.append(_make_slips(paper, lang))
    return tables


def _make_ranking(paper: Bulletin, lang: Lang) -> TableText:
    zh = lang == "zh"
    placed = rank(paper.scores)
    total = sum_scores(paper.scores, "")
    rows = tuple(
        (
            str(one.place) if one.place else "—", clean(say(one.score.department, lang)), one.score.on_time,
            one.score.base, one.score.late_open, one.score.rate_pct,
        )
        for one in placed
    )  # fmt: skip
    return TableText(
        "按期办结率排名" if zh else "Ranking by Work Finished in Time",
        (
            Column("名次" if zh else "Place", 16),
            Column("单位" if zh else "Department", 48),
            Column("按期办结" if zh else "In time", 22, "count"),
            Column("应办结" if zh else "Due", 24, "count"),
            Column("逾期" if zh else "Late", 20, "count"),
            Column("按期率" if zh else "Rate", 26, "share"),
        ),
        rows,
        ("", "合计" if zh else "Sum", total.on_time, total.base, total.late_open, total.rate_pct),
    )


def note_ranking(paper: Bulletin, lang: Lang) -> list[Part]:
    """Return what must be known to read the ranking."""
    few = any(one.place is None for one in rank(paper.scores))
    if lang == "zh":
        text = f"“—”为应办结不足{LEAST_BASE}项，不排名；" if few else ""
        return [Paragraph("note", f"注：{text}涉密事项不计。")]
    text = f"—: fewer than {LEAST_BASE} items due. " if few else ""
    return [Paragraph("note", f"{text}Confidential items are not counted.")]


def _make_late(paper: Bulletin, lang: Lang) -> TableText:
    zh = lang == "zh"
    return TableText(
        "逾期未办结事项" if zh else "Items Late and Open",
        (
            Column("单位" if zh else "Department", 32),
            Column("事项" if zh else "Item", 56),
            Column("完成期限" if zh else "Due", 28),
            Column("逾期" if zh else "Late", 14, "count"),
            Column("级别" if zh else "Level", 26),
        ),
        tuple(
            (
                clean(say(item.department, lang)), _name_item(item, lang), show_day(item.due_on), item.late_workdays,
                say(RUNGS.get(item.level), lang),
            )
            for item in sort_late(paper.late)
        ),
    )  # fmt: skip


def _name_item(item: LateItem, lang: Lang) -> str:
    number = f"{clean(item.number)} " if item.number else ""
    kind = clean(say(item.kind, lang)) if item.is_share else ""
    return f"{number}{clean(item.title)}" + (kind and (f"（{kind}）" if lang == "zh" else f" ({kind})"))


def _make_slips(paper: Bulletin, lang: Lang) -> TableText:
    zh = lang == "zh"
    rows = sorted(paper.slips, key=lambda slip: (not slip.is_unanswered, -slip.level, slip.issued_on, slip.number))
    return TableText(
        "预警单、督办单签发和答复情况" if zh else "Notices Issued and Answered",
        (
            Column("编号" if zh else "Number", 36),
            Column("单位" if zh else "Department", 30),
            Column("事由" if zh else "About", 40),
            Column("答复期限" if zh else "Answer by", 26),
            Column("情况" if zh else "State", 24),
        ),
        tuple(
            (
                clean(slip.number) or say(_SLIPS[slip.level], lang), clean(say(slip.department, lang)),
                clean(slip.title), show_day(slip.answer_by), _tell_state(slip, paper, lang),
            )
            for slip in rows
        ),
    )  # fmt: skip


def _tell_state(slip: SlipLine, paper: Bulletin, lang: Lang) -> str:
    if not slip.is_unanswered:
        return "已答复" if lang == "zh" else "answered"
    if slip.answer_by is not None and slip.answer_by < paper.as_of_on:
        return "逾期未答复" if lang == "zh" else "late"
    return "待答复" if lang == "zh" else "waiting"


def note_items(paper: Bulletin, table: TableText, more: Sequence[TableText], lang: Lang) -> list[Part]:
    """Return what must be known to read the late items, and of the slips how many are not listed."""
    zh = lang == "zh"
    if not paper.late or table is not more[0]:
        if not paper.slips_more:
            return []
        left = paper.slips_more
        rest = f"注：另有{left}份未列出，见系统清单。" if zh else f"{left} more are in the system."
        return [Paragraph("note", rest)]
    text = "注：“逾期”为截至期末的工作日数；期末暂缓、有异议或已报送待核验的不列入。" if zh else (
        "Late: working days at the end of the period. What was suspended, disputed or submitted and waiting to be "
        "verified is left out."
    )  # fmt: skip
    if paper.late_more:
        text += f"另有{paper.late_more}项未列出，见系统清单。" if zh else f" {paper.late_more} more are in the system."
    return [Paragraph("note", text)]

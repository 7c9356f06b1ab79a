"""What an allocation document says, before any layout: PDF and DOCX are both written from it."""

from reports.fund.inputs import AllocationPaper, Goal
from reports.paper.table import Column, TableText, show_fen
from reports.paper.words import Paragraph, clean, end_sentence, spell_chinese
from reports.wording import UNKNOWN, Lang, name_currency, say, show_day, spell_day

_ANNEX = {"zh": "资金分期安排表", "en": "Instalments"}


def write_title(paper: AllocationPaper, lang: Lang) -> str:
    r"""Return the document's title, broken by sense with "\n"."""
    issuer, fund = clean(say(paper.issuer, lang)), clean(say(paper.fund, lang))
    if lang == "zh":
        return f"{issuer}关于下达{paper.year}年\n{fund}的通知"
    return f"Notice of an Allocation from the\n{fund}, {paper.year}"


def write_recipient(paper: AllocationPaper, lang: Lang) -> str:
    """Return the main recipient with its colon."""
    return clean(say(paper.recipient, lang)) + ("：" if lang == "zh" else ":")


def write_amount(paper: AllocationPaper, lang: Lang) -> str:
    """Return the amount in figures, with the capital numerals where there are any."""
    figures = f"{show_fen(paper.amount_fen)}{'' if lang == 'zh' else ' '}{name_currency(paper.currency, lang)}"
    if not paper.capital:
        return figures
    return (
        f"{figures}（大写：{paper.capital}）" if lang == "zh" else f"{figures} (in capital numerals: {paper.capital})"
    )


def write_body(paper: AllocationPaper, lang: Lang) -> list[Paragraph]:
    """Return the text: what is allocated and on which grounds, use, goals, instalments, what is asked of the unit."""
    return _write_chinese(paper) if lang == "zh" else _write_english(paper)


def _write_chinese(paper: AllocationPaper) -> list[Paragraph]:
    fund = clean(say(paper.fund, "zh"))
    basis = "、".join(clean(one) for one in paper.basis)
    project = f"“{clean(paper.project)}”项目的" if paper.project else ""
    out = [
        Paragraph(
            "text",
            f"{f'根据{basis}，' if basis else ''}现下达你单位{paper.year}年{fund}{write_amount(paper, 'zh')}，"
            f"用于{project}“{clean(paper.title)}”。现将有关事项通知如下：",
        ),
        Paragraph("heading", "一、资金来源和用途"),
        Paragraph(
            "text",
            f"本项资金列{fund}（{clean(paper.fund_code)}）{paper.year}年度支出，用途为："
            f"{end_sentence(clean(paper.purpose))}资金专款专用，不得截留、挪用。",
        ),
    ]
    number = 2
    if paper.goals:
        out.append(Paragraph("heading", f"{spell_chinese(number)}、绩效目标"))
        out += [Paragraph("text", _tell_goal(goal, at)) for at, goal in enumerate(paper.goals, 1)]
        number += 1
    out += [
        Paragraph("heading", f"{spell_chinese(number)}、分期拨付"),
        Paragraph("text", _tell_instalments_zh(paper)),
        Paragraph("heading", f"{spell_chinese(number + 1)}、有关要求"),
        Paragraph(
            "text",
            "请按进度申请拨付，支出后及时报送票据核销，结余资金按规定退回；年度终了未使用的资金，按规定结转或者收回。"
            "项目完成后，请逐项报送绩效目标的完成情况，接受绩效评价。",
        ),
    ]
    return out


def _tell_goal(goal: Goal, at: int) -> str:
    return f"{at}.{clean(say(goal.kind, 'zh'))}目标：{clean(goal.indicator)}，{end_sentence(clean(goal.target))}"


def _tell_instalments_zh(paper: AllocationPaper) -> str:
    count = len(paper.instalments)
    if is_changed(paper):
        return (
            f"资金分期拨付。下达后分期有调整，附件列出现行的{count}期，合计{show_fen(sum_instalments(paper))}"
            f"{name_currency(paper.currency, 'zh')}。"
        )
    if count == 1 and not paper.instalments[0].milestone:
        return "资金一次拨付，金额见附件。"
    how = "资金一次拨付" if count == 1 else f"资金分{count}期拨付"
    return f"{how}，各期金额和拨付条件见附件；附有条件的，条件经确认达到后方可申请。"


def _write_english(paper: AllocationPaper) -> list[Paragraph]:
    fund = clean(say(paper.fund, "en"))
    basis = "; ".join(clean(one) for one in paper.basis)
    project = f" of the project {clean(paper.project)}" if paper.project else ""
    out = [
        Paragraph(
            "text",
            f"{f'On the basis of {basis}, ' if basis else ''}"
            f"{'y' if basis else 'Y'}our department is allocated {write_amount(paper, 'en')} from the {fund} "
            f"for {paper.year}. The money is for {clean(paper.title)}{project}.",
        ),
        Paragraph("heading", "1. Source and use"),
        Paragraph(
            "text",
            f"The money is charged to the {fund} ({clean(paper.fund_code)}), year {paper.year}. Purpose: "
            f"{end_sentence(clean(paper.purpose), '.')} It may be used for nothing else.",
        ),
    ]
    number = 2
    if paper.goals:
        out.append(Paragraph("heading", f"{number}. Performance goals"))
        out += [
            Paragraph(
                "decision",
                f"({at}) {clean(say(goal.kind, 'en')).capitalize()}: {clean(goal.indicator)}, "
                f"{end_sentence(clean(goal.target), '.')}",
            )
            for at, goal in enumerate(paper.goals, 1)
        ]
        number += 1
    out += [
        Paragraph("heading", f"{number}. Instalments"),
        Paragraph("text", _tell_instalments_en(paper)),
        Paragraph("heading", f"{number + 1}. What is asked of you"),
        Paragraph(
            "text",
            "Please ask for payment as the work proceeds, account for what was spent with receipts, and return what is "
            "left. Money not used by the end of the year is carried over or taken back as the fund's rules say. When "
            "the project is done, report the result of each goal; it will be evaluated.",
        ),
    ]
    return out


def _tell_instalments_en(paper: AllocationPaper) -> str:
    count = len(paper.instalments)
    noun = "instalment" if count == 1 else "instalments"
    if is_changed(paper):
        return (
            f"The money is paid in instalments. They were changed after the issue: the annex lists the {count} {noun} "
            f"in force, {show_fen(sum_instalments(paper))} {name_currency(paper.currency, 'en')} in all."
        )
    if count == 1 and not paper.instalments[0].milestone:
        return "The money is paid at once; see the annex."
    return (
        f"The money is paid in {count} {noun}; the annex has amounts and conditions. An instalment with a condition "
        "can be asked for once that condition is confirmed."
    )


def sum_instalments(paper: AllocationPaper) -> int:
    """Return the sum of the instalments in fen."""
    return sum(one.amount_fen for one in paper.instalments)


def is_changed(paper: AllocationPaper) -> bool:
    """Say whether the instalments were changed after the issue."""
    return sum_instalments(paper) != paper.amount_fen


def write_annex_title(lang: Lang) -> str:
    """Return the annex's title."""
    return _ANNEX[lang]


def write_annex_note(lang: Lang) -> Paragraph:
    """Return the note behind the text that names the annex."""
    if lang == "zh":
        return Paragraph("text", f"附件：{_ANNEX['zh']}")
    return Paragraph("people", _ANNEX["en"], "Annex:")


def make_table(paper: AllocationPaper, lang: Lang) -> TableText:
    """Return the instalments with their sum; the column of days only where one is planned."""
    zh, unit = lang == "zh", name_currency(paper.currency, lang)
    is_planned = any(one.planned_on for one in paper.instalments)
    columns = [
        Column("期次" if zh else "No.", 20),
        Column(f"金额（{unit}）" if zh else f"Amount ({unit})", 42, "money"),
        Column("拨付条件" if zh else "Condition", 62 if is_planned else 94),
    ]
    if is_planned:
        columns.append(Column("计划时间" if zh else "Planned", 32))
    nothing = UNKNOWN if zh else "none"

    def cut(*cells: str | int) -> tuple[str | int, ...]:
        return cells if is_planned else cells[:-1]

    return TableText(
        write_annex_title(lang),
        tuple(columns),
        tuple(
            cut(f"第{one.seq}期" if zh else str(one.seq), one.amount_fen,
                clean(one.milestone) or ("无" if zh else nothing), show_day(one.planned_on))
            for one in paper.instalments
        ),
        cut("合计" if zh else "Sum", sum_instalments(paper), "", ""),
    )  # fmt: skip


def write_copies(paper: AllocationPaper, lang: Lang) -> str:
    """Return the line of copies, empty where nobody gets one."""
    names = [clean(say(name, lang)) for name in paper.copies_to]
    if not names:
        return ""
    return f"抄送：{'，'.join(names)}。" if lang == "zh" else f"Copies: {'; '.join(names)}."


def write_printed(paper: AllocationPaper, lang: Lang) -> str:
    """Return the end block's day of issue."""
    day = spell_day(paper.allocated_on, lang)
    return f"{day}印发" if lang == "zh" else f"Issued {day}"

"""What an acceptance certificate 验收证书 says, before any layout: PDF and DOCX are both written from it."""

from datetime import date

from reports.paper.labels import count_en
from reports.paper.letter import Annex, Letter, Part
from reports.paper.table import Column, TableText
from reports.paper.words import Paragraph, clean, end_sentence
from reports.project.inputs import Acceptance, MoneyLine, Signed
from reports.wording import (
    UNKNOWN,
    Lang,
    Money,
    Words,
    name_currency,
    say,
    show_day,
    spell_day,
    whole_units,
)

__all__ = ["list_tables", "write_letter"]


def write_letter(paper: Acceptance, lang: Lang) -> Letter:
    """Return the certificate as an official paper without a red head."""
    zh = lang == "zh"
    city, office = say(paper.city, lang), say(paper.office, lang)
    issuer = f"{city}{office}" if zh else office
    facts, phases, signed, *proven = list_tables(paper, lang)
    body: list[Part] = [Paragraph("heading", "一、项目概况" if zh else "1. The project"), facts]
    body.append(Paragraph("heading", "二、验收内容和依据" if zh else "2. What was accepted, and on what evidence"))
    body += _tell_scope(paper, lang)
    if phases.rows:
        body.append(phases)
    body.append(Paragraph("heading", "三、验收意见" if zh else "3. Opinion"))
    body += [Paragraph("text", text) for text in _tell_opinion(paper, lang)]
    body += [Paragraph("heading", "四、会签、审批和验收签署" if zh else "4. Who signed"), signed]
    return Letter(
        mark="",
        title=f"{city}联合项目验收证书" if zh else f"{city}\nCertificate of Acceptance of a Joint Project",
        recipient="",
        body=tuple(body),
        signer=issuer,
        day=spell_day(paper.accepted_on, lang),
        issuer=issuer,
        copies=_list_copies(paper, lang),
        printed=f"{spell_day(paper.accepted_on, lang)}验收" if zh else f"Accepted {spell_day(paper.accepted_on, lang)}",
        identifier=paper.identifier,
        made_at=paper.made_at,
        annexes=tuple(Annex(table.heading, (table,)) for table in proven),
    )


def list_tables(paper: Acceptance, lang: Lang) -> list[TableText]:
    """Return the facts, the phases, the signatures, and the criteria where there are any."""
    tables = [_make_facts(paper, lang), _make_phases(paper, lang), _make_signed(paper, lang)]
    if paper.proven:
        tables.append(_make_proven(paper, lang))
    return tables


def _list_copies(paper: Acceptance, lang: Lang) -> str:
    names = [clean(say(name, lang)) for name in (paper.lead, *paper.supports)]
    return f"抄送：{'，'.join(names)}。" if lang == "zh" else f"Copies: {'; '.join(names)}."


def _money(fen: int | None, paper: Acceptance, lang: Lang) -> str:
    return UNKNOWN if fen is None else _show_money(Money(fen, paper.currency), lang)


def _show_money(money: Money, lang: Lang) -> str:
    return f"{whole_units(money):,}{'' if lang == 'zh' else ' '}{name_currency(money.currency, lang)}"


def _make_facts(paper: Acceptance, lang: Lang) -> TableText:
    zh = lang == "zh"
    join = "、" if zh else ", "
    planned = _span(paper.start_on, paper.original_due_on or paper.due_on, lang)
    rows: list[tuple[str, str]] = [
        ("项目名称" if zh else "Project", clean(paper.title)),
        *([("项目编号" if zh else "Number", clean(paper.number))] if paper.number else []),
        ("牵头单位" if zh else "Lead department", clean(say(paper.lead, lang))),
        ("配合单位" if zh else "Supporting departments",
         join.join(clean(say(name, lang)) for name in paper.supports) or ("无" if zh else "none")),
        ("计划工期" if zh else "Planned", planned),
        ("实际工期" if zh else "Actual", _span(paper.begun_on or paper.start_on, paper.accepted_on, lang)),
        ("工期执行" if zh else "Against the plan", _tell_time(paper, lang)),
        ("批准预算" if zh else "Budget approved", _money(paper.budget_fen, paper, lang)),
        ("资金决算" if zh else "Final cost", _tell_money(paper, lang)),
    ]  # fmt: skip
    return TableText("", (Column("项目" if zh else "Item", 34), Column("内容" if zh else "Content", 122)), tuple(rows))


def _span(first: date | None, last: date | None, lang: Lang) -> str:
    return f"{spell_day(first, lang)}{'至' if lang == 'zh' else ' to '}{spell_day(last, lang)}"


def _tell_time(paper: Acceptance, lang: Lang) -> str:
    days, zh = paper.late_workdays, lang == "zh"
    if days is None:
        return "未定期限" if zh else "no due date was set"
    if days > 0:
        text = f"逾期{days}个工作日" if zh else f"{count_en(days, 'working day')} late"
    elif days < 0:
        text = f"提前{-days}个工作日" if zh else f"{count_en(-days, 'working day')} early"
    else:
        text = "按期" if zh else "in time"
    if paper.original_due_on and paper.due_on and paper.due_on != paper.original_due_on:
        moved = spell_day(paper.due_on, lang)
        text += f"（经批准期限调整为{moved}，仍按原期限计算）" if zh else (
            f" (the date was moved to {moved} with approval; counted against the first one)"
        )  # fmt: skip
    return text


def _tell_money(paper: Acceptance, lang: Lang) -> str:
    zh = lang == "zh"
    if not paper.money:
        return "系统内没有资金下达记录，以财政决算批复为准" if zh else (
            "no allocation on record here; see the audited accounts"
        )  # fmt: skip
    return ("；" if zh else "; ").join(_tell_sums(line, lang) for line in paper.money)


def _tell_sums(line: MoneyLine, lang: Lang) -> str:
    parts = [
        ("核定", "granted", line.granted_fen), ("净拨付", "net paid", line.paid_fen),
        ("已凭据核销", "accounted for", line.spent_fen),
    ]  # fmt: skip
    shown = [(zh, en, _show_money(Money(fen, line.currency), lang)) for zh, en, fen in parts]
    if lang == "zh":
        return "，".join(f"{name}{money}" for name, _, money in shown)
    return ", ".join(f"{name} {money}" for _, name, money in shown)


def _tell_scope(paper: Acceptance, lang: Lang) -> list[Part]:
    zh = lang == "zh"
    count = len(paper.proven)
    out: list[Part] = []
    if paper.description:
        out.append(Paragraph("text", end_sentence(clean(paper.description), "。" if zh else ".")))
    done = paper.done_tasks
    if not done:
        text = "项目没有在系统内办结的所属任务" if zh else "No task of the project was finished here"
    elif zh:
        text = f"项目所属任务{done}项全部办结"
    else:
        text = "The one task of the project is done" if done == 1 else f"All {done} tasks of the project are done"
    if count:
        criteria = count_en(count, "criterion was", "criteria were")
        text += f"，任务完成标准{count}条已逐条答复并附佐证（见附件）" if zh else (
            f"; {criteria} answered with evidence (see annex)"
        )  # fmt: skip
    text += "。" if zh else "."
    if paper.applied_with:
        given = clean(paper.applied_with).rstrip("。.")
        text += f"验收申请材料：{given}。" if zh else f" Submitted for acceptance: {given}."
    return [*out, Paragraph("text", text)]


def _tell_opinion(paper: Acceptance, lang: Lang) -> list[str]:
    zh = lang == "zh"
    out = [end_sentence(clean(paper.opinion), "。" if zh else ".")] if paper.opinion else []
    if paper.late_reason:
        reason = end_sentence(clean(paper.late_reason), "。" if zh else ".")
        out.append(f"逾期说明：{reason}" if zh else f"Why it was late: {reason}")
    day = spell_day(paper.accepted_on, lang)
    given = clean(paper.accepted_with).rstrip("。.")
    based = (f"根据{given}，" if zh else f"On the basis of {given}, ") if given else ""
    out.append(
        f"{based}本项目于{day}通过验收，准予结项。" if zh
        else f"{based}{'t' if based else 'T'}he project was accepted and closed on {day}."
    )  # fmt: skip
    return out


def _make_phases(paper: Acceptance, lang: Lang) -> TableText:
    zh = lang == "zh"
    return TableText(
        "",
        (
            Column("阶段" if zh else "Phase", 22 if zh else 28),
            Column("计划" if zh else "Planned", 28),
            Column("通过" if zh else "Passed", 28),
            Column("佐证和决定" if zh else "Evidence and decision", 78 if zh else 72),
        ),
        tuple(
            (
                clean(say(one.name, lang)), show_day(one.planned_on), show_day(one.passed_on),
                ("；" if zh else "; ").join(filter(None, (clean(one.evidence), clean(one.decision)))) or UNKNOWN,
            )
            for one in paper.phases
        ),
    )  # fmt: skip


def _make_signed(paper: Acceptance, lang: Lang) -> TableText:
    zh = lang == "zh"
    return TableText(
        "",
        (
            Column("环节" if zh else "Step", 22 if zh else 26),
            Column("单位和职务" if zh else "Department and post", 40),
            Column("签署人" if zh else "Name", 28),
            Column("意见" if zh else "Opinion", 38 if zh else 36),
            Column("日期" if zh else "Day", 28 if zh else 26),
        ),
        tuple(
            (
                clean(say(one.step, lang)), name_capacity(one.unit, one.post, lang), name_signer(one, lang),
                clean(one.opinion) or _tell_agreed(one, lang), show_day(one.on),
            )
            for one in paper.signed
        ),
    )  # fmt: skip


def _tell_agreed(one: Signed, lang: Lang) -> str:
    if not one.is_agreed:
        return UNKNOWN
    return "同意" if lang == "zh" else "agreed"


def name_capacity(unit: Words | None, post: Words | None, lang: Lang) -> str:
    """Return department and post in one."""
    names = [clean(say(name, lang)) for name in (unit, post) if name is not None]
    if lang == "zh":
        if len(names) > 1:
            names[1] = _cut_said(*names)
        return "".join(names) or UNKNOWN
    return ", ".join(reversed(names)) or UNKNOWN


def _cut_said(unit: str, post: str) -> str:
    """Return a post without what the department's name has said: 协调办公室 before 协调办督查专员."""
    said = next((size for size in range(len(post) - 1, 1, -1) if post[:size] in unit), 0)
    return post[said:]


def name_signer(one: Signed, lang: Lang) -> str:
    """Return who signed, and for whom."""
    name = clean(one.who)
    if not one.for_whom:
        return name
    return f"{name}（代{clean(one.for_whom)}）" if lang == "zh" else f"{name} (for {clean(one.for_whom)})"


def _make_proven(paper: Acceptance, lang: Lang) -> TableText:
    zh = lang == "zh"
    return TableText(
        "任务完成标准和佐证" if zh else "Criteria and Evidence",
        (
            Column("任务和牵头单位" if zh else "Task and lead", 38),
            Column("完成标准" if zh else "Criterion", 32),
            Column("完成情况" if zh else "Result", 44),
            Column("佐证" if zh else "Evidence", 42),
        ),
        tuple(
            (
                f"{clean(one.task)}（{clean(say(one.department, lang))}）" if zh
                else f"{clean(one.task)} ({clean(say(one.department, lang))})",
                clean(one.wanted), clean(one.answer) or UNKNOWN, clean(one.evidence) or UNKNOWN,
            )
            for one in paper.proven
        ),
    )  # fmt: skip

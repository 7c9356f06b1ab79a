"""What the department bulletin 通报 says, before any layout: PDF, DOCX and XLSX are all written from it.

Order of such papers: what was done and by which rule it is counted, the ranking, who is praised, who is named and with
what, slips issued and unanswered, what must come back by when; annexes with the ranking and the items.
"""

from collections.abc import Sequence

from reports.city.bulletin_tables import list_tables, note_items, note_ranking
from reports.city.inputs import NAMED_WORKDAYS, Bulletin
from reports.city.ranking import LEAST_BASE, PRAISE_PCT, Placed, is_praised, rank, sum_scores
from reports.paper.labels import count_en
from reports.paper.letter import Annex, Letter, Part
from reports.paper.words import Paragraph, clean
from reports.wording import Lang, say, show_share, spell_day, spell_month

__all__ = ["write_letter", "write_title"]

_FEW_SHOWN = 3


def write_title(paper: Bulletin, lang: Lang) -> str:
    """Return the title, broken by sense."""
    if lang == "zh":
        return f"关于{paper.year}年{paper.month}月\n联合任务按期办结情况的通报"
    return f"Bulletin on Work Finished in Time,\n{spell_month(paper.year, paper.month, 'en')}"


def write_letter(paper: Bulletin, lang: Lang) -> Letter:
    """Return the bulletin as an official paper."""
    zh = lang == "zh"
    office, city = say(paper.office, lang), say(paper.city, lang)
    ranking, *more = list_tables(paper, lang)
    annexes = [Annex(ranking.heading, (*note_ranking(paper, lang), ranking))]
    annexes += [Annex(table.heading, (*note_items(paper, table, more, lang), table)) for table in more]
    return Letter(
        mark=f"{city}联合督办通报" if zh else f"{city} Supervision Bulletin",
        title=write_title(paper, lang),
        recipient="各牵头单位、配合单位：" if zh else "To all lead and supporting departments:",
        body=tuple(_write_body(paper, lang)),
        signer=f"{city}{office}" if zh else office,
        day=spell_day(paper.dated_on, lang),
        issuer=f"{city}{office}" if zh else office,
        copies="抄送：领导小组成员。" if zh else "Copies: members of the leadership group.",
        printed=f"{spell_day(paper.dated_on, lang)}印发" if zh else f"Issued {spell_day(paper.dated_on, lang)}",
        identifier=paper.identifier,
        made_at=paper.made_at,
        annexes=tuple(annexes),
    )


def _write_body(paper: Bulletin, lang: Lang) -> list[Part]:
    return _write_chinese(paper) if lang == "zh" else _write_english(paper)


def _write_chinese(paper: Bulletin) -> list[Part]:
    total = sum_scores(paper.scores, "")
    placed = rank(paper.scores)
    until = f"{paper.month}月"
    if paper.first_on.day != 1:
        until = f"{spell_day(paper.first_on, 'zh')}至{spell_day(paper.as_of_on, 'zh')}"
    elif paper.is_running:
        until = f"{paper.month}月1日至{paper.as_of_on.day}日"
    until += "（本月未结束）" if paper.is_running else ""
    opening = (
        f"{until}，全市共办结联合任务和分工{total.finished}项；应办结{total.base}项，按期办结{total.on_time}项，"
        f"按期办结率{show_share(total.on_time, total.base)}。{'期末' if paper.is_running else '月末'}逾期未办结"
        f"{total.late_open}项。现将有关情况通报如下："
    )
    return [
        Paragraph("text", opening),
        Paragraph("heading", "一、按期办结率排名"),
        *_tell_ranking_zh(placed),
        Paragraph("heading", "二、表扬单位"),
        _tell_praised_zh(placed),
        Paragraph("heading", "三、点名通报单位"),
        *_tell_named_zh(paper),
        Paragraph("heading", "四、督办单签发和答复情况"),
        *_tell_slips_zh(paper),
        Paragraph("heading", "五、有关要求"),
        *_tell_demands_zh(paper),
    ]


def _tell_ranking_zh(placed: Sequence[Placed]) -> list[Part]:
    with_place = [one for one in placed if one.place is not None]
    few = [one for one in placed if one.place is None]
    rule = (
        f"按期办结率＝按期办结项数÷应办结项数，后者为期内办结且有期限的和期末逾期未办结的之和；是否按期，以最后一次"
        f"报送办结的日期对照原定期限，延期不改变。同率并列；应办结不足{LEAST_BASE}项的不排名次。"
    )
    if not with_place:
        return [Paragraph("text", "期内没有单位达到排名所需的项数。"), Paragraph("text", rule)]
    best = [one for one in with_place if one.place == 1]
    last = [one for one in with_place if one.place == with_place[-1].place]
    text = f"共{len(with_place)}个单位参加排名。"
    text += f"{_join_zh(best)}{'并列' if len(best) > 1 else '居'}第1位，按期办结率{_rate(best[0])}"
    if last[0].place != 1:
        text += f"；{_join_zh(last)}{'并列' if len(last) > 1 else '居'}第{last[0].place}位，按期办结率{_rate(last[0])}"
    text += "。全部名次见附件1。"
    if few:
        who = _join_zh(few) if len(few) <= _FEW_SHOWN else f"另有{len(few)}个单位"
        text += f"{who}应办结不足{LEAST_BASE}项，只列出，不排名次。"
    return [Paragraph("text", text), Paragraph("text", rule)]


def _join_zh(placed: Sequence[Placed]) -> str:
    return "、".join(clean(say(one.score.department, "zh")) for one in placed)


def _rate(placed: Placed) -> str:
    return show_share(placed.score.on_time, placed.score.base)


def _tell_praised_zh(placed: Sequence[Placed]) -> Part:
    praised = [one for one in placed if is_praised(one)]
    if not praised:
        return Paragraph("text", f"本期没有按期办结率达到{PRAISE_PCT}%且无逾期事项的单位。")
    names = "、".join(
        f"{clean(say(one.score.department, 'zh'))}（{one.score.on_time}/{one.score.base}）" for one in praised
    )
    return Paragraph("text", f"{names}按期办结率在{PRAISE_PCT}%以上且没有逾期事项，予以表扬。")


def _tell_named_zh(paper: Bulletin) -> list[Part]:
    named = paper.named
    if not named:
        return [Paragraph("text", f"期末没有逾期{NAMED_WORKDAYS}个工作日以上的事项。")]
    out: list[Part] = [
        Paragraph("text", f"下列单位有逾期{NAMED_WORKDAYS}个工作日以上的事项，予以点名通报，全部逾期事项见附件2：")
    ]
    for at, one in enumerate(named, 1):
        shown = "；".join(f"“{clean(item.title)}”逾期{item.late_workdays}个工作日" for item in one.worst)
        rest = "等" if one.items > len(one.worst) else ""
        count = f"{one.items}项，" if one.items > 1 else ""
        out.append(Paragraph("decision", f"{count}{shown}{rest}。", f"{at}.{clean(say(one.department, 'zh'))}："))
    return out


def _tell_slips_zh(paper: Bulletin) -> list[Part]:
    own = paper.counted
    text = f"本期签发预警单{own.yellow}份、督办单{own.red}份。"
    if not own.unanswered:
        return [Paragraph("text", text + "已签发的均已按要求答复。")]
    text += f"截至期末，尚未答复的{own.unanswered}份"
    text += f"，其中超过答复期限的{own.late}份。" if own.late else "，均在答复期限内。"
    place = 3 if paper.late else 2
    return [Paragraph("text", f"{text}清单见附件{place}。")]


def _tell_demands_zh(paper: Bulletin) -> list[Part]:
    by = spell_day(paper.reply_by_on, "zh")
    out: list[Part] = []
    if paper.named:
        out.append(
            Paragraph(
                "text",
                f"请被点名单位于{by}前（含当日），就每项逾期事项书面说明逾期原因、整改措施和承诺完成日期，经主要负责人审签后"
                "在系统中报送；确需调整期限的，按程序另行申请。",
            )
        )
    if paper.counted.unanswered:
        out.append(
            Paragraph("text", "尚未答复督办单、预警单的单位，请在各单所载期限内答复；已超过期限的，请立即补报。")
        )
    out.append(
        Paragraph(
            "text",
            "各单位对本通报的数据有异议的，请于印发之日起5个工作日内向领导小组办公室提出，经核实有误的，在下期更正。",
        )
    )
    return out


def _write_english(paper: Bulletin) -> list[Part]:
    total = sum_scores(paper.scores, "")
    placed = rank(paper.scores)
    span = f"From {spell_day(paper.first_on, 'en')} to {spell_day(paper.as_of_on, 'en')}"
    span += " (the month is not over)" if paper.is_running else ""
    opening = (
        f"{span}: {count_en(total.finished, 'joint task or share', 'joint tasks and shares')} finished; of "
        f"{total.base} due, {total.on_time} finished in time: {show_share(total.on_time, total.base)}. Late and open "
        f"at the end: {total.late_open}."
    )
    return [
        Paragraph("text", opening),
        Paragraph("heading", "1. Ranking by work finished in time"),
        *_tell_ranking_en(placed),
        Paragraph("heading", "2. Departments commended"),
        _tell_praised_en(placed),
        Paragraph("heading", "3. Departments named"),
        *_tell_named_en(paper),
        Paragraph("heading", "4. Notices issued and answered"),
        *_tell_slips_en(paper),
        Paragraph("heading", "5. What is asked"),
        *_tell_demands_en(paper),
    ]


def _tell_ranking_en(placed: Sequence[Placed]) -> list[Part]:
    with_place = [one for one in placed if one.place is not None]
    few = [one for one in placed if one.place is None]
    rule = (
        "The rate is what was finished in time, of what was due: items finished in the period that had a due date, and "
        "items late and open at its end. In time means last submitted by the original due date; an extension does not "
        f"change it. Equal rates share a place. With fewer than {LEAST_BASE} items due a department has none."
    )
    if not with_place:
        return [Paragraph("text", "No department had enough items due to be ranked."), Paragraph("text", rule)]
    best = [one for one in with_place if one.place == 1]
    last = [one for one in with_place if one.place == with_place[-1].place]
    text = f"{count_en(len(with_place), 'department is', 'departments are')} ranked. "
    text += f"{_join_en(best)} {'share first place' if len(best) > 1 else 'is first'} with {_rate(best[0])}"
    if last[0].place != 1:
        text += f"; {_join_en(last)} {'share' if len(last) > 1 else 'has'} place {last[0].place} with {_rate(last[0])}"
    text += ". Annex 1 has all places."
    if few:
        verb = "have" if len(few) > 1 else "has"
        who = _join_en(few) if len(few) <= _FEW_SHOWN else f"{len(few)} others"
        text += f" {who} {verb} fewer than {LEAST_BASE} items due and no place."
    return [Paragraph("text", text), Paragraph("text", rule)]


def _join_en(placed: Sequence[Placed]) -> str:
    return _list_en([clean(say(one.score.department, "en")) for one in placed])


def _list_en(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _tell_praised_en(placed: Sequence[Placed]) -> Part:
    praised = [one for one in placed if is_praised(one)]
    if not praised:
        return Paragraph("text", f"No department reached {PRAISE_PCT}% with nothing late.")
    names = _list_en([
        f"{clean(say(one.score.department, 'en'))} ({one.score.on_time}/{one.score.base})" for one in praised
    ])  # fmt: skip
    return Paragraph("text", f"{names} reached {PRAISE_PCT}% or more with nothing late and are commended.")


def _tell_named_en(paper: Bulletin) -> list[Part]:
    named = paper.named
    if not named:
        return [Paragraph("text", f"Nothing was {NAMED_WORKDAYS} or more working days late at the end of the period.")]
    out: list[Part] = [
        Paragraph(
            "text",
            f"These departments have items {NAMED_WORKDAYS} or more working days late. Annex 2 lists all late items.",
        )
    ]
    for at, one in enumerate(named, 1):
        shown = "; ".join(f"“{clean(item.title)}”, {item.late_workdays} working days" for item in one.worst)
        rest = "; and others" if one.items > len(one.worst) else ""
        count = count_en(one.items, "item")
        out.append(Paragraph("decision", f"{count}: {shown}{rest}.", f"({at}) {clean(say(one.department, 'en'))}: "))
    return out


def _tell_slips_en(paper: Bulletin) -> list[Part]:
    own = paper.counted
    text = (
        f"Issued in the period: {count_en(own.yellow, 'warning notice')} and {count_en(own.red, 'supervision notice')}."
    )
    if not own.unanswered:
        return [Paragraph("text", f"{text} All notices issued so far were answered as required.")]
    text += f" {own.unanswered} had no answer at the end of the period, "
    text += f"{own.late} of them past the limit." if own.late else "all of them within the limit."
    return [Paragraph("text", f"{text} See Annex {3 if paper.late else 2}.")]


def _tell_demands_en(paper: Bulletin) -> list[Part]:
    by = spell_day(paper.reply_by_on, "en")
    out: list[Part] = []
    if paper.named:
        out.append(
            Paragraph(
                "text",
                f"Departments named are to state, by {by} and for every late item, why it is late, what is done about "
                "it and the date promised, approved by their head, in the system. More time is asked for separately.",
            )
        )
    if paper.counted.unanswered:
        out.append(
            Paragraph(
                "text",
                "Notices not yet answered are to be answered within their limits, at once where these have passed.",
            )
        )
    out.append(
        Paragraph(
            "text",
            "Objections to these figures are to reach the office within 5 working days of issue; what proves wrong is "
            "corrected in the next bulletin.",
        )
    )
    return out

"""What minutes say, paragraph by paragraph, before any layout: PDF and DOCX are both written from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reports.meeting.inputs import Attender, Decision, MinutesInput, MinutesItem
from reports.paper.words import Paragraph, clean, end_sentence, spell_chinese, spell_span
from reports.wording import UNKNOWN, Lang, spell_day

__all__ = ["TaskLine", "list_tasks", "name_state", "number_item", "write_body", "write_copies", "write_number",
           "write_people", "write_printed", "write_tail"]  # fmt: skip

_STATES = {"draft": ("草稿", "Draft"), "comment": ("征求意见稿", "Draft for comment")}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A row of the table of tasks."""

    number: str
    title: str
    lead: str
    supporting: str
    due: str


def number_item(item: MinutesItem, at: int, lang: Lang) -> str:
    """Return the heading's number: 一、 or 1."""
    number = item.number or at
    return f"{spell_chinese(number)}、" if lang == "zh" else f"{number}. "


def name_state(paper: MinutesInput) -> str:
    """Return the mark of a paper that is not issued, empty for an issued one."""
    if paper.state == "issued":
        return ""
    return _STATES[paper.state][0 if paper.lang == "zh" else 1]


def write_number(paper: MinutesInput) -> str:
    """Return what stands in the number's place."""
    zh = paper.lang == "zh"
    if paper.state != "issued":
        return f"（{name_state(paper)}，未签发）" if zh else f"({name_state(paper)}, not issued)"
    number = clean(paper.number)
    if paper.replaces is None:
        return number
    return (f"{number}（更正本，第{paper.version}版）" if zh
            else f"{number} (corrected, version {paper.version})")  # fmt: skip


def write_body(paper: MinutesInput) -> list[Paragraph]:
    """Return the text from the opening paragraph to the last item and what is kept apart."""
    out = _write_correction(paper)
    out.append(Paragraph("text", clean(paper.opening) or _write_opening(paper)))
    for at, item in enumerate(paper.items, 1):
        out += _write_item(item, at, paper.lang)
    if paper.held_back:
        out.append(Paragraph("text", _write_held_back(paper.held_back, paper.lang)))
    if paper.closing:
        out.append(Paragraph("text", clean(paper.closing)))
    return out


def _write_correction(paper: MinutesInput) -> list[Paragraph]:
    old = paper.replaces
    if old is None:
        return []
    day, reason = spell_day(old.issued_on, paper.lang), clean(old.reason)
    if paper.lang == "zh":
        text = f"（本纪要为第{paper.version}版，代替{day}印发的{clean(old.number)}第{old.version}版。"
        text += f"更正原因：{end_sentence(reason)}）"
    else:
        text = (
            f"(This is version {paper.version}. It replaces version {old.version} of {clean(old.number)}, issued "
            f"{day}. Reason: {end_sentence(reason, '.')})"
        )
    return [Paragraph("note", text)]


def _write_opening(paper: MinutesInput) -> str:
    when = spell_span(paper.starts_at, paper.ends_at, paper.lang)
    chair, place, meeting, count = clean(paper.chair), clean(paper.place), clean(paper.meeting), len(paper.items)
    if paper.lang == "zh":
        studied = f"，研究{count}项议题" if count else ""
        return f"{when}，{chair}在{place}主持召开{meeting}{studied}。现将会议议定事项纪要如下："
    studied = f" It considered {count} item{'' if count == 1 else 's'}." if count else ""
    return (
        f"The {meeting} was held at {place} on {when}, chaired by {chair}.{studied} The meeting settled the following."
    )


def _write_item(item: MinutesItem, at: int, lang: Lang) -> list[Paragraph]:
    out = [Paragraph("heading", number_item(item, at, lang) + clean(item.title))]
    out += [Paragraph("text", clean(text)) for text in item.discussion if clean(text)]
    if item.vote is not None:
        out.append(Paragraph("text", _write_vote(item, lang)))
    if item.outcome:
        out.append(Paragraph("text", clean(item.outcome)))
    if len(item.decisions) > 1 and item.discussion:
        out.append(Paragraph("text", "会议议定以下事项：" if lang == "zh" else "Decided:"))
    for place, decision in enumerate(item.decisions, 1):
        out += _write_decision(decision, place if len(item.decisions) > 1 else 0, lang)
    return out


def _write_vote(item: MinutesItem, lang: Lang) -> str:
    vote = item.vote
    if vote is None:
        return ""
    result = clean(vote.result)
    if lang == "zh":
        counted = f"经表决，赞成{vote.in_favour}票、反对{vote.against}票、弃权{vote.abstained}票"
        return f"{counted}，{end_sentence(result)}" if result else f"{counted}。"
    counted = f"Vote: {vote.in_favour} for, {vote.against} against, {vote.abstained} abstained"
    return f"{counted}; {end_sentence(result, '.')}" if result else f"{counted}."


def _write_decision(decision: Decision, place: int, lang: Lang) -> list[Paragraph]:
    label = clean(decision.label)
    if lang == "zh":
        lead_in = f"（{spell_chinese(place)}）" if place else ("" if label else "会议议定：")
        label = lead_in + (end_sentence(label) if label else "")
        text = end_sentence(clean(decision.text)) + f"（{'；'.join(_list_facts(decision, lang))}。）"
        return [Paragraph("decision", text, label)]
    lead_in = f"({place}) " if place else ("" if label else "Decided: ")
    label = lead_in + (f"{end_sentence(label, '.')} " if label else "")
    facts = "; ".join(_list_facts(decision, lang)) + "."
    return [Paragraph("decision", end_sentence(clean(decision.text), "."), label), Paragraph("facts", facts)]


def _list_facts(decision: Decision, lang: Lang) -> list[str]:
    zh = lang == "zh"
    if decision.is_information:
        return ["本项供知悉，不列入任务" if zh else "For information; no task is made of it"]
    lead = clean(decision.lead) or ("待明确" if zh else "not settled")
    due = spell_day(decision.due_on, lang) if decision.due_on else ("待明确" if zh else "not settled")
    supporting = [clean(name) for name in decision.supporting]
    facts = [f"牵头单位：{lead}" if zh else f"Lead: {lead}"]
    if supporting:
        facts.append("配合单位：" + "、".join(supporting) if zh else "supporting: " + ", ".join(supporting))
    facts.append(f"完成期限：{due}" if zh else f"due {due}")
    if decision.criteria:
        criteria = clean(decision.criteria).rstrip("。.；;")
        facts.append(f"完成标准：{criteria}" if zh else f"done when: {criteria}")
    if decision.task_number:
        facts.append(
            f"任务编号：{clean(decision.task_number)}" if zh else f"task number: {clean(decision.task_number)}"
        )
    return facts


def _write_held_back(count: int, lang: Lang) -> str:
    if lang == "zh":
        return f"另有{count}项涉密议题，按规定单独记录、单独印发，不列入本纪要。"
    noun = "item" if count == 1 else "items"
    return f"Kept apart as confidential, and not part of these minutes: {count} {noun}."


def write_people(paper: MinutesInput) -> list[Paragraph]:
    """Return 出席, 请假, 列席 and who signed, each where there is any."""
    zh = paper.lang == "zh"
    out = [
        Paragraph("people", _list_people(people, paper.lang), label)
        for people, label in (
            (paper.present, "出席：" if zh else "Present:"),
            (paper.on_leave, "请假：" if zh else "On leave:"),
            (paper.observers, "列席：" if zh else "In attendance:"),
        )
        if people
    ]
    if paper.signed_by and paper.state == "issued":
        out.append(
            Paragraph("people", clean(paper.signed_by) + ("。" if zh else "."), "签发：" if zh else "Signed by:")
        )
    return out


def _list_people(people: Iterable[Attender], lang: Lang) -> str:
    if lang == "en":
        return "; ".join(_name_english(person) for person in people) + "."
    text = ""
    before: Attender | None = None
    for person in people:
        if before is not None:
            plain = not (person.unit or before.unit or _list_marks(before, lang))
            text += "、" if plain else "，"
        marks = _list_marks(person, lang)
        text += clean(person.unit) + clean(person.name) + (f"（{'；'.join(marks)}）" if marks else "")
        before = person
    return text + "。"


def _name_english(person: Attender) -> str:
    where = ", ".join(filter(None, (clean(person.post), clean(person.unit))))
    marks = _list_marks(person, "en")
    return clean(person.name) + (f" ({where})" if where else "") + "".join(f", {mark}" for mark in marks)


def _list_marks(person: Attender, lang: Lang) -> list[str]:
    zh = lang == "zh"
    marks = [clean(person.post)] if zh and person.post else []
    if person.stands_in_for:
        marks.append(f"代{clean(person.stands_in_for)}" if zh else f"standing in for {clean(person.stands_in_for)}")
    if person.reason:
        marks.append(clean(person.reason))
    if person.recused_from:
        names = [clean(name) for name in person.recused_from]
        marks.append(f"{'、'.join(names)}回避" if zh else f"recused from {', '.join(names)}")
    return marks


def list_tasks(paper: MinutesInput) -> list[TaskLine]:
    """Return who does what by when: a row for each decision that is not for information."""
    zh = paper.lang == "zh"
    unset = "待明确" if zh else "not settled"
    pending = UNKNOWN if paper.state == "issued" else "签发后编号" if zh else "on issue"
    return [
        TaskLine(
            clean(decision.task_number) or pending,
            clean(decision.task_title) or clean(decision.text),
            clean(decision.lead) or unset,
            ("、" if zh else ", ").join(clean(name) for name in decision.supporting),
            _show_due(decision.due_on, paper.lang) or unset,
        )
        for item in paper.items
        for decision in item.decisions
        if not decision.is_information
    ]


def _show_due(day: date | None, lang: Lang) -> str:
    return spell_day(day, lang) if day else ""


def write_tail(lang: Lang) -> str:
    """Return the annex's title."""
    return "议定事项任务清单" if lang == "zh" else "Tasks from this meeting"


def write_copies(paper: MinutesInput) -> str:
    """Return the line of copies, empty where nobody gets one."""
    if not paper.copies_to:
        return ""
    names = [clean(name) for name in paper.copies_to]
    return f"抄送：{'，'.join(names)}。" if paper.lang == "zh" else f"Copies: {'; '.join(names)}."


def write_printed(paper: MinutesInput) -> str:
    """Return the end block's date of issue."""
    day = spell_day(paper.issued_on or paper.made_at.date(), paper.lang)
    return f"{day}印发" if paper.lang == "zh" else f"Issued {day}"

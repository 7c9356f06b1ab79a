"""What the ruling on a dispute 协调裁定书 says, before any layout: PDF and DOCX are both written from it.

Order of such papers: the parties, the matter, what each side holds, the facts, the ruling with its reasons, what
follows for the task, and what can be done against it.
"""

from reports.paper.letter import Letter, Part
from reports.paper.words import Paragraph, clean, end_sentence
from reports.project.acceptance_text import name_capacity, name_signer
from reports.project.inputs import Ruling, Signed
from reports.wording import Lang, Text, say, spell_day

__all__ = ["write_letter"]

#: What can be done against a ruling, by the rules of tasks: no second dispute; re-assignment after receipt.
_AGAINST = Text(
    "（三）同一任务的归属裁定一次，不得再次提出异议。签收后有新的事实、确需变更牵头单位的，可由单位负责人申请改派；"
    "不能按期完成的，应在期限届满前申请延期。申请期间不停止执行。",
    "(3) The lead of a task is ruled on once and cannot be disputed again. After receipt, where new facts require "
    "another lead, the head may ask for re-assignment; more time is asked for before the due date. Neither stays the "
    "ruling.",
)


def write_letter(paper: Ruling, lang: Lang) -> Letter:
    """Return the ruling as an official paper."""
    zh = lang == "zh"
    city, office = say(paper.city, lang), say(paper.office, lang)
    group = ("领导小组" if zh else "Leadership group") if paper.by_leaders else office
    issuer = f"{city}{group}" if zh else group
    day = spell_day(paper.ruled_on, lang)
    return Letter(
        mark=f"{city}联合督办协调裁定书" if zh else f"{city}: Ruling on a Dispute",
        title=(
            f"关于“{clean(paper.task_title)}”\n牵头单位归属的裁定" if zh
            else f"Ruling on the Lead Department for\n“{clean(paper.task_title)}”"
        ),
        recipient=_name_parties(paper, lang) + ("：" if zh else ":"),
        body=tuple(_write_chinese(paper) if zh else _write_english(paper)),
        signer=issuer,
        day=day,
        issuer=issuer,
        copies=_list_copies(paper, lang),
        printed=f"{day}印发" if zh else f"Issued {day}",
        identifier=paper.identifier,
        made_at=paper.made_at,
    )  # fmt: skip


def _name_parties(paper: Ruling, lang: Lang) -> str:
    names = [clean(say(paper.filer, lang))]
    if paper.proposed is not None:
        names.append(clean(say(paper.proposed, lang)))
    owner = clean(say(paper.owner, lang))
    names += [owner] if owner not in names else []
    return ("、" if lang == "zh" else ", ").join(names)


def _list_copies(paper: Ruling, lang: Lang) -> str:
    names = [clean(say(name, lang)) for name in paper.supports]
    if not names:
        return ""
    return f"抄送：{'，'.join(names)}。" if lang == "zh" else f"Copies: {'; '.join(names)}."


def _write_chinese(paper: Ruling) -> list[Part]:
    filer, owner = clean(say(paper.filer, "zh")), clean(say(paper.owner, "zh"))
    proposed = None if paper.proposed is None else clean(say(paper.proposed, "zh"))
    number = f"（{clean(paper.task_number)}）" if paper.task_number else ""
    out: list[Part] = [
        Paragraph(
            "text",
            f"{filer}对任务“{clean(paper.task_title)}”{number}的牵头单位归属提出异议。现依照联合任务管理规定，裁定如下：",
        ),
        Paragraph("heading", "一、当事单位和争议事项"),
        Paragraph("text", f"异议提出单位：{filer}（{_sign(paper, 'zh')}，{spell_day(paper.filed_on, 'zh')}提出）。"),
        Paragraph("text", f"异议所指单位：{proposed or '未指明'}。"),
        Paragraph("text", _tell_matter_zh(paper)),
        Paragraph("heading", "二、各方意见"),
        Paragraph("text", f"{filer}认为：{end_sentence(clean(paper.reason))}"),
        *_tell_heard_zh(paper, proposed),
        Paragraph("heading", "三、查明的事实"),
        Paragraph("text", _tell_facts_zh(paper, filer)),
        Paragraph("heading", "四、裁定和理由"),
        Paragraph("decision", _tell_ruling_zh(paper, filer, owner), "裁定："),
        Paragraph("decision", end_sentence(clean(paper.grounds)), "理由："),
        Paragraph(
            "text",
            f"裁定人：{name_capacity(None, paper.ruled_post, 'zh')}{clean(paper.ruled_by)}；"
            f"裁定日期：{spell_day(paper.ruled_on, 'zh')}。",
        ),
        Paragraph("heading", "五、裁定的执行"),
        *[Paragraph("text", text) for text in _tell_effect_zh(paper, owner)],
    ]
    return out


def _sign(paper: Ruling, lang: Lang) -> str:
    post = "" if paper.filed_post is None else clean(say(paper.filed_post, lang))
    return f"{post}{clean(paper.filed_by)}" if lang == "zh" else f"{clean(paper.filed_by)}, {post}".rstrip(", ")


def _tell_matter_zh(paper: Ruling) -> str:
    text = f"争议事项：任务“{clean(paper.task_title)}”由哪个单位牵头"
    if paper.project:
        text += f"，该任务属于项目“{clean(paper.project)}”"
    if paper.source:
        text += f"，任务来源为{clean(paper.source)}"
    if paper.requirement:
        text += f"，工作要求为：{clean(paper.requirement).rstrip('。')}"
    return f"{text}。"


def _tell_heard_zh(paper: Ruling, proposed: str | None) -> list[Part]:
    out: list[Part] = [
        Paragraph(
            "text",
            f"{name_capacity(one.unit, one.post, 'zh')}{name_signer(one, 'zh')}（{spell_day(one.on, 'zh')}"
            f"{clean(say(one.step, 'zh'))}）{_tell_words(one, 'zh')}",
        )
        for one in paper.heard
    ]
    if not out and proposed:
        out.append(Paragraph("text", f"裁定前，系统内没有{proposed}的书面意见。"))
    return out


def _tell_words(one: Signed, lang: Lang) -> str:
    """Return what was said with a step; agreement only where the step itself is one."""
    zh = lang == "zh"
    words = clean(one.opinion) or (("同意" if zh else "agreed") if one.is_agreed else "")
    stop = "。" if zh else "."
    return f"{'：' if zh else ': '}{end_sentence(words, stop)}" if words else stop


def _tell_facts_zh(paper: Ruling, filer: str) -> str:
    parts = []
    if paper.assigned_on:
        parts.append(f"{spell_day(paper.assigned_on, 'zh')}，任务交办{filer}牵头")
    parts.append(f"{spell_day(paper.filed_on, 'zh')}，{filer}在签收前提出异议，签收计时自该日停止")
    if paper.was_due_on:
        parts.append(f"异议提出时的完成期限为{spell_day(paper.was_due_on, 'zh')}")
    if paper.supports:
        parts.append(f"配合单位为{'、'.join(clean(say(name, 'zh')) for name in paper.supports)}")
    return "；".join(parts) + "。此前没有就该任务的归属作出过裁定。"


def _tell_ruling_zh(paper: Ruling, filer: str, owner: str) -> str:
    if paper.is_upheld:
        return f"异议成立。任务“{clean(paper.task_title)}”改由{owner}牵头，{filer}不再承担牵头责任。"
    return f"异议不成立。任务“{clean(paper.task_title)}”仍由{owner}牵头。"


def _tell_effect_zh(paper: Ruling, owner: str) -> list[str]:
    first = f"（一）本裁定自作出之日起生效，{owner}"
    day = spell_day(paper.receive_by_on, "zh")
    first += f"应于{day}前（含当日）签收。" if paper.receive_by_on else "应按规定时限签收。"
    if paper.due_on:
        moved = paper.was_due_on is not None and paper.due_on != paper.was_due_on
        counted = "办理期限自裁定之日起重新计算，完成期限为" if moved else "完成期限为"
        first += f"{counted}{spell_day(paper.due_on, 'zh')}。"
    return [
        first,
        "（二）争议期间停止的签收计时不计入任何单位的逾期；配合单位和完成标准不变，争议期间形成的材料由牵头单位接收。",
        _AGAINST.zh,
    ]


def _write_english(paper: Ruling) -> list[Part]:
    filer, owner = clean(say(paper.filer, "en")), clean(say(paper.owner, "en"))
    proposed = None if paper.proposed is None else clean(say(paper.proposed, "en"))
    number = f" ({clean(paper.task_number)})" if paper.task_number else ""
    title = clean(paper.task_title)
    return [
        Paragraph(
            "text",
            f"The {filer} disputes that it leads the task “{title}”{number}. Under the rules on joint tasks it is "
            "ruled as follows.",
        ),
        Paragraph("heading", "1. Parties and matter"),
        Paragraph("people", f"{filer} ({_sign(paper, 'en')}), filed {spell_day(paper.filed_on, 'en')}", "Disputing:"),
        Paragraph("people", proposed or "not named", "Proposed:"),
        Paragraph("people", _tell_matter_en(paper), "Matter:"),
        Paragraph("heading", "2. Positions"),
        Paragraph("text", f"The {filer} holds: {end_sentence(clean(paper.reason), '.')}"),
        *_tell_heard_en(paper, proposed),
        Paragraph("heading", "3. Facts"),
        Paragraph("text", _tell_facts_en(paper, filer)),
        Paragraph("heading", "4. Ruling and reasons"),
        Paragraph("decision", _tell_ruling_en(paper, filer, owner), "Ruling: "),
        Paragraph("decision", end_sentence(clean(paper.grounds), "."), "Reasons: "),
        Paragraph(
            "text",
            f"Ruled by {clean(paper.ruled_by)}, {name_capacity(None, paper.ruled_post, 'en')}, on "
            f"{spell_day(paper.ruled_on, 'en')}.",
        ),
        Paragraph("heading", "5. What follows"),
        *[Paragraph("decision", text) for text in _tell_effect_en(paper, owner)],
    ]


def _tell_matter_en(paper: Ruling) -> str:
    text = f"which department leads the task “{clean(paper.task_title)}”"
    if paper.project:
        text += f" of the project {clean(paper.project)}"
    if paper.source:
        text += f"; it comes from {clean(paper.source)}"
    if paper.requirement:
        text += f"; required: {clean(paper.requirement).rstrip('。.')}"
    return f"{text}."


def _tell_heard_en(paper: Ruling, proposed: str | None) -> list[Part]:
    out: list[Part] = [
        Paragraph(
            "text",
            f"{name_signer(one, 'en')}, {name_capacity(one.unit, one.post, 'en')} ({clean(say(one.step, 'en'))}, "
            f"{spell_day(one.on, 'en')}){_tell_words(one, 'en')}",
        )
        for one in paper.heard
    ]
    if not out and proposed:
        out.append(Paragraph("text", f"No written position of the {proposed} is on record before the ruling."))
    return out


def _tell_facts_en(paper: Ruling, filer: str) -> str:
    parts = []
    if paper.assigned_on:
        parts.append(f"The task was assigned to the {filer} on {spell_day(paper.assigned_on, 'en')}.")
    parts.append(
        f"The dispute was filed on {spell_day(paper.filed_on, 'en')}, before receipt, whose clock stopped then."
    )
    if paper.was_due_on:
        parts.append(f"The due date was {spell_day(paper.was_due_on, 'en')}.")
    if paper.supports:
        parts.append(f"Supporting: {', '.join(clean(say(name, 'en')) for name in paper.supports)}.")
    return " ".join([*parts, "There was no earlier ruling on the lead of this task."])


def _tell_ruling_en(paper: Ruling, filer: str, owner: str) -> str:
    if paper.is_upheld:
        return f"The dispute is well founded. The {owner} leads the task; the {filer} no longer does."
    return f"The dispute is not well founded. The {owner} goes on leading the task."


def _tell_effect_en(paper: Ruling, owner: str) -> list[str]:
    first = f"(1) The ruling takes effect at once. The {owner} acknowledges receipt "
    first += f"by {spell_day(paper.receive_by_on, 'en')}." if paper.receive_by_on else "within the limit."
    if paper.due_on:
        moved = paper.was_due_on is not None and paper.due_on != paper.was_due_on
        counted = "The full period counts anew; the task is due" if moved else "The task is due"
        first += f" {counted} {spell_day(paper.due_on, 'en')}."
    return [
        first,
        "(2) The time of the dispute is nobody's delay. Supporting departments and criteria stay as they are.",
        _AGAINST.en,
    ]

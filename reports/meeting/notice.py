"""会议通知: when, where, who is asked, agenda, papers, how to reply; on paper and as lines of a mail.

Both say the same: the paper is set from the paragraphs that the mail prints as lines.
"""

from datetime import timedelta

from markupsafe import Markup

from reports.glyphs import cover
from reports.meeting.inputs import AgendaLine, Invited, NoticeInput
from reports.paper.grid import CELLS, compose, measure, write_lines
from reports.paper.setting import GAP, draw_mark, draw_title, set_paragraph, write_missing
from reports.paper.words import Paragraph, clean, end_sentence, spell_chinese, spell_span
from reports.pdf import Block, Piece, Sheet, render_pdf
from reports.proof import Proof
from reports.proof_html import set_proof
from reports.wording import Lang, clip, spell_day

__all__ = ["build_notice_pdf", "notice_lines", "spell_agenda_line"]

_MARK_MM = 10.0
_LONGEST_TITLE = 120
_SIGN_CELLS = 24
_SIGN_INDENT = 2


def notice_lines(notice: NoticeInput) -> tuple[str, ...]:
    """Return the notice as lines of plain text for the body of a mail, empty ones between its parts."""
    lines = [_name_notice(notice), "", _greet(notice), ""]
    for paragraph in _write_text(notice):
        if paragraph.role == "heading":
            lines.append("")
        lines.append(f"{paragraph.label} {paragraph.text}".strip() if notice.lang == "en" and paragraph.label
                     else paragraph.label + paragraph.text)  # fmt: skip
    lines += ["", clean(notice.issuer), spell_day(notice.issued_on, notice.lang)]
    return tuple(lines)


def build_notice_pdf(notice: NoticeInput, proof: Proof | None = None, *, state: str = "") -> bytes:
    """Return the notice as PDF; the same values give the same bytes.

    `proof` marks an issued paper, `state` stands in the head of one that is not whole. Raises
    `reports.pdf.PdfUnavailable` where the system libraries are missing.
    """
    drawable, missing = cover(notice)
    sheet = Sheet(
        title=clip(_name_notice(drawable), _LONGEST_TITLE),
        lang=drawable.lang,
        style="official.css",
        head_left=state,
        head_right="",
        author=clip(clean(drawable.issuer), _LONGEST_TITLE),
        identifier=drawable.identifier,
        data_at=drawable.made_at,
        archive=proof is not None,
    )
    head = Markup(
        '<div class="head low"><div class="mark">{}</div><div class="num">{}</div><div class="rule"></div></div>'
    )
    pieces: list[Piece] = [
        Block(head.format(
            draw_mark(drawable.issuer, drawable.lang, _MARK_MM), clip(clean(drawable.number), CELLS - 2))),
        GAP,
        *draw_title(_name_notice(drawable), drawable.lang),
        GAP,
        *_set_greeting(drawable),
    ]  # fmt: skip
    for paragraph in _write_text(drawable):
        pieces += set_paragraph(paragraph, drawable.lang)
    pieces += [GAP, *_sign(drawable)]
    if missing:
        pieces += [GAP, *set_paragraph(Paragraph("note", write_missing(missing, drawable.lang)), drawable.lang)]
    return render_pdf(sheet, [*pieces, *set_proof(proof, drawable.lang)])


def _name_notice(notice: NoticeInput) -> str:
    meeting = clean(notice.meeting)
    if notice.lang == "zh":
        return {"first": f"关于召开{meeting}的通知", "changed": f"关于调整{meeting}安排的通知",
                "cancelled": f"关于取消{meeting}的通知"}[notice.kind]  # fmt: skip
    return {"first": f"Notice of meeting: {meeting}", "changed": f"Changed arrangements: {meeting}",
            "cancelled": f"Cancelled: {meeting}"}[notice.kind]  # fmt: skip


def _greet(notice: NoticeInput) -> str:
    return clean(notice.addressee) + ("：" if notice.lang == "zh" else ":")


def _set_greeting(notice: NoticeInput) -> list[Block]:
    if notice.lang == "en":
        return set_paragraph(Paragraph("text", _greet(notice)), "en")
    return [Block(line) for line in write_lines(compose([(_greet(notice), "")], first=0))]


def _write_text(notice: NoticeInput) -> list[Paragraph]:
    """Return the text; a cancelled meeting has neither agenda nor reply."""
    out = _write_opening(notice)
    if notice.kind == "cancelled":
        return out + _write_contact(notice)
    writers = (_write_place, _write_invited, _write_agenda, _write_papers, _write_reply, _write_remarks)
    parts = [part for part in (write(notice) for write in writers) if part[1]]
    for at, (title, paragraphs) in enumerate(parts, 1):
        number = f"{spell_chinese(at)}、" if notice.lang == "zh" else f"{at}. "
        out.append(Paragraph("heading", number + title))
        out += paragraphs
    return out + _write_contact(notice)


def _write_opening(notice: NoticeInput) -> list[Paragraph]:
    zh = notice.lang == "zh"
    meeting, reason = clean(notice.meeting), clean(notice.reason)
    when = spell_span(notice.starts_at, notice.ends_at, notice.lang)
    if notice.kind == "cancelled":
        because = f"因{reason.rstrip('。')}，" if zh and reason else ""
        if zh:
            return [Paragraph("text", f"{because}原定{when}召开的{meeting}取消，请互相转告。另行召开的，再行通知。")]
        why = f" Reason: {end_sentence(reason, '.')}" if reason else ""
        return [Paragraph("text", f"The {meeting}, called for {when}, is cancelled.{why}")]
    if notice.kind == "changed":
        if zh:
            opening = (f"因{reason.rstrip('。')}，" if reason else "") + f"{meeting}的安排调整如下："
        else:
            why = f" Reason: {end_sentence(reason, '.')}" if reason else ""
            opening = f"The arrangements have changed as follows.{why}"
        changes = [
            Paragraph("text", f"{clean(part.what)}：由{clean(part.old)}调整为{clean(part.new)}。" if zh
                      else f"{clean(part.what)}: {clean(part.new)} (was {clean(part.old)})")
            for part in notice.changes
        ]  # fmt: skip
        closing = "其他安排如下，以本通知为准。" if zh else "This notice holds in place of the earlier one."
        return [Paragraph("text", opening), *changes, Paragraph("text", closing)]
    opening = f"定于{when}召开{meeting}。现将有关事项通知如下：" if zh else f"You are asked to the meeting on {when}."
    return [Paragraph("text", opening)]


def _write_place(notice: NoticeInput) -> tuple[str, list[Paragraph]]:
    zh = notice.lang == "zh"
    when = spell_span(notice.starts_at, notice.ends_at, notice.lang)
    rows = ((("时间：", when), ("地点：", clean(notice.place)), ("主持：", clean(notice.chair))) if zh
            else (("When:", when), ("Where:", clean(notice.place)), ("Chair:", clean(notice.chair))))  # fmt: skip
    return ("时间、地点" if zh else "When and where"), [
        Paragraph("people", text, label) for label, text in rows if text
    ]


def _write_invited(notice: NoticeInput) -> tuple[str, list[Paragraph]]:
    zh = notice.lang == "zh"
    members = [person for person in notice.invited if not person.is_observer]
    observers = [person for person in notice.invited if person.is_observer]
    rows = (((members, "出席："), (observers, "列席：")) if zh
            else ((members, "Members:"), (observers, "Observers:")))  # fmt: skip
    return ("参加人员" if zh else "Who is asked"), [
        Paragraph("people", _list_invited(people, notice.lang), label) for people, label in rows if people
    ]


def _list_invited(people: list[Invited], lang: Lang) -> str:
    if lang == "zh":
        return "，".join(clean(person.unit) + clean(person.who) for person in people) + "。"
    names = (", ".join(filter(None, (clean(person.who), clean(person.unit)))) for person in people)
    return "; ".join(names) + "."


def _write_agenda(notice: NoticeInput) -> tuple[str, list[Paragraph]]:
    zh = notice.lang == "zh"
    out = [Paragraph("text", spell_agenda_line(line, notice.lang, at)) for at, line in enumerate(notice.agenda, 1)]
    if notice.held_back:
        count = notice.held_back
        english = f"Notified apart as confidential: {count} {'item' if count == 1 else 'items'}."
        out.append(Paragraph("text", f"另有{count}项涉密议题，单独通知有关单位。" if zh else english))
    return ("会议议程" if zh else "Agenda"), out


def spell_agenda_line(line: AgendaLine, lang: Lang, at: int) -> str:
    """Return a line of the agenda: number, hours, title, who presents, what is sought, who observes."""
    zh = lang == "zh"
    facts = []
    if line.starts_at is not None:
        until = line.starts_at + timedelta(minutes=line.minutes) if line.minutes else None
        facts.append(
            f"{line.starts_at:%H:%M}" + (f"—{until:%H:%M}" if until and zh else f"–{until:%H:%M}" if until else "")
        )
    if line.presenter:
        facts.append(f"汇报：{clean(line.presenter)}" if zh else f"presented by {clean(line.presenter)}")
    if line.sought:
        facts.append(f"提请：{clean(line.sought)}" if zh else f"sought: {clean(line.sought)}")
    if line.observers:
        names = [clean(name) for name in line.observers]
        facts.append("列席：" + "、".join(names) if zh else "in attendance: " + ", ".join(names))
    number = clean(line.number) or (spell_chinese(at) if zh else str(at))
    title = clean(line.title)
    if zh:
        first = number if number.startswith(("（", "(")) else f"（{number}）"
        return f"{first}{title}" + (f"（{'；'.join(facts)}）" if facts else "")
    return f"({number}) {title}" + (f" ({'; '.join(facts)})" if facts else "")


def _write_papers(notice: NoticeInput) -> tuple[str, list[Paragraph]]:
    out = [Paragraph("text", f"{at}. {clean(title)}") for at, title in enumerate(notice.papers, 1)]
    return ("会议材料" if notice.lang == "zh" else "Papers"), out


def _write_reply(notice: NoticeInput) -> tuple[str, list[Paragraph]]:
    zh = notice.lang == "zh"
    if notice.reply_by is None:
        return "", []
    by = spell_span(notice.reply_by, None, notice.lang)
    text = f"请于{by}前回复参会人员。" if zh else f"Please reply by {by}."
    how = clean(notice.reply_how)
    return ("参会回复" if zh else "Reply"), [
        Paragraph("text", text + (end_sentence(how) if zh and how else f" {end_sentence(how, '.')}" if how else ""))
    ]


def _write_remarks(notice: NoticeInput) -> tuple[str, list[Paragraph]]:
    return ("其他事项" if notice.lang == "zh" else "Please note"), [
        Paragraph("text", clean(text)) for text in notice.remarks
    ]


def _write_contact(notice: NoticeInput) -> list[Paragraph]:
    contact = notice.contact
    if contact is None:
        return []
    zh = notice.lang == "zh"
    parts = [f"联系人：{clean(contact.name)}" if zh else f"Contact: {clean(contact.name)}"]
    if contact.phone:
        parts.append(f"电话：{clean(contact.phone)}" if zh else f"telephone {clean(contact.phone)}")
    if contact.mail:
        parts.append(f"邮箱：{clean(contact.mail)}" if zh else clean(contact.mail))
    return [Paragraph("text", f"（{'；'.join(parts)}）" if zh else ", ".join(parts) + ".")]


def _sign(notice: NoticeInput) -> list[Block]:
    """Return signature and date as without a seal: the date begins two cells behind the signature's begin."""
    who = clip(clean(notice.issuer), _SIGN_CELLS if notice.lang == "zh" else CELLS * 2)
    day = spell_day(notice.issued_on, notice.lang)
    if notice.lang == "en":
        return [Block(Markup('<p class="h">{}<br>{}</p>').format(who, day))]
    right = CELLS - _SIGN_INDENT
    start = right - measure(who)
    start = min(start, right - measure(day) - _SIGN_INDENT)
    first, second = max(0, int(start)), max(0, int(start) + _SIGN_INDENT)
    return [
        Block(line)
        for text, indent in ((who, first), (day, second))
        for line in write_lines(compose([(text, "")], first=indent), "keep" if text is who else "")
    ]

"""The topics within a meeting's object: title and full text, order, what was done with them, who answered the roll."""

from app.core.text import TEXT_MAX, TITLE_MAX
from app.ledger.meeting.mapping import MeetingMapping
from app.ledger.meeting.rows import AttendanceRow, TopicRow
from app.ledger.meeting.value import Reader

TOPICS_MAX = 2_000
_KEY_MAX = 60
_ACTION_MAX = 200
_NAME_MAX = 120


def read_topics(given: Reader, mapping: MeetingMapping, lines: dict[str, int]) -> tuple[TopicRow, ...]:
    """Return the topics of a meeting in the order of its agenda; `lines` are the lines of the keys met so far."""
    names = mapping.topic
    if not names:
        return ()
    found = given.objects(names["list"])
    if len(found) > TOPICS_MAX:
        given.fault("too_many_topics", names["list"], str(len(found)), f"最多 {TOPICS_MAX} 项", f"at most {TOPICS_MAX}")
        return ()
    rows = [_read_topic(one, mapping, lines) for one in found]
    return tuple(sorted(rows, key=lambda row: row.order))


def _read_topic(given: Reader, mapping: MeetingMapping, lines: dict[str, int]) -> TopicRow:
    names = mapping.topic
    key = given.label(names["key"])
    if not key or len(key) > _KEY_MAX:
        given.fault("bad_key", names["key"], key, "编号必填且不能过长", f"a key of at most {_KEY_MAX} characters")
    elif key in lines:
        first = lines[key]
        given.fault(
            "duplicate_key", names["key"], key, f"编号与第 {first} 行重复", f"a key; row {first} has it already"
        )
    lines.setdefault(key, given.line)
    texts = [text for name in names["title"] if (text := given.text(name, TEXT_MAX))]
    full = given.text(names.get("text"), TEXT_MAX)
    title = " ".join(texts[0].split()) if texts else ""
    if not title:
        given.flag("no_title", names["title"][0], "", "没有标题", "a title")
        title = f"（{given.place.rstrip('.')}）"
    if len(title) > TITLE_MAX:
        given.flag(
            "title_cut", names["title"][0], title, f"标题超过 {TITLE_MAX} 字，全文另存", "a shorter title; all is kept"
        )
        full = full or title
        title = f"{title[: TITLE_MAX - 1]}…"
    action = given.text(names.get("action"), _ACTION_MAX)
    matter = given.label(names["matter"]) if "matter" in names else ""
    outcome = mapping.outcomes.get(action)
    if action and outcome is None:
        given.flag(
            "unknown_action", names["action"], action, "映射未列出，记为“知悉”", "an action of the mapping; noted"
        )
        outcome = "noted"
    return TopicRow(
        line=given.line, place=given.place, key=key, title=title, brief=full if full and full != title else None,
        order=_order(given, mapping), action=action or None, outcome=outcome,
        conclusion=given.text(names.get("conclusion"), TEXT_MAX) or action or None,
        is_procedural=not action and not matter, attendance=_read_attendance(given, mapping), raw=given.plain(),
    )  # fmt: skip


def _order(given: Reader, mapping: MeetingMapping) -> tuple[int, ...]:
    """Return where a topic stands: by the first of the order's numbers that is not 0; what has none stands last."""
    numbers = [given.number(name) for name in mapping.topic.get("order", ())]
    placed = next((number for number in numbers if number > 0), None)
    return (int(placed is None), placed or 0)


def _read_attendance(given: Reader, mapping: MeetingMapping) -> tuple[AttendanceRow, ...]:
    names = mapping.topic
    found = []
    for one in given.objects(names.get("attendance")):
        name, raw = one.text(names.get("person"), _NAME_MAX), one.text(names.get("answer"), _ACTION_MAX)
        if not name:
            one.fault("no_name", names.get("person", ""), "", "须有姓名", "a name")
            continue
        answer = mapping.attendances.get(raw)
        if answer is None:
            one.flag("unknown_answer", names.get("answer", ""), raw, "映射未列出，记为缺席", "an answer of the mapping")
        found.append(AttendanceRow(name, answer or "absent", raw))
    return tuple(found)

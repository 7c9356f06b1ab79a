"""What messages about meetings say, and the calendar entry that goes with a notice. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core.text import clean
from app.services.meeting.notice.invitation import (
    Attendee,
    Invitation,
    Method,
    Organiser,
    Role,
    Status,
    name_uid,
    write_invitation,
)
from reports.meeting.inputs import AgendaLine, Change, NoticeInput, NoticeKind
from reports.meeting.notice import notice_lines
from reports.wording import Lang
from workflows.words import Text

INVITED, CALLED_OFF = "meeting.invited", "meeting.called_off"
#: Messages that carry a calendar entry.
WITH_ENTRY = (INVITED, CALLED_OFF)
_ROLES = {"chair": Role.CHAIR, "member": Role.REQUIRED, "guest": Role.OPTIONAL, "recorder": Role.NON_PARTICIPANT}
_ALARM_MINUTES = 60
_WHY = {
    "notified": Text("通知已发出，未自动改期", "its notice is out, so it was not moved"),
    "no_day": Text("按规则本月不开会，会议仍予保留", "the rule has no meeting in its month; it was kept"),
}
_NO_PLACE = Text("地点待定", "place to be named")
_HOW = Text("请在此答复是否参会，也可请假或委托代会人：{link}", "Reply here, ask for leave or name a stand-in: {link}")


def describe_meeting(topic: str, label: Text, payload: Mapping[str, Any], zone: ZoneInfo) -> Text | None:
    """Return what a message about a meeting says, without a full stop; None for the steps of its workflow."""
    if topic in WITH_ENTRY:
        return _describe_entry(topic, label, payload, zone)
    if topic in ("meeting.cutoff_near", "meeting.notice_due"):
        return Text(f"{label.zh}（{payload.get('on')}）", f"{label.en} ({payload.get('on')})")
    if topic == "meeting.off_day":
        why = _WHY.get(str(payload.get("why")), Text("", ""))
        rule_on = payload.get("rule_on")
        zh = f"会议定于{payload.get('held_on')}" + (f"，按规则应为{rule_on}" if rule_on else "") + f"；{why.zh}"
        en = f"Set for {payload.get('held_on')}" + (f", by its rule {rule_on}" if rule_on else "") + f"; {why.en}"
        return Text(zh, en)
    return None


def _describe_entry(topic: str, label: Text, payload: Mapping[str, Any], zone: ZoneInfo) -> Text:
    when = f"{datetime.fromisoformat(str(payload['starts_at'])).astimezone(zone):%Y-%m-%d %H:%M}"
    title, place = clean(str(payload.get("meeting_title") or "")), clean(str(payload.get("place") or ""))
    reason = clean(str(payload.get("reason") or ""))[:200]
    if topic == CALLED_OFF and payload.get("is_gone"):
        zh, en = (
            f"您不再参加：{title}，{when}",
            f"You are no longer asked to: {title}, {when}",
        )
    elif topic == CALLED_OFF:
        zh, en = f"会议不按原定时间召开：{title}，原定{when}", f"Called off: {title}, {when}"
    else:
        head = Text("请您代会", "You are asked to stand in") if payload.get("is_stand_in") else label
        if _find_changes(payload, zone, "zh"):
            head = Text("会议变更", "Meeting changed")
        zh = f"{head.zh}：{title}，{when}，{place or _NO_PLACE.zh}"
        en = f"{head.en}: {title}, {when}, {place or _NO_PLACE.en}"
    return Text(f"{zh}；{reason}", f"{en}; {reason}") if reason else Text(zh, en)


def write_notice(payload: Mapping[str, Any], name: str, lang: str, zone: ZoneInfo, link: str) -> tuple[str, ...]:
    """Return the notice as lines of a mail in somebody's language."""
    speaks: Lang = "en" if lang.startswith("en") else "zh"
    changes = _find_changes(payload, zone, speaks)
    kind: NoticeKind = "cancelled" if payload["method"] == "CANCEL" else "changed" if changes else "first"
    stamp = datetime.fromisoformat(str(payload["stamp"])).astimezone(zone)
    notice = NoticeInput(
        lang=speaks, issuer=str((payload.get("issuer_en") if speaks == "en" else "") or payload.get("issuer") or ""),
        number="", meeting=str(payload["meeting_title"]), addressee=name,
        starts_at=datetime.fromisoformat(str(payload["starts_at"])).astimezone(zone),
        ends_at=datetime.fromisoformat(str(payload["ends_at"])).astimezone(zone),
        place=str(payload.get("place") or ""), chair=str(payload.get("chair") or ""),
        agenda=tuple(AgendaLine(str(number), title) for number, title in enumerate(payload.get("topics") or (), 1)),
        issued_on=stamp.date(), made_at=stamp, identifier=f"meeting-{payload['meeting']}", kind=kind,
        remarks=() if kind == "cancelled" else (_HOW.in_language(speaks).format(link=link),),
        reason=str(payload.get("reason") or ""), changes=changes,
    )  # fmt: skip
    return notice_lines(notice)


def write_entry(
    payload: Mapping[str, Any], name: str, address: str, sender: str, base_url: str, zone: ZoneInfo
) -> bytes:
    """Return the calendar entry of one message for one person; ValueError for an address that none can hold."""
    method = Method(str(payload["method"]))
    is_called_off = method is Method.CANCEL
    status = (Status.NONE if payload.get("is_gone") else Status.CANCELLED) if is_called_off else Status.CONFIRMED
    is_hidden = bool(payload.get("is_confidential"))
    invitation = Invitation(
        uid=name_uid(int(payload["meeting"]), base_url), sequence=int(payload["sequence"]), method=method,
        stamp=datetime.fromisoformat(str(payload["stamp"])),
        start=datetime.fromisoformat(str(payload["starts_at"])),
        end=datetime.fromisoformat(str(payload["ends_at"])), zone=zone,
        summary="限知会议 / restricted meeting" if is_hidden else str(payload["meeting_title"]),
        description=f"{base_url}/meetings/{payload['meeting']}/reply" if is_hidden else _write_description(
            payload, base_url),
        location="" if is_hidden else str(payload.get("place") or ""),
        organiser=Organiser(str(payload.get("issuer") or "联办 Lianban"), sender),
        attendees=(Attendee(name, address, _ROLES.get(str(payload.get("role")), Role.REQUIRED)),), status=status,
        alarm_minutes=None if is_called_off else _ALARM_MINUTES,
    )  # fmt: skip
    return write_invitation(invitation)


def _write_description(payload: Mapping[str, Any], base_url: str) -> str:
    lines = [f"{number}. {title}" for number, title in enumerate(payload.get("topics") or (), 1)]
    return "\n".join([*lines, f"{base_url}/meetings/{payload['meeting']}/reply"])


def _find_changes(payload: Mapping[str, Any], zone: ZoneInfo, lang: Lang) -> tuple[Change, ...]:
    was = payload.get("was") or {}
    found = []
    if was.get("starts_at"):
        old, new = (f"{_read_at(one, zone):%Y-%m-%d %H:%M}" for one in (was["starts_at"], payload["starts_at"]))
        if old != new:
            found.append(Change("时间" if lang == "zh" else "Time", old, new))
    if was and was.get("place") != payload.get("place"):
        label = "地点" if lang == "zh" else "Place"
        found.append(Change(label, str(was.get("place") or "—"), str(payload.get("place") or "—")))
    return tuple(found)


def _read_at(text: object, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(str(text)).astimezone(zone)

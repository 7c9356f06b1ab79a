"""What cannot be undone about groups, meetings, topics and decisions, as a sentence before it is done."""

from app.pages.words import gettext as _

MEETING_KINDS = ("leadership_group", "meeting", "agenda_item", "decision")


def tell_grave_of_meeting(action: str, kind: str) -> str:  # noqa: PLR0911  # one for each move
    """Return what a grave move on an item of these kinds brings with it."""
    match action, kind:
        case "cancel", "meeting":
            return _("会议即告取消，不能恢复：已发出的邀请一并取消，未议的议题转入下次会议。请确认后再提交。")
        case "open_short", "meeting":
            return _("按未达法定人数开会，只作情况通报，不作议定。请确认后再提交。")
        case "issue", "meeting":
            return _("纪要随即编号印发，各项议定事项转为任务；此后只能以更正的方式改动。")
        case "correct", "meeting":
            return _("更正作为新的一版印发，原版保留，所有参会单位都会收到通知。请确认后再提交。")
        case "drop", "agenda_item":
            return _("议题即告撤回，不能恢复；需要时另行申报。请确认后再提交。")
        case "revoke", "decision":
            return _("议定事项即告撤销，不再执行；由此产生的任务须另行处理。请确认后再提交。")
        case _:
            return _("事项即告结束。请确认后再提交。")

"""Acts of meetings and their series in words, as the log shows them."""

from workflows.words import Text

MEETING_ACTS: dict[str, Text] = {
    "series.found": Text("设立会议系列", "series founded"),
    "comment_minutes": Text("对纪要提意见", "minutes commented on"),
    "answer_comment": Text("答复纪要意见", "comment on minutes answered"),
    "series.change": Text("修改会议系列", "series changed"),
    "series.end": Text("终止会议系列", "series ended"),
    "meeting.align": Text("会前日期随规则调整", "days before a meeting renewed"),
    "meeting.invite": Text("列入参会名单", "added to a meeting"),
    "meeting.take_off": Text("移出参会名单", "taken off a meeting"),
    "meeting.hand_over": Text("继任者接替参会", "seat at a meeting handed over"),
    "meeting.reply": Text("答复会议通知", "reply to a notice"),
    "meeting.attend": Text("登记到会", "attendance marked"),
    "meeting.recuse": Text("记录回避", "recusal noted"),
    "meeting.unrecuse": Text("取消回避", "recusal taken back"),
    "work.meeting_bundle": Text("申请生成会议材料", "meeting papers asked for"),
    "order": Text("调整议程顺序", "agenda put in order"),
    "start_topic": Text("开始审议", "topic taken up"),
    "end_topic": Text("结束审议", "topic left"),
    "record_votes": Text("记录表决", "votes recorded"),
}
#: Addresses that were opened in vain.
MEETING_PLACES: dict[str, Text] = {
    "group": Text("领导小组", "leadership groups"),
    "meeting": Text("会议", "meetings"),
    "meeting_notice": Text("参会名单", "people asked to meetings"),
    "meeting_series": Text("会议系列", "series of meetings"),
    "follow_up": Text("落实情况", "follow-up"),
    "following": Text("落实情况", "follow-up"),
    "meeting_paper": Text("会议材料", "papers of meetings"),
    "minutes": Text("会议纪要", "minutes"),
}
#: What acts were about.
MEETING_SUBJECTS: dict[str, Text] = {
    "meeting_participant": Text("参会人员", "participant"),
    "minutes_comment": Text("纪要意见", "comment on minutes"),
    "meeting_series": Text("会议系列", "series of meetings"),
    "meeting": Text("会议", "meeting"),
}

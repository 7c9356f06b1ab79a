"""English texts of what groups, meetings, topics and decisions are called wherever items are listed or shown."""

KIND: dict[str, str] = {
    "会议": "Meetings",
    "领导小组%(id)s": "Group %(id)s",
    "会议%(id)s": "Meeting %(id)s",
    "议题%(id)s": "Topic %(id)s",
    "议定事项%(id)s": "Decision %(id)s",
    "会议日期": "Day of the meeting",
    "办公室": "Office",
    "办公室：%(who)s": "Office: %(who)s",
    "承办": "Organised by",
    "承办：%(who)s": "Organised by %(who)s",
    "提交单位": "Proposed by",
    "提交单位：%(who)s": "Proposed by %(who)s",
    "成员单位": "Member units",
    "参会单位": "Units invited",
    "有关单位": "Units concerned",
}

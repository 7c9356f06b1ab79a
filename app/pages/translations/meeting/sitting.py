"""English texts of the meeting's page, its session, notes, decisions and the view on the wall."""

SITTING: dict[str, str] = {
    # Lists and the page of a meeting
    "即将召开": "Upcoming",
    "已召开": "Past",
    "领导小组及其办公室的会议，议定事项办结前一直跟踪": (
        "Meetings of the leadership groups and their offices; each decision is followed until it is carried out"
    ),
    "领导小组：全部": "Group: all",
    "第%(number)s次": "No. %(number)s",
    "没有即将召开的会议": "No meeting ahead",
    "没有已召开的会议": "No past meetings",
    "%(day)s %(begins)s—%(ends)s": "%(day)s, %(begins)s–%(ends)s",
    "主持：%(name)s": "Chair: %(name)s",
    "未定": "not named yet",
    "未达法定人数，仅作通报": "No quorum, for information only",
    "大屏": "Wall view",
    "返回会议": "Back to the meeting",
    "会议安排": "Arrangements",
    "类型": "Kind",
    "会议系列": "Series",
    "会议纪要": "Minutes",
    "参会名单": "Participants",
    "预览纪要": "Preview the minutes",
    "联合召开": "Held jointly with",
    "原定日期": "First planned for",
    "议题截止": "Topics until",
    "发通知": "Notice",
    "会签截止": "Sign until",
    "纪要文号": "Minutes no.",
    "截止%(day)s": "until %(day)s",
    "限%(day)s": "by %(day)s",
    "待处理的议题": "Topics that wait",
    "列入、并入、缓议或退回": "Accept, merge, defer or return",
    "请主持人裁定": "With the chair",
    # What is asked of the office
    "去处理": "Look",
    "会议正在召开，请随时记录": "The meeting is in session: record as it goes",
    "会议记录": "Session record",
    "去补齐": "Fill in",
    "等%(count)s处": "%(count)s in all",
    "议定事项%(number)s缺牵头单位和期限": "decision %(number)s lacks lead and due date",
    "议定事项%(number)s缺牵头单位": "decision %(number)s lacks a lead",
    "议定事项%(number)s缺期限": "decision %(number)s lacks a due date",
    "议题%(place)s没有记录结论": "topic %(place)s has no outcome",
    # Agenda
    "议程": "Agenda",
    "调整议程顺序": "Put the agenda in order",
    "议程上还没有议题。": "There is no topic on the agenda yet.",
    "共%(minutes)s分钟": "%(minutes)s minutes",
    "共%(minutes)s分钟，超出会议时间%(over)s分钟": "%(minutes)s minutes, %(over)s more than the meeting has",
    "%(minutes)s分钟": "%(minutes)s min",
    "上移": "Move up",
    "下移": "Move down",
    "%(move)s：%(title)s": "%(move)s: %(title)s",
    "议程顺序已调整。": "The agenda is in its new order.",
    "他人刚调整过议程或办理过会议，下面是现在的顺序，请重新调整。": (
        "Somebody changed the agenda or the meeting just now. This is the present order; please move again."
    ),
    "正在审议": "in session",
    "缺结论": "no outcome",
    # Decisions
    "议定事项": "Decisions",
    "印发时逐条转为任务，双向关联": "Each becomes a task when the minutes are issued, linked both ways",
    "添加": "Add",
    "序": "No.",
    "牵头／配合": "Lead / supporting",
    "印发后": "Once issued",
    "缺牵头": "no lead",
    "缺期限": "no due date",
    "待补": "incomplete",
    "转任务": "becomes a task",
    "仅备案，不转任务": "For information, no task",
    "还没有记录议定事项。": "No decision was recorded yet.",
    "上次会议议定事项": "Decisions of the last meeting",
    "上次会议没有转为任务的议定事项。": "The last meeting made no decision that became a task.",
    "%(day)s落实": "carried out on %(day)s",
    "红灯": "Red light",
    "黄灯": "Yellow light",
    "逾期": "Late",
    # Attendance
    "出席": "Attendance",
    "参会": "Members",
    "请假": "Absent",
    "列席": "Guests",
    "记录": "Record",
    "应到%(units)s个单位，实到%(present)s个": "%(present)s of %(units)s units present",
    "出席%(there)s人，缺席%(away)s人": "%(there)s present, %(away)s absent",
    "邀请%(count)s人，已回复%(answered)s人": "%(count)s invited, %(answered)s replied",
    "%(department)s　%(name)s": "%(department)s, %(name)s",
    "%(names)s等%(count)s人": "%(names)s and others, %(count)s in all",
    "由%(name)s代会": "%(name)s stands in",
    "书面意见：%(text)s": "in writing: %(text)s",
    "还没有确定参会人员。": "Nobody is invited yet.",
    "登记到会情况": "Mark who is there",
    "其余全部到会": "All others present",
    "已登记到会情况。": "Attendance is marked.",
    # The session
    "开场": "Opening",
    "其他": "Other business",
    "议题%(place)s　%(title)s": "Topic %(place)s: %(title)s",
    "%(time)s开始": "since %(time)s",
    "%(begins)s—%(ends)s": "%(begins)s–%(ends)s",
    "开始审议": "Take up",
    "继续审议": "Resume",
    "结束审议": "Leave",
    "议题页面": "The topic's page",
    "他人刚办理过，请看清现状后再办。": "Somebody acted just now; look at the present state first.",
    "只在会议召开时和纪要起草时记录；现在只能查看。": (
        "Records are made in session and while the minutes are drafted; now they can only be read."
    ),
    "结论": "Outcome",
    "表决": "Vote",
    "赞成": "For",
    "反对": "Against",
    "弃权": "Abstained",
    "协商一致": "By consent",
    "赞成%(yes)s，反对%(no)s，弃权%(none)s": "%(yes)s for, %(no)s against, %(none)s abstained",
    "记录票数": "Keep the count",
    "改为协商一致": "By consent instead",
    "议定意见": "Conclusion",
    "记录结论": "Conclude",
    "没有记录结论。": "No outcome was recorded.",
    "重新审议": "Take up again",
    "未议，转下次会议": "Put off to the next meeting",
    "转下次会议": "Put off",
    "已记录结论。": "The outcome is recorded.",
    "已转入下次会议。": "Put off to the next meeting.",
    "已恢复审议。": "The topic is taken up again.",
    # Notes
    "自动保存，每一稿都保留": "Saved by itself; every revision is kept",
    "送会签前只有办公室可见": "For the office only until the minutes go round",
    "历次稿": "Revisions",
    "第%(revision)s稿": "Revision %(revision)s",
    "保存于%(time)s": "saved %(time)s",
    "尚未记录": "Nothing written yet",
    "还没有记录。": "Nothing was written yet.",
    "您写的仍在上面，请按“保存”对照后再存。": "What you wrote still stands above; press Save to compare.",
    "从记录生成议定事项": "Decisions from the notes",
    "一行一项": "One line, one decision",
    "转为议定事项": "Make it a decision",
    "转为议定事项：%(line)s": "Make it a decision: %(line)s",
    "对照记录": "Compare",
    "两稿都在下面，没有丢失。请选一稿，或合并后保存。": (
        "Both texts stand below, nothing is lost. Choose one of them, or merge and save."
    ),
    "他人保存的": "Saved by somebody else",
    "用他人的": "Keep theirs",
    "您写的": "Yours",
    "尚未保存": "not saved",
    "用我的": "Keep mine",
    "差别": "Differences",
    "您多出的": "only in yours",
    "他人多出的": "only in theirs",
    "合并后的记录": "The merged notes",
    "两稿的内容都已放入，请删去不要的。": "It holds what both have; take out what is not wanted.",
    "保存合并稿": "Save the merged text",
    "每一稿都保留，可以恢复任何一稿": "Every revision is kept and can be taken again",
    "返回记录": "Back to the notes",
    "恢复自第%(revision)s稿": "taken again from revision %(revision)s",
    "恢复这一稿": "Take this one again",
    "已恢复第%(revision)s稿。": "Revision %(revision)s stands again.",
    "删去": "taken out",
    # The form of a decision
    "议定的内容": "What was decided",
    "写明做什么、到什么程度": "What is to be done, and how far",
    "送会签前补齐即可": "May wait until the minutes go round",
    "下次会议前完成": "By the next meeting",
    "验收标准（每行一条）": "Acceptance criteria (one a line)",
    "配合单位": "Supporting departments",
    "配合单位、验收标准、仅备案": "Supporting, criteria, for information",
    "待定": "open",
    "添加议定事项": "Add the decision",
    "已记录议定事项。": "The decision is recorded.",
    "修改议定事项%(number)s": "Decision %(number)s",
    "已修改议定事项。": "The decision is changed.",
    "他人保存的内容": "What somebody else saved",
    "再次保存即以您填写的为准": "Saving again puts yours in its place",
    "议定事项只由办公室在会议召开时和纪要起草时记录。": (
        "Decisions are recorded by the office, in session and while the minutes are drafted."
    ),
    "没有议定事项。": "No decisions.",
    # The wall
    "还剩%(minutes)s分钟": "%(minutes)s min left",
    "超时%(minutes)s分钟": "%(minutes)s min over",
    "牵头待定": "lead to be named",
    "（配合：%(names)s）": " (with %(names)s)",
    "散会": "The meeting has ended",
    "会议进行中": "In session",
    "下一议题": "Next",
    # What cannot be undone
    "会议即告取消，不能恢复：已发出的邀请一并取消，未议的议题转入下次会议。请确认后再提交。": (
        "The meeting is cancelled for good: invitations are called off, open topics go to the next meeting. "
        "Send only if you are sure."
    ),
    "按未达法定人数开会，只作情况通报，不作议定。请确认后再提交。": (
        "The meeting opens without a quorum: it informs, it decides nothing. Send only if you are sure."
    ),
    "纪要随即编号印发，各项议定事项转为任务；此后只能以更正的方式改动。": (
        "The minutes are numbered and issued at once, and each decision becomes a task; later changes are corrections."
    ),
    "更正作为新的一版印发，原版保留，所有参会单位都会收到通知。请确认后再提交。": (
        "The correction is issued as a new version, the former one stays, and every unit is told. "
        "Send only if you are sure."
    ),
    "现定：%(when)s，%(place)s。时间、地点不填的不变。": (
        "Set for %(when)s, %(place)s. Leave time or place empty to keep it."
    ),
    "现定：%(when)s，地点未定。时间不填的不变。": "Set for %(when)s, no place yet. Leave the time empty to keep it.",
    "%(when)s该地点另有一次会议。": "Another meeting is in this room, %(when)s.",
    "%(when)s该地点另有会议：%(title)s。": "Another meeting is in this room, %(when)s: %(title)s.",
    "议题即告撤回，不能恢复；需要时另行申报。请确认后再提交。": (
        "The topic is withdrawn for good; propose another one when needed. Send only if you are sure."
    ),
    "议定事项即告撤销，不再执行；由此产生的任务须另行处理。请确认后再提交。": (
        "The decision is revoked and not carried out any more; its task is settled separately. "
        "Send only if you are sure."
    ),
}

SITTING_COUNTS: dict[str, tuple[str, str]] = {
    "有%(num)s个议题等您处理": ("%(num)s topic waits for you", "%(num)s topics wait for you"),
    "补齐%(num)s处后，即可送会签": (
        "Fill in %(num)s gap, then it can go round", "Fill in %(num)s gaps, then it can go round",
    ),
    "共%(num)s项": ("%(num)s decision", "%(num)s decisions"),
    "%(num)s项": ("%(num)s", "%(num)s"),
}  # fmt: skip

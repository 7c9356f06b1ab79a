"""English texts of the pages of messages, by their Chinese source."""

MESSAGE: dict[str, str] = {
    "消息": "Messages",
    "未读": "Unread",
    "已读": "Read",
    "全部标为已读": "Mark all as read",
    "有%(count)s条未读消息": "%(count)s unread messages",
    "没有消息": "No messages",
    "与您有关的办理和催办会出现在这里。": "Steps and reminders that concern you will show here.",
    "只显示最新的未读消息，读过后显示其余。": "Only the newest unread messages show; the rest follow as you read.",
    "邮件接收方式": "How mail comes",
    "您没有登记邮箱，消息只在系统内显示。请联系系统管理员。": (
        "No mail address is on record for you, so messages show only here. Ask the administrator."
    ),
    "一般消息": "Ordinary messages",
    "每日汇总": "Daily digest",
    "每个工作日上班时一封": "One mail at the opening of each working day",
    "即时": "At once",
    "每有消息即发，限工作时间": "A mail for each message, within working hours",
    "不发": "None",
    "只发紧急的": "Only what is urgent",
    "三级、四级催办，人工催办，红色督办单和等待决定的申请，总在工作时间内即时发送。": (
        "Escalation of levels 3 and 4, urging by the office, red supervision notices and requests that wait for a"
        " decision always come at once, within working hours."
    ),
    "保存": "Save",
    "已保存。": "Saved.",
    "发送记录": "Delivery log",
    "未设邮件服务器（LIANBAN_SMTP_URL），消息只在系统内显示。": (
        "No mail server is set (LIANBAN_SMTP_URL); messages show only in the product."
    ),
    "发出": "Send",
    "邮件": "Mail",
    "推送": "Webhooks",
    "%(kind)s：未发出": "%(kind)s: not sent",
    "%(kind)s：全部": "%(kind)s: all",
    "收信方": "To",
    "内容": "Content",
    "时间": "Time",
    "操作": "Action",
    "重发": "Send again",
    "没有未发出的记录": "Nothing is unsent",
    "还没有发送记录": "Nothing was sent yet",
    "发送失败的会出现在这里，附原因。": "What could not be sent shows here, with the reason.",
    "推送地址": "Webhooks and their topics",
    "全部主题": "All topics",
    "在用": "Active",
    "已停用": "Disabled",
    "待发送": "Queued",
    "正在发送": "Being sent",
    "已发送": "Sent",
    "发送失败": "Failed",
    "不再发送": "No longer owed",
    "已扣留": "Held",
    "未设邮件服务器": "No mail server",
    "已另行重发": "Sent again separately",
    "待重试": "To be tried again",
    "人工重发，原记录%(id)s，%(name)s": "Sent again by hand, first record %(id)s, %(name)s",
    "%(at)s再发": "next %(at)s",
    "已列入发送，一分钟内发出。": "Queued; it goes out within a minute.",
    "已处理扣留的消息。": "What was held is settled.",
}

MESSAGE_COUNTS: dict[str, tuple[str, str]] = {
    "已将%(num)s条消息标为已读。": ("%(num)s message marked as read.", "%(num)s messages marked as read."),
    "系统久停或刚恢复，%(num)s条旧的邮件和推送已扣留，请决定是否还要发出。": (
        "After a long stop or a restore %(num)s old delivery is held; decide whether it still goes out.",
        "After a long stop or a restore %(num)s old deliveries are held; decide whether they still go out.",
    ),
    "%(num)s条消息": ("%(num)s message", "%(num)s messages"),
    "已试%(num)s次": ("tried %(num)s time", "tried %(num)s times"),
}

"""English texts of the pages of long work and calendar feeds, by their Chinese source; counted ones (one, several)."""

LONG_WORK: dict[str, str] = {
    "后台任务": "Background work",
    "任务已经结束，不能取消。": "It has ended already and cannot be cancelled.",
    "正在取消": "Being cancelled",
    "等待处理": "Waiting",
    "读取数据": "Reading the data",
    "排版": "Laying out the pages",
    "保存文件": "Saving the file",
    "写入并保存": "Writing and saving",
    "已处理%(done)s／%(total)s项": "%(done)s of %(total)s done",
    "文件有错误，未导入任何内容。": "The file has faults; nothing was imported.",
    "将新增%(created)s项、更新%(updated)s项、不变%(unchanged)s项，写入进展快照%(snapshots)s条。尚未写入。": (
        "Would add %(created)s items, update %(updated)s, leave %(unchanged)s as they are and write %(snapshots)s"
        " progress snapshots. Nothing is written yet."
    ),
    "新增%(created)s项、更新%(updated)s项、不变%(unchanged)s项，写入进展快照%(snapshots)s条。": (
        "Added %(created)s items, updated %(updated)s, left %(unchanged)s as they were, wrote %(snapshots)s progress"
        " snapshots."
    ),
    "已在“消息”中通知您。": "A message tells you so, too.",
    "处理曾中断，正在第%(n)s次办理。": "It was broken off; this is try %(n)s.",
    "进度": "Progress",
    "可以离开本页，完成后会收到消息。": "You may leave this page; a message comes when it is done.",
    "取消": "Cancel",
    "刷新": "Reload",
    "需要更正的内容": "What to correct",
    "下载": "Download",
    "文件保存%(days)s天": "Kept for %(days)s days",
    "文件已过保存期，请重新办理。": "The file is past its time; ask for it again.",
    "导入": "Import",
    "再试一次": "Try again",
    "另选文件": "Choose another file",
    "新建部门：%(names)s": "Departments created: %(names)s",
    "核对结果": "Findings",
    "%(at)s提交": "Asked for %(at)s",
    "%(at)s结束": "Ended %(at)s",
    "月报、大清单导出、台账导入，只有您自己能看到。": ("Reports, big exports and ledger imports; only you see yours."),
    "导入台账": "Import a ledger",
    "结果": "Result",
    "还没有后台任务": "No background work yet",
    "耗时较长的导入、导出和月报会出现在这里。": "Imports, exports and reports that take a while will show here.",
    "先试运行，看过核对结果再导入；整份导入或整份不导入。": (
        "First a dry run; import once you have seen its findings. All of the file is imported, or nothing."
    ),
    "台账文件": "Ledger file",
    "CSV或XLSX，最大%(size)sMB": "CSV or XLSX, at most %(size)s MB",
    "列的对应关系": "How columns are read",
    "本系统格式（导出的文件）": "Our own format (a file exported here)",
    "没有写明类别的行是": "Rows that name no kind are",
    "试运行": "Dry run",
    "试运行不写入任何内容": "A dry run writes nothing",
    "最近生成的": "Made last",
    # Calendar feeds
    "日历订阅": "Calendar feeds",
    "日历订阅已停用，原地址立即失效。": "The feed was revoked; its address no longer works.",
    "不提醒": "No reminder",
    "当天9:00": "On the day at 9:00",
    "在手机或电脑的日历里看到您负责事项的完成期限和应报进展。": (
        "See the due dates and reports that are yours to keep in the calendar of your phone or desk."
    ),
    "订阅地址只显示这一次，请立即复制到日历软件。": (
        "This address is shown only once; copy it into your calendar now."
    ),
    "有此地址的人都能看到这些期限，请勿转发；如已泄露，请停用后重新建立。": (
        "Whoever has the address sees these dates. Do not pass it on; if it leaked, revoke it and make a new one."
    ),
    "在用的订阅": "Feeds in use",
    "%(at)s最近读取": "last read %(at)s",
    "尚未读取": "never read",
    "停用": "Revoke",
    "还没有日历订阅": "No calendar feed yet",
    "在下面建立一个，把地址粘贴到日历软件的“订阅日历”中。": (
        "Make one below and paste its address where your calendar subscribes to others."
    ),
    "新的订阅": "A new feed",
    "名称，如“手机”": "Name, e.g. “phone”",
    "提醒": "Reminder",
    "限知事项在日历中只显示“限知事项”，不显示标题和编号。事项办结后在日历中标为取消，30天后消失。": (
        "Of a confidential item a calendar shows neither title nor number. A closed item is marked as cancelled and"
        " vanishes after 30 days."
    ),
    "建立订阅": "Make the feed",
    "后台处理暂停，恢复后会自动办理，不必重新提交。": (
        "Background work is paused. It goes on by itself later; there is no need to ask again."
    ),
    "请启动 flask scheduler 进程。": "Start the process flask scheduler.",
    "长时间没有进展时，请联系系统管理员。": "If nothing happens for long, tell the administrator.",
    "请联系系统管理员。": "Please tell the administrator.",
    "%(month)s（未结束，截至现在）": "%(month)s (not over, as of now)",
}

LONG_WORK_COUNTS: dict[str, tuple[str, str]] = {
    "已处理%(num)s行": ("%(num)s row done", "%(num)s rows done"),
    "共%(num)s行": ("%(num)s row", "%(num)s rows"),
    "另有%(num)s条未列出": ("%(num)s more not listed", "%(num)s more not listed"),
    "提前%(num)s天9:00": ("%(num)s day before at 9:00", "%(num)s days before at 9:00"),
}

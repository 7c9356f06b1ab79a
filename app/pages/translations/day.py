"""English texts of the scheduler's day, by their Chinese source."""

DAY: dict[str, str] = {
    "定时任务": "Scheduled jobs",
    "系统每天自动做什么、为什么做、上次结果和下次时间": (
        "What the system does by itself, why, how it went and when it runs next"
    ),
    "调度进程在运行，最近心跳%(at)s": "The scheduler is running, last heard of %(at)s",
    "调度进程没有心跳，上次%(at)s：催办和消息已停止，请检查 flask scheduler 进程。": (
        "The scheduler is silent since %(at)s: nothing escalates and nothing is sent. Look at the process flask"
        " scheduler."
    ),
    "调度进程从未启动：催办和消息不会运行，请启动 flask scheduler。": (
        "No scheduler was ever started: nothing escalates and nothing is sent. Start flask scheduler."
    ),
    "时间": "When",
    "上次": "Last run",
    "结果": "Outcome",
    "下次": "Next run",
    "错过时": "If missed",
    "一律补办最近一次": "the latest is always made up",
    "%(hours)d小时内补办": "made up within %(hours)d hours",
    "迟%(minutes)d分钟": "%(minutes)d minutes late",
    "迟%(hours)d小时": "%(hours)d hours late",
    "没有要做的": "nothing to do",
    "升级%(n)s件": "%(n)s raised",
    "灯变化%(n)s盏": "%(n)s lights changed",
    "出具督办单%(n)s份": "%(n)s notices made",
    "签发%(n)s份": "%(n)s issued",
    "了结%(n)s份": "%(n)s settled",
    "出错%(n)s处": "%(n)s faults",
    "消息%(n)s条": "%(n)s messages",
    "不再发%(n)s条": "%(n)s muted",
    "邮件发出%(n)s封": "%(n)s mails sent",
    "邮件待重发%(n)s封": "%(n)s mails to be sent again",
    "邮件失败%(n)s封": "%(n)s mails failed",
    "推送%(n)s次": "%(n)s webhook calls",
    "推送待重试%(n)s次": "%(n)s webhook calls to be tried again",
    "推送失败%(n)s次": "%(n)s webhook calls failed",
    "清理重复请求记录%(n)s条": "%(n)s old answers forgotten",
    "清理空巡检记录%(n)s条": "%(n)s empty sweeps forgotten",
    "缺%(n)s年放假安排": "no calendar for %(n)s",
    "无登记的文件%(n)s个": "%(n)s files without a record",
    "删除%(n)s个": "%(n)s removed",
    "旧消息已扣留": "old messages are held back",
    "尚未运行": "not run yet",
    "完成": "done",
    "运行中": "running",
    "中途停止，将补办": "stopped half-way, will be made up",
    "失败，一分钟后重试": "failed, tried again after a minute",
}

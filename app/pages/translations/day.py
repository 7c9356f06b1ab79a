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
    "尚未运行": "not run yet",
    "完成": "done",
    "运行中": "running",
    "中途停止，将补办": "stopped half-way, will be made up",
    "失败，一分钟后重试": "failed, tried again after a minute",
}

"""English texts of the pages on slips and requests, by their Chinese source; counted ones as (one, several)."""

SUPERVISION: dict[str, str] = {
    "督办单": "Notices",
    "督办单%(id)s": "Notice %(id)s",
    "申请%(id)s": "Request %(id)s",
    "各项申请": "Requests",
    "答复单位：%(who)s": "To answer: %(who)s",
    "申请单位：%(who)s": "Asked by: %(who)s",
    "答复单位": "To answer",
    "申请单位": "Asked by",
    "答复期限": "Answer by",
    "决定期限": "To be decided by",
    "所属事项": "About",
    "等级": "Level",
    "督办依据": "Grounds",
    "原因": "Cause",
    "时限至": "Limit ended",
    "制单时状态": "State when made",
    "自动签发时间": "Issues itself at",
    "签发时间": "Issued at",
    "扣分": "Points",
    "申诉时间": "Appealed at",
    "答复": "Answer",
    "承诺完成日期": "Promised date",
    "申请类别": "Kind of request",
    "申请时期限": "Due date when asked",
    "申请的期限": "Date asked for",
    "批准的期限": "Date granted",
    "调整截止日期": "Holds until",
    "调整为": "Set to",
    "目前进展": "Progress so far",
    "未结": "Open",
    "%(at)s签发": "issued %(at)s",
    "%(at)s自动签发": "issues itself %(at)s",
    "待编号": "No number yet",
    "编号": "Number",
    "并入另一原因": "A further cause joined",
    "接续黄色预警单": "Stands for a warning",
    "黄色预警单、红色督办单，一事一单，最近的在前": (
        "Yellow warnings and red supervision notices, one for each matter, the newest first"
    ),
    "部门督办记录": "Departments' records",
    "等级：全部": "Level: all",
    "答复单位：全部": "To answer: all",
    "没有符合筛选的督办单": "No notice fits the filter",
    "没有未结的督办单": "No open notices",
    "按签发日期统计您可阅看的督办单；扣分按记分日期": (
        "Notices that you may read, by their date of issue; points by the day on which they were entered"
    ),
    "自": "From",
    "至": "To",
    "黄色": "Yellow",
    "红色": "Red",
    "按期答复": "Answered in time",
    "逾期答复": "Answered late",
    "尚未答复": "Not answered",
    "其中已逾期": "of these overdue",
    "被退回": "Returned",
    "申诉": "Appealed",
    "申诉成立": "Upheld",
    "被撤销": "Withdrawn",
    "这一时段没有督办记录": "No records in this period",
    "打印": "Print",
    "%(paper)s（中文PDF）": "%(paper)s (PDF, Chinese)",
    "%(paper)s（英文PDF）": "%(paper)s (PDF, English)",
    "目前无须答复": "no answer is owed now",
    "单据": "Notice",
    "决定：%(one)s；或者%(other)s": "%(one)s or %(other)s",
    "本任务即告结束，由分解后的各项任务取代，不能恢复。请确认后再提交。": (
        "The task ends for good; the tasks that it becomes take its place. Make sure before you submit."
    ),
    "本任务即告结束，由所并入的任务取代，不能恢复。请确认后再提交。": (
        "The task ends for good; the task into which it goes takes its place. Make sure before you submit."
    ),
    "本单即告撤销，所扣分数退还，不能恢复。请确认后再提交。": (
        "The notice is withdrawn for good and its points are given back. Make sure before you submit."
    ),
    "提醒单（中文PDF）": "Reminder (PDF, Chinese)",
    "提醒单（英文PDF）": "Reminder (PDF, English)",
}

SUPERVISION_COUNTS: dict[str, tuple[str, str]] = {
    "制单时已过%(num)s个工作日": ("%(num)s working day late when made", "%(num)s working days late when made"),
}

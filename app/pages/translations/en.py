"""English texts of the pages, by their Chinese source; counted ones as (one, several)."""

from app.pages.translations.batch import BATCH, BATCH_COUNTS
from app.pages.translations.city import CITY, CITY_COUNTS
from app.pages.translations.day import DAY
from app.pages.translations.document import DOCUMENT
from app.pages.translations.inbox import INBOX, INBOX_COUNTS
from app.pages.translations.items.on_item import ON_ITEM
from app.pages.translations.items.signing import SIGNING
from app.pages.translations.listing import LISTING, LISTING_COUNTS
from app.pages.translations.long_work import LONG_WORK, LONG_WORK_COUNTS
from app.pages.translations.meeting.group import GROUP, GROUP_COUNTS
from app.pages.translations.meeting.kind import KIND
from app.pages.translations.meeting.minutes import FOLLOW_UP, MINUTES, MINUTES_COUNTS
from app.pages.translations.meeting.notice import NOTICE, NOTICE_COUNTS
from app.pages.translations.meeting.sitting import SITTING, SITTING_COUNTS
from app.pages.translations.meeting.topic import TOPIC
from app.pages.translations.message import MESSAGE, MESSAGE_COUNTS
from app.pages.translations.money.call import CALL
from app.pages.translations.money.fund import FUND
from app.pages.translations.money.paper import PAPER
from app.pages.translations.money.payment import PAYMENT, PAYMENT_COUNTS
from app.pages.translations.organisation import ORGANISATION, ORGANISATION_COUNTS
from app.pages.translations.paper.issued import PAPERWORK
from app.pages.translations.personal.account import ACCOUNT, ACCOUNT_COUNTS
from app.pages.translations.personal.delegation import DELEGATION, DELEGATION_COUNTS
from app.pages.translations.personal.guide import GUIDE
from app.pages.translations.personal.log_in import ACCOUNTS, ACCOUNTS_COUNTS
from app.pages.translations.personal.sent import SENT
from app.pages.translations.project import PROJECT, PROJECT_COUNTS
from app.pages.translations.report_owed import REPORTS_OWED
from app.pages.translations.reporting.report import REPORT
from app.pages.translations.ruling.rules import RULES, RULES_COUNTS
from app.pages.translations.supervision import SUPERVISION, SUPERVISION_COUNTS
from app.pages.translations.template import TEMPLATE, TEMPLATE_COUNTS
from app.pages.translations.token import TOKEN

ENGLISH: dict[str, str] = {
    **ACCOUNT,
    **ACCOUNTS,
    **DELEGATION,
    **GROUP,
    **GUIDE,
    **SITTING,
    **TOPIC,
    **FOLLOW_UP,
    **KIND,
    **NOTICE,
    **MINUTES,
    **ON_ITEM,
    **REPORT,
    **REPORTS_OWED,
    **RULES,
    **BATCH,
    **CALL,
    **CITY,
    **TOKEN,
    **DAY,
    **DOCUMENT,
    **FUND,
    **PAPER,
    **PAPERWORK,
    **PAYMENT,
    **SENT,
    **SIGNING,
    **ORGANISATION,
    **PROJECT,
    **SUPERVISION,
    **MESSAGE,
    **INBOX,
    **LISTING,
    **LONG_WORK,
    **TEMPLATE,
    # Ground, menu, log-in
    "联办": "Lianban",
    "跳到正文": "Skip to content",
    "主导航": "Main",
    "主要": "Main places",
    "工作": "Work",
    "事项": "Items",
    "参阅": "Reference",
    "我的工作": "My work",
    "%(day)s（暂定）": "%(day)s (provisional)",
    "%(year)s年放假调休安排尚未导入，涉及该年的工作日和期限均为暂定。": (
        "The official calendar of %(year)s is not loaded: working days and dates that rest on it are provisional."
    ),
    "催办": "Escalation",
    "项目": "Projects",
    "任务": "Tasks",
    "更多": "More",
    "我的": "Me",
    "搜索标题、编号": "Search titles and numbers",
    "非涉密系统，": "Unclassified system:",
    "严禁录入涉密信息": "no state secrets here",
    "非涉密系统，严禁录入涉密信息": "Unclassified system: no state secrets here",
    "登录": "Log in",
    "退出登录": "Log out",
    "用户名": "User name",
    "密码": "Password",
    "%(city)s跨部门联合事项": "Joint work between the departments of %(city)s",
    # Errors
    "代码 %(code)s": "Code %(code)s",
    "请求编号%(id)s，向系统管理员反映问题时请提供": "Request %(id)s: tell the administrator this number",
    "请求无法受理": "The request cannot be taken",
    "没有这个页面": "No such page",
    "请检查地址，或从首页进入。": "Check the address, or start from your work.",
    "页面已过期，请返回刷新后再试。": "The page has expired; go back, reload it and try again.",
    "您已退出登录，刚才的内容没有提交。请登录后再办。": (
        "You are logged out, and what you typed was not sent. Log in and do it again."
    ),
    # Me
    "职务": "Posts",
    "目前没有职务，因此看不到事项。请联系协调办。": (
        "You hold no post now, so no item shows. Ask the coordination office."
    ),
    "显示": "Display",
    "语言": "Language",
    "底色": "Theme",
    "浅色": "Light",
    "深色": "Dark",
    # Lists
    "视图": "Views",
    "筛选": "Filter",
    "全部事项": "All items",
    "全部在办": "All open",
    "我承办的": "Assigned to me",
    "已了结": "Closed",
    "全部": "All",
    "标题、编号": "Title, number",
    "状态": "State",
    "状态：全部": "State: all",
    "牵头单位": "Lead department",
    "只看逾期": "Overdue only",
    "清除": "Clear",
    "清除筛选": "Clear the filters",
    "灯": "Light",
    "进度": "Progress",
    "完成期限": "Due date",
    "没有符合筛选的事项": "No item fits the filters",
    "这里还没有事项": "No items here yet",
    "下一页": "Next page",
    "上次巡检 %(at)s": "Last sweep %(at)s",
    "尚未巡检": "No sweep yet",
    "%(first)s等%(count)s家": "%(count)s incl. %(first)s",
    "项目%(id)s": "Project %(id)s",
    "任务%(id)s": "Task %(id)s",
    "分工%(id)s": "Share %(id)s",
    "未定牵头单位": "No lead department",
    "未定期限": "No due date",
    "期限%(day)s": "Due %(day)s",
    "%(limit)s，%(how)s": "%(limit)s, %(how)s",
    "今天到期": "due today",
    "落后计划%(points)s点": "%(points)s points behind",
    "进度%(actual)s%%，计划%(plan)s%%": "Progress %(actual)s%%, plan %(plan)s%%",
    "预计%(day)s完成": "Forecast %(day)s",
    "计划 %(pct)s%%": "plan %(pct)s%%",
    "进度 %(pct)s%%": "Progress %(pct)s%%",
    # The bar of an item
    "请您%(action)s": "Your move: %(action)s",
    "%(one)s或%(other)s": "%(one)s or %(other)s",
    "%(state)s，无需再办": "Nothing left to do: %(state)s",
    "等%(who)s办理": "Waiting for %(who)s",
    "等%(who)s会签": "Co-signature missing: %(who)s",
    "%(department)s（%(role)s）": "%(department)s (%(role)s)",
    "以%(post)s身份。": "Acting as %(post)s.",
    "以%(post)s身份办理。": "You act as %(post)s.",
    "您有几个职务可办，提交时选定。": "Several of your posts fit; choose one when you send it.",
    "以哪个身份办理": "In which post do you act?",
    "%(day)s起": "since %(day)s",
    "%(day)s起，已等待%(count)s": "since %(day)s, for %(count)s",
    "%(text)s。": "%(text)s.",
    "现在不能：": "Not now:",
    "可办理": "Moves",
    "不同意": "Disagree",
    "同意": "Agree",
    # The form of an action
    "%(action)s：%(title)s": "%(action)s: %(title)s",
    "（可不填）": " (optional)",
    "请选择": "Choose",
    "看现在的内容": "See it as it is now",
    "您填写的内容仍在下面，尚未保存。": "What you typed is still below; it is not saved.",
    "请先看清变化，再决定是否提交。": "See what changed first, then decide whether to send it.",
    "此操作现在不能办理，请看事项现状。": "This step is not open now; see how the item stands.",
    "您填写的内容": "What you typed",
    "这一步已经提交过，没有再次办理。": "This step was sent before; nothing was done again.",
    "您或他人已修改：您看到的是第%(given)s版，现在是第%(current)s版。": (
        "You or somebody else changed it meanwhile: you saw version %(given)s, the present one is %(current)s."
    ),
    "%(when)s，%(who)s：%(action)s": "%(when)s, %(who)s: %(action)s",
    "取消项目": "Cancel the project",
    "取消任务": "Cancel the task",
    "取消分工": "Cancel the share",
    "项目结项": "Close the project",
    "项目即告终止，不能恢复；其下未了结的任务和分工一并取消。请确认后再提交。": (
        "This ends the project for good and cancels every open task and share below it. Make sure before you send it."
    ),
    "任务即告终止，不能恢复；其下未了结的任务和分工一并取消。请确认后再提交。": (
        "This ends the task for good and cancels every open task and share below it. Make sure before you send it."
    ),
    "此项分工即告终止，不能恢复；所属任务不受影响。请确认后再提交。": (
        "This ends the share for good; the task above it goes on. Make sure before you send it."
    ),
    "项目即告结束，不能再办。请确认后再提交。": (
        "This ends the project; no step follows it. Make sure before you send it."
    ),
    "事项即告结束。请确认后再提交。": "This ends the item. Make sure before you send it.",
    # The panels of an item
    "牵头：%(who)s": "Lead: %(who)s",
    "%(lead)s %(name)s": "%(lead)s, %(name)s",
    "限定范围": "Restricted",
    "您": "You",
    "要求": "What is asked",
    "✓ 同意": "✓ agreed",
    "✕ 不同意": "✕ refused",
    "… 待签": "… missing",
    "附意见：%(remark)s": "Remark: %(remark)s",
    "配合单位分工": "Shares of the supporters",
    "下级任务": "Tasks below",
    "单位": "Department",
    "成果": "Deliverable",
    "期限": "Due",
    "情况": "State of play",
    "验收标准与佐证": "Acceptance criteria and evidence",
    "逐条作答": "Answered one by one",
    "尚未作答": "Not answered yet",
    "阶段": "Phase",
    "过阶段须有佐证和决定": "A gate needs evidence and a decision",
    "佐证和决定": "Evidence and decision",
    "✓ %(day)s通过": "✓ passed %(day)s",
    "● %(day)s开始": "● begun %(day)s",
    "○ 未开始": "○ not begun",
    "里程碑": "Milestones",
    "计划": "Plan",
    "预计": "Forecast",
    "实际": "Actual",
    "历次进展": "Progress over time",
    "取自导入的台账，只作记录，不是办理": "From imported ledgers: a record, no step",
    "截至": "As of",
    "预计完成": "Forecast",
    "自报延误": "Reported slip",
    "预算": "Budget",
    "预算（%(currency)s）": "Budget (%(currency)s)",
    "导入时的存疑": "Doubts at the import",
    "照原文收录，请核对来源": "Taken as it stood; please check with the source",
    "原文：": "As written: ",
    "第%(row)s行": "row %(row)s",
    "“%(column)s”列": "column “%(column)s”",
    "%(file)s（%(code)s）": "%(file)s (%(code)s)",
    "催办阶梯": "Escalation",
    "催办各级": "Levels of escalation",
    "原因：%(cause)s": "Cause: %(cause)s",
    "%(level)s，致%(who)s": "%(level)s, to %(who)s",
    "%(day)s已发": "raised %(day)s",
    "并入上一级": "merged into the next level",
    "来龙去脉": "Life line",
    "全部记录": "Full record",
    "更早的见全部记录": "Earlier steps: see the full record",
    "更早的记录": "Earlier steps",
    "只增不改，最近的在前": "Only added to, newest first",
    "%(level)s：%(cause)s": "%(level)s: %(cause)s",
    "登记": "Entered",
    "导入登记": "Imported",
    "解除承办": "Assignee released",
    "签署": "Signed",
    "系统": "System",
    "台账导入": "Ledger import",
    "%(name)s（代%(other)s）": "%(name)s for %(other)s",
    "意见": "Verdict",
    "附言": "Remark",
    "基本情况": "Facts",
    "牵头": "Lead",
    "配合": "Support",
    "承办人": "Assignee",
    "原定期限": "Original due date",
    "类别": "Category",
    "地点": "Place",
    "来源阶段": "Stage at source",
    "依据": "Rests on",
    "台账": "Ledger",
    "%(source)s，编号%(key)s": "%(source)s, key %(key)s",
    # Board, home, reports
    "同一事项只显示在最高一级": "An item stands at its highest level only",
    "这一级没有事项": "Nothing at this level",
    "一级 提醒单": "Level 1: reminder",
    "二级 预警单": "Level 2: warning",
    "三级 督办单": "Level 3: supervision notice",
    "四级 提交会议": "Level 4: to the meeting",
    "致承办方": "To whoever carries it out",
    "致负责人或协调办": "To the head or the office",
    "由协调办督办": "By the coordination office",
    "致领导小组，列入下次协调会": "To the leadership group, for the next meeting",
    "%(day)s到本级": "At this level since %(day)s",
    "%(day)s升级": "rises %(day)s",
    "下次巡检升级": "rises at the next sweep",
    "下次巡检": "next sweep",
    "这一级还有更多": "More at this level",
    "回到开头": "Back to the start",
    "待签署": "To sign",
    "以后": "Later",
    "上次巡检有%(count)s处未能处理，请联系系统管理员。": (
        "The last sweep met %(count)s faults; please tell the administrator."
    ),
    "催办巡检已停止，级别可能不是最新的。请联系系统管理员。": (
        "The sweep has stopped, levels may be out of date; please tell the administrator."
    ),
    "催办巡检已停止，级别可能不是最新的。请到“定时任务”查看原因。": (
        "The sweep has stopped, levels may be out of date; the scheduler's page says why."
    ),
    "没有等您处理的事项": "Nothing waits for you",
    "有新的事项时会出现在这里。": "New items will show here.",
    "看全部任务": "See all tasks",
    "办理": "Open",
    "月份": "Month",
    # Files
    "附件": "Files",
    "附件已上传。": "The file was added.",
    "附件已移除，记录保留。": "The file was taken away; its record stays.",
    "附件类别": "Kind of file",
    "非涉密系统，严禁上传涉密文件": "Unclassified system: no classified files here",
    "扫描件": "Scan",
    "佐证材料": "Evidence",
    "文件材料": "Paper",
    "其他材料": "Other",
    "移除": "Take away",
    "移除的原因": "Why it is taken away",
    "移除这个附件": "Take this file away",
    "没有附件": "No files",
    "要上传的文件": "File to add",
    "上传附件": "Add the file",
    "每个文件最大%(size)sMB；按内容识别类型，可上传：%(endings)s": (
        "At most %(size)s MB a file. The content decides what it is; taken are: %(endings)s"
    ),
    "返回": "Back",
    "回到我的工作": "Back to my work",
}

ENGLISH_COUNTS: dict[str, tuple[str, str]] = {
    **GROUP_COUNTS,
    **MINUTES_COUNTS,
    **ACCOUNT_COUNTS,
    **NOTICE_COUNTS,
    **ACCOUNTS_COUNTS,
    **DELEGATION_COUNTS,
    **BATCH_COUNTS,
    **CITY_COUNTS,
    **ORGANISATION_COUNTS,
    **PROJECT_COUNTS,
    **RULES_COUNTS,
    **SITTING_COUNTS,
    **SUPERVISION_COUNTS,
    **MESSAGE_COUNTS,
    **INBOX_COUNTS,
    **LISTING_COUNTS,
    **LONG_WORK_COUNTS,
    **PAYMENT_COUNTS,
    **TEMPLATE_COUNTS,
    "%(num)s个工作日": ("%(num)s working day", "%(num)s working days"),
    "%(num)s天": ("%(num)s day", "%(num)s days"),
    "有%(num)s处需要更正": ("%(num)s thing to correct", "%(num)s things to correct"),
    "还剩%(num)s个工作日": ("%(num)s working day left", "%(num)s working days left"),
    "逾期%(num)s个工作日": ("%(num)s working day late", "%(num)s working days late"),
    "预计晚%(num)s天": ("forecast %(num)s day late", "forecast %(num)s days late"),
}

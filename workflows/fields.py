"""Fields that several workflows ask for, said once."""

from workflows.guards import is_overdue
from workflows.machine import Field
from workflows.words import Text

reason = Field("reason", "text", Text("理由", "Reason"))
to_state = Field(
    "to_state",
    "state",
    Text(
        "退回到（重新提交后，签署人按届时的在任人员重新确定）",
        "Back to (who signs is found anew when it is submitted again)",
    ),
)
opinion = Field("opinion", "text", Text("意见", "Opinion"), required=False)
evidence = Field("evidence", "text", Text("佐证（名称、文号或存放处）", "Evidence (name, number or where it is kept)"))
late_reason = Field("late_reason", "text", Text("逾期原因", "Why it is late"), required=False, required_if=is_overdue)
progress_text = Field("text", "text", Text("进展情况", "What was done"))
progress_pct = Field("progress_pct", "percent", Text("进度（%）", "Progress (%)"), required=False)
#: Belongs to every step that records progress, whichever version of a table it stands in (`interpreter`).
lower_reason = Field(
    "lower_reason",
    "text",
    Text("进度低于上次的原因", "Why the progress is lower than last time"),
    required=False,
)
forecast_on = Field("forecast_on", "date", Text("预计完成日期", "Forecast completion"), required=False)
decision = Field("decision", "text", Text("依据的决定", "The decision it rests on"))
person = Field("person", "person", Text("承办人", "Assignee"))
resume_due_on = Field(
    "new_due_on",
    "date",
    Text("新的完成期限（不填则顺延暂缓的工作日）", "New due date (left out: moved by the days suspended)"),
    required=False,
)
answers = Field("answers", "answers", Text("验收标准逐条作答", "Answers to the acceptance criteria"), required=False)
new_due_on = Field("new_due_on", "date", Text("新的完成期限", "New due date"))
granted_due_on = Field(
    "new_due_on",
    "date",
    Text("批准的期限（不填则按申请）", "Date granted (left out: as asked for)"),
    required=False,
)
progress_note = Field("progress", "text", Text("目前进展", "Progress so far"))
proposed_department = Field(
    "department", "department", Text("建议的承办单位", "Department that should have it"), required=False
)
granted_department = Field(
    "department",
    "department",
    Text("裁定的承办单位（不填则按申请）", "Department that gets it (left out: as asked for)"),
    required=False,
)
department = Field("department", "department", Text("承办单位", "Department"))
section = Field("section", "section", Text("承办科室", "Section"))
note = Field("note", "text", Text("说明", "Note"), required=False)
into = Field("into", "item", Text("并入的任务（编号）", "Task into which it goes (its id)"))
parts = Field("parts", "parts", Text("分解后的任务", "The tasks that it becomes"))
#: How somebody was urged: by a message of the system, on the telephone, by a visit, by letter.
channel = Field("channel", "choice", Text("催办方式", "How"), choices=("message", "phone", "visit", "letter"))
spoken_to = Field("spoken_to", "text", Text("联系人", "Who was spoken to"), required=False)
rhythm = Field("rhythm", "choice", Text("报告周期", "Reports owed"), choices=("none", "weekly", "ten_day", "monthly"))
light = Field("light", "choice", Text("调整为", "Light"), choices=("red", "yellow", "green"))
until_on = Field("until_on", "date", Text("调整截止日期", "Holds until"))
demand = Field("demand", "text", Text("督办要求", "What is demanded"))
answer = Field("answer", "text", Text("办理情况与整改措施", "What was done and what will be done"))
promised_on = Field("promised_on", "date", Text("承诺完成日期", "Promised date"), required=False)

CHOICE_LABELS = {
    "message": Text("系统消息", "message"),
    "phone": Text("电话", "telephone"),
    "visit": Text("上门", "visit"),
    "letter": Text("发函", "letter"),
    "none": Text("不要求", "none"),
    "weekly": Text("每周", "weekly"),
    "ten_day": Text("每旬", "every ten days"),
    "monthly": Text("每月", "monthly"),
    "red": Text("红灯", "red"),
    "yellow": Text("黄灯", "yellow"),
    "green": Text("绿灯", "green"),
    "agreed": Text("同意", "agreed"),
    "agreed_with_changes": Text("修改后同意", "agreed with changes"),
    "not_agreed": Text("不同意", "not agreed"),
    "noted": Text("听取", "noted"),
}

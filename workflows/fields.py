"""Fields that several workflows ask for, said once."""

from workflows.guards import is_overdue
from workflows.machine import Field
from workflows.words import Text

reason = Field("reason", "text", Text("理由", "Reason"))
opinion = Field("opinion", "text", Text("意见", "Opinion"), required=False)
evidence = Field("evidence", "text", Text("佐证（名称、文号或存放处）", "Evidence (name, number or where it is kept)"))
late_reason = Field("late_reason", "text", Text("逾期原因", "Why it is late"), required=False, required_if=is_overdue)
progress_text = Field("text", "text", Text("进展情况", "What was done"))
progress_pct = Field("progress_pct", "percent", Text("进度（%）", "Progress (%)"), required=False)
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

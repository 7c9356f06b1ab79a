"""What the steps of groups, meetings, topics and decisions ask for."""

from workflows.machine import Field
from workflows.words import Text

day = Field("day", "date", Text("日期", "Day"))
clock = Field("clock", "text", Text("时间（时:分）", "Time (hour:minute)"), required=False)
place = Field("place", "text", Text("地点", "Place"), required=False)
chair = Field("chair", "post", Text("主持人", "Chair"))
cosign_until = Field("until_on", "date", Text("会签截止日期", "Sign until"), required=False)
outcome = Field(
    "outcome", "choice", Text("结论", "Outcome"), choices=("agreed", "agreed_with_changes", "not_agreed", "noted")
)
conclusion = Field("conclusion", "text", Text("议定意见", "Conclusion"), required=False)
differences = Field("differences", "text", Text("分歧与倾向性意见", "What differs, and what you prefer"))
into = Field("into", "item", Text("并入的议题（编号）", "Topic into which it goes (its id)"))
section = Field("section", "text", Text("更正的部分", "What is corrected"))
corrected = Field("corrected", "text", Text("更正后的文字", "The text as it should be"))
evidence = Field("evidence", "text", Text("落实情况和佐证", "What was done, with evidence"))
change = Field("change", "number", Text("成员调整单编号", "Number of the change"))
document = Field("document", "text", Text("成立文件文号", "Founding document"), required=False)

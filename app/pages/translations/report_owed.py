"""English texts of the reports owed, by their Chinese source."""

REPORTS_OWED: dict[str, str] = {
    "待报进展": "Reports to send",
    "一次报送，各方共用": "One report serves every reader",
    "一次报送，供%(readers)s共用，不再另行要求。": "One report serves %(readers)s; nobody asks for another.",
    "有权阅读本事项的人员": "everybody who may read this item",
    "协调办公室": "the coordination office",
    "领导小组": "the leadership group",
    "欠报": "Owed",
    "本期": "This period",
    "报告进展": "Report progress",
    "只显示最早的%(count)s件。": "Only the earliest %(count)s are shown.",
    "各单位进展报告": "Progress reports by department",
    "暂缓、待核验和已办结的不计": "Without what is suspended, under verification or closed",
    "须按期报告": "Report by rule",
    "其中逾期": "Of these late",
    "五个工作日内截止": "Due within five working days",
    "报告周期": "Reports",
    "本期截至%(day)s": "this period ends on %(day)s",
    "%(day)s已报": "last sent on %(day)s",
}

"""English texts of the pages that issue tasks, split them and show requests; counted ones as (one, several)."""

BATCH: dict[str, str] = {
    "批量交办": "Issue many tasks",
    "上传表格": "Upload a file",
    "下载空白表格": "Download the empty form",
    "表格文件（XLSX或CSV）": "File (XLSX or CSV)",
    "上传并预览": "Upload and preview",
    "核对": "Check",
    "再加几行": "Add rows",
    "只存为拟办，暂不下发": "Only save as drafts, not issued yet",
    "交办": "Issue",
    "仍然交办": "Issue all the same",
    "计算为%(day)s": "Counted as %(day)s",
    "按时限计算": "Counted from the limit",
    "完成期限不填，按缓急从次日起算：平件%(a)s、急件%(b)s、特急件%(c)s个工作日。": (
        "Without a due date the limit counts from the next "
        "day: normal %(a)s, urgent %(b)s, very urgent %(c)s working days."
    ),
    "配合单位每行一家，写成“单位：分工（2026-05-20）”。": (
        "Supporting departments one a line: “department: what it owes (2026-05-20)”."
    ),
    "其余见各行。": "The others stand in their rows.",
    "请留意": "Please note",
    "再次交办": "Issue it again",
    "来文：": "Document: ",
    "预览：%(file)s": "Preview: %(file)s",
    "行": "Row",
    "在页面上修改": "Edit on this page",
    "重新上传": "Upload again",
    "回到来文": "Back to the document",
    "再交办一批": "Issue another batch",
    "待签收": "Assigned",
    "拟办": "Draft",
    "新建任务": "New task",
    "每行一条": "One per line",
    "已保存为拟办任务。": "Saved as a draft.",
    "已交办。": "Issued.",
    "%(label)s：%(told)s": "%(label)s: %(told)s",
    "请核对，确认后再次提交。": "Check it, then send the form again to confirm.",
    "提交后先显示该事项的名称，核对后再办理。": "Its title is shown first; nothing happens before you confirm.",
    "没有编号为%(id)s的事项，或您无权查看。": "There is no item %(id)s, or it is not for you to see.",
    "%(number)s：%(told)s": "%(number)s: %(told)s",
    "任务名称": "Title",
    "承办单位": "Department",
    "工作要求": "Requirement",
    "申请内容": "The request",
    "申请时": "When filed",
    "申请为": "Asked for",
    "决定为": "Granted",
    "申请人": "Filed by",
    "所涉事项": "About",
    "现期限%(day)s": "now due %(day)s",
    "%(department)s %(name)s": "%(department)s, %(name)s",
    "%(number)s %(title)s": "%(number)s %(title)s",
    "%(light)s，至%(day)s": "%(light)s until %(day)s",
    "信号灯": "Light",
    "办理中": "in progress",
    "暂缓": "suspended",
    "每行一家：只写单位，或写单位、分工和完成日期，例如“%(example)s”": (
        "One per line: the department alone, or with its part and date, e.g. “%(example)s”"
    ),
    "%(name)s：提供数据（%(day)s）": "%(name)s: supplies the data (%(day)s)",
    "与办理时限二选一；都不填则按缓急从次日起算：平件%(a)s、急件%(b)s、特急件%(c)s个工作日": (
        "Give this or a limit, not both. Without either, the urgency decides, counted from the next day: "
        "%(a)s working days, urgent %(b)s, very urgent %(c)s"
    ),
    "自次日起算的工作日数；与完成期限二选一，不能同时填写": (
        "Working days from the next day on. Give this or a due date, not both"
    ),
    "填项目编号或全名": "The project’s number or its whole title",
}

BATCH_COUNTS: dict[str, tuple[str, str]] = {
    "有%(num)s处需要更正，改正前不会生成任何任务": (
        "%(num)s thing to correct; nothing is made before",
        "%(num)s things to correct; nothing is made before",
    ),
    "%(num)s项任务核对无误，可以交办": (
        "%(num)s task is right and can be issued",
        "%(num)s tasks are right and can be issued",
    ),
    "交办%(num)s项任务": ("Make %(num)s task", "Make %(num)s tasks"),
    "已生成%(num)s项任务": ("%(num)s task made", "%(num)s tasks made"),
}

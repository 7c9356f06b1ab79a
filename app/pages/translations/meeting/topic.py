"""English texts of topics: their lists, their form, what an item's page shows of topics and decisions."""

TOPIC: dict[str, str] = {
    "议题": "Topics",
    "议题内容": "Topic",
    "议定内容": "Decision",
    "所属议题": "Topic",
    "所属会议": "Meeting",
    "本单位议题": "Our topics",
    "议题审核": "Topics to look at",
    "申报议题": "Propose a topic",
    "更正议题": "Correct",
    "更正议题：%(title)s": "Correct a topic: %(title)s",
    "会议：全部": "Meeting: all",
    "没有符合筛选的议题": "No topic fits the filters",
    "没有议题": "No topics",
    "议题名称": "Title",
    "事项类别": "Matter",
    "决定由哪一级会议审议": "It decides which meeting takes it",
    "事由和协调情况": "Background, and what was discussed",
    "写明背景、已与哪些单位协商、分歧在哪里": "Background, who was consulted, where the differences lie",
    "提请会议决定的事项": "Decision sought",
    "写成会议可以直接同意的一句话": "One sentence that the meeting can simply agree to",
    "需要时间（分钟）": "Minutes wanted",
    "需要时间": "Time wanted",
    "限定知悉范围": "Restricted",
    "只有有关单位负责人和领导可见，不进入议程的公开部分。": (
        "Only the heads concerned and the leadership see it; it is left out of the open agenda."
    ),
    "涉及的单位": "Departments concerned",
    "送这些单位会签；不涉及其他单位的事项不上会。": (
        "They are asked to countersign; what concerns no other department does not come before the meeting."
    ),
    "会议材料在保存后的议题页面上作为附件添加。": "Papers are added as files on the topic's page once it is saved.",
    "现在不能由您申报或更正：须在申报单位任职，会议尚未召开，且议题尚未申报。": (
        "Not yours to propose or correct now: it takes a post in the department, a meeting that has not begun, and a "
        "topic that is not submitted."
    ),
    "已起草，尚未申报。请附上会议材料，送有关单位会签后申报。": (
        "Drafted, not submitted yet. Add the papers, have it countersigned, then submit it."
    ),
    "已更正；原有会签作废，请重新送会签。": "Corrected; former signatures no longer count, send it round again.",
    "议程位次": "Place on the agenda",
    "转会": "Deferred",
    "已转%(count)s次": "deferred %(count)s×",
    "主持人裁定": "Chair's ruling",
    "本不符合": "Against",
    "请裁定的问题": "To be ruled on",
    "已会签同意": "countersigned",
    "有分歧": "differs",
    "尚未会签": "not yet",
    "上次议定事项": "follow-up",
    "提交会议的督办事项": "escalated",
    "程序性议题": "procedural",
    "临时动议": "late topic",
    "提请决定": "Decision sought",
    "现在不能直接申报：": "It cannot be submitted as it is:",
    "来源事项": "Comes from",
    "备注": "Notes",
    "审议结论": "Outcome of the discussion",
    "有关单位意见": "What the departments concerned say",
    "纪要印发时转为任务": "Becomes a task when the minutes are issued",
    "落实日期": "Carried out on",
    "来自会议议定事项": "From a decision of a meeting",
}

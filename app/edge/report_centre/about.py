"""What each kind of paper is, in one sentence for whoever chooses; a test compares the names with the catalogue's."""

from workflows.words import Text

ABOUT: dict[str, Text] = {
    "progress": Text(
        "各联合项目一个月来的进展、催办和资金，供领导小组掌握全局。",
        "How the joint projects, urging and funds went in a month, for the leadership group.",
    ),
    "project_report": Text(
        "一个项目的计划与实际、里程碑、资金和待解决的问题。",
        "One project: plan and fact, milestones, money, what is to be solved.",
    ),
    "bulletin": Text(
        "各单位一个月按期办结情况及排名，用于通报。",
        "How many of their tasks the departments finished in time in a month, ranked.",
    ),
    "review": Text(
        "全年联合工作总结：完成情况、催办、资金和各单位表现。",
        "The year's joint work: what was done, urging, money, how the departments did.",
    ),
    "ruling": Text(
        "职责争议的协调裁定：争议事由、各方意见和裁定结果。",
        "What was ruled in a dispute over who is responsible, with both sides' reasons.",
    ),
    "acceptance": Text(
        "项目通过验收的证书：验收标准、逐条结论和签署。",
        "That a project was accepted: criteria, findings one by one, signatures.",
    ),
    "slip": Text(
        "督办单、预警单，带回执，送承办单位。",
        "A supervision notice with its reply slip, for the department concerned.",
    ),
    "minutes": Text("已印发或正在会签的会议纪要。", "The minutes of a meeting, issued or being co-signed."),
    "notice": Text("会议时间、地点、议题和参会人员。", "When and where a meeting is held, its topics, who is asked."),
    "allocation": Text(
        "专项资金下达文件：用途、金额、绩效目标。", "An allocation of special funds: purpose, amount, goals."
    ),
    "order": Text("拨付资金的凭据，金额有大写。", "The order to pay a tranche, its amount in words, too."),
    "execution": Text(
        "一项专项资金一年的下达、拨付和结余。", "What of a fund was allocated, paid and left over in a year."
    ),
}


def say_about(name: str) -> Text:
    """Return what a kind of paper is; nothing where the catalogue has it and this table not."""
    return ABOUT.get(name, Text("", ""))

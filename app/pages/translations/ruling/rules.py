"""English texts of the rules, their versions, drafts and previews, by their Chinese source."""

RULES: dict[str, str] = {
    "办理规则": "Rules",
    "%(day)s届满，%(at)s %(level)s": "ends %(day)s, %(level)s on %(at)s",
    "%(day)s届满，不再升级": "ends %(day)s, rises no further",
    "%(drafter)s起草，%(publisher)s公布": "drafted by %(drafter)s, published by %(publisher)s",
    "%(name)s %(count)s件": "%(name)s %(count)s",
    "%(name)s保存": "saved by %(name)s",
    "%(name)s公布": "published by %(name)s",
    "%(name)s撤回": "withdrawn by %(name)s",
    "%(name)s起草": "drafted by %(name)s",
    "%(name)s已先保存了这份草稿。": "%(name)s saved this draft meanwhile.",
    "%(what)s（票数或百分比）": "%(what)s (votes or per cent)",
    "下面是您填写的内容。再次保存将以您的为准。": (
        "Below stands what you typed; saving again puts it in place of theirs."
    ),
    "对方保存的是：": "They saved:",
    "理由：%(reason)s": "Reason: %(reason)s",
    "不同意的效力": "A refusal",
    "与上一版的不同": "Different from the version before",
    "与第%(version)s版相比": "against version %(version)s",
    "个工作小时": "working hours",
    "个工作日": "working days",
    "天": "days",
    "届满前": "before the end",
    "届满后": "after the end",
    "事项种类": "Kind of item",
    "仍按旧规则的在办事项": "Open items under earlier rules",
    "第%(version)s版自%(day)s起生效，届时才能调整在办事项；以下为预览。": (
        "Version %(version)s takes effect on %(day)s; open items can be moved from then on. This is a preview."
    ),
    "件数": "Items",
    "任何一人同意即可": "any one signature suffices",
    "须全部同意": "all must agree",
    "依次签署，须全部同意": "in order; all must agree",
    "同意满若干票": "votes for it reach",
    "同意达到百分之": "per cent that agree",
    "会签规则": "Sign-offs",
    "通过规则": "Passes when",
    "每签票数": "Votes a signature",
    "保存草稿": "Save draft",
    "修改草稿": "Edit draft",
    "撤回草稿": "Withdraw draft",
    "公布为新版规则": "Publish as the new version",
    "公布后只约束新办事项；在办事项仍按原规则，由协调办另行选择调整。只统计您可以查看的事项。": (
        "Published, it binds what begins from then on; open items keep their rules until the office moves them. Only"
        " items that you may read are counted."
    ),
    "公布或撤回": "Publish or withdraw",
    "公布说明：%(note)s": "On publishing: %(note)s",
    "到时仍未办，依次通知谁": "who is told, in turn, while nothing is done",
    "历次版本": "Versions",
    "在办事项": "Open items",
    "在办事项很多，后三项只统计了前一部分。": (
        "There are many open items; the last three figures are of the first ones."
    ),
    "在第%(version)s版的基础上；保存后先看影响，再由另一人公布。": (
        "On the basis of version %(version)s; saved, its effect is looked at, then somebody else publishes it."
    ),
    "将选中的改按新版规则": "Move the chosen to the new rules",
    "已公布": "Published",
    "已公布为第%(version)s版。在办事项仍按原规则，可在此选择调整。": (
        "Published as version %(version)s. Open items keep their rules; they can be moved from here."
    ),
    "已公布或撤回": "Published or withdrawn",
    "已公布更新的版本，尚未生效。": "A newer version is published and not in force yet.",
    "已公布，未生效": "published, not in force yet",
    "已被新版取代": "replaced by a newer one",
    "现行": "in force",
    "已撤回：%(note)s": "Withdrawn: %(note)s",
    "待公布": "To be published",
    "您参与了起草，须由另一位协调办主任或领导小组成员公布。": (
        "You wrote in this draft; another director of the office or one of the leadership group publishes it."
    ),
    "由未参与起草的协调办主任或领导小组成员公布。": (
        "Published by the office's director or one of the leadership group who did not write in it."
    ),
    "草稿不生效；由未参与起草的协调办主任或领导小组成员公布。": (
        "Drafts bind nobody; the office's director or one of the leadership group who did not write in them publishes"
        " them."
    ),
    "您可以查看的在办事项，都已适用这一版或不受其影响。": (
        "The open items that you may read are under this version already, or not touched by it."
    ),
    "没有需要调整的事项": "Nothing to move",
    "按状态和单位": "By state and department",
    "换到另一类前，请先保存本页。": "Save this page before you go to another kind.",
    "提示": "At once",
    "改为": "becomes",
    "改动": "Changes",
    "有改动": "changed",
    "新办事项按当日现行的版本；在办事项按开始时的版本，协调办可逐件调整。": (
        "New items go by the version of their day; open ones by the one under which they began, until the office"
        " moves them."
    ),
    "时限不变": "limits stay",
    "时限和下一级催办": "Limit and next rung",
    "时限或催办会变动": "Limits or rungs that would move",
    "随即升级": "rises at once",
    "随即超时": "over at once",
    "涉及的在办事项": "Open items touched",
    "更早的": "Earlier ones",
    "更早的版本": "Earlier versions",
    "未定单位": "no department",
    "查看影响": "See its effect",
    "%(name)s的签署规则": "%(name)s: rule",
    "%(rule)s：%(fault)s": "%(rule)s: %(fault)s",
    "版本": "Version",
    "现值": "Value",
    "现行第%(version)s版，自%(day)s起": "Version %(version)s, in force since %(day)s",
    "理由和改动": "Why, and what changed",
    "督办和报告": "Supervision and reports",
    "自%(day)s起": "from %(day)s",
    "自%(day)s起适用": "takes effect on %(day)s",
    "自何日起适用": "Takes effect on",
    "自公布之日起适用": "takes effect when it is published",
    "（不填为公布之日）": " (left out: the day of publishing)",
    "（撤回须写明原因）": " (needed to withdraw)",
    "若调整在办事项，会有哪些影响": "What would follow if open items were moved",
    "草稿已保存。": "The draft is saved.",
    "草稿已保存，尚未生效。请核对影响，再由另一人公布。": (
        "The draft is saved and binds nobody yet. Look at its effect; then somebody else publishes it."
    ),
    "草稿已撤回。": "The draft is withdrawn.",
    "草稿待公布：%(reason)s": "A draft waits to be published: %(reason)s",
    "草稿，尚未生效": "Draft, not in force",
    "规则在此期间已更新为第%(version)s版，须核对并重新保存后才能公布。": (
        "The rules have become version %(version)s meanwhile; the draft is to be checked and saved anew before it is"
        " published."
    ),
    "规则已更新为第%(version)s版，请核对各项后保存。": (
        "The rules have become version %(version)s; check every value, then save."
    ),
    "规则的历次版本": "Versions of the rules",
    "规则第%(version)s版": "Rules, version %(version)s",
    "规则草稿": "Drafts of rules",
    "调整理由": "Reason",
    "起用": "In force from",
    "起草、保存": "Drafted, saved",
    "起草、公布": "Drafted, published",
    "起草的调整会列在这里，公布后成为新版规则。": (
        "Changes that are drafted stand here; published, they become the next version."
    ),
    "起草规则调整": "Draft a change of rules",
    "起草调整": "Draft a change",
    "选中的事项改按第%(version)s版：时限重新计算，完成期限和已发出的催办不变，正在进行的会签按原规则签完。": (
        "What you choose goes by version %(version)s: limits are counted anew; due dates and what was raised stay; a"
        " round of signatures that runs is signed to its end by its own rule."
    ),
    "选择": "Choose",
    "选择%(title)s": "Choose %(title)s",
    "随产品版本或由命令设定": "Came with a release, or was set by a command",
}

RULES_COUNTS: dict[str, tuple[str, str]] = {
    "%(num)s件没有调整": ("%(num)s item was not moved", "%(num)s items were not moved"),
    "已调整%(num)s件。": ("%(num)s item moved.", "%(num)s items moved."),
}

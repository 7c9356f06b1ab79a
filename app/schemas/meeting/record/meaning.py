"""What the fields of minutes, follow-up and execution mean, as `app.schemas.meaning` has it."""

RECORD_MEANINGS: dict[str, tuple[str, str]] = {
    "Minutes.content": ("Texts, topics, decisions, attendance, co-signing, without what the caller may not read",
                        "正文、议题、议定事项、到会、会签，不含无权查看的部分"),
    "Minutes.version": ("The issued version; null: the draft", "印发的版本，null为草稿"),
    "held_back": ("Restricted topics that were left out", "未列出的限定范围议题数"),
    "MinutesVersion.sha256": ("Of the canonical JSON of the whole content", "全部内容规范JSON的SHA-256"),
    "place": ("opening, closing, topic:<id> or decision:<id>", "部分：opening、closing、topic:编号、decision:编号"),
    "MinutesComment.outcome": ("adopted, declined; null: not answered yet", "采纳、不采纳，null为未答复"),
    "standing": ("How it stands: done_in_time, done_late, late, open, undated, information, dropped", "办理情况"),
    "late_days": ("Calendar days behind its date", "逾期天数"),
    "FollowedDecision.reason": ("Why it comes back: late, due_soon, changed; null: it does not",
                                "提交会议的原因，null为不提交"),
    "gaps": ("What it lacks: no_owner, no_date, many_owners, date_text, task_cancelled", "缺什么"),
    "DecisionRates.denominator": ("What the rate is a share of, in words", "落实率口径"),
    "counted": ("Done or past the date: the denominator", "应落实：已办结和逾期未办之和"),
    "is_cut": ("Older meetings are counted in the total and not listed", "更早的会议只计入合计"),
    "is_ahead": ("It has not come yet", "尚未发生"),
}  # fmt: skip

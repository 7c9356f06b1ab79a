"""English texts of the report centre and of plans of reports, by their Chinese source."""

REPORT: dict[str, str] = {
    "报告中心": "Reports",
    "报告只写您有权查看的内容，同一份数据出各种格式。": (
        "A report shows what you may read; every format comes from the same data."
    ),
    "定期报告": "Planned reports",
    "换一种报告": "Another report",
    "写哪个事项：编号或标题": "Which item: number or title",
    "没有找到您能查看的事项，请换个词。": "Nothing found that you may read; try other words.",
    "查找": "Find",
    "顺延": "The next working day",
    "提前": "The working day before",
    "不调整": "As it is",
    "另选事项": "Another item",
    "年度": "Year",
    "语言": "Language",
    "格式": "Format",
    "生成报告": "Make the report",
    "编号签发": "Issue with a number",
    "签发的，中英文各种格式一并编号、定版存档，此后只能更正。": (
        "Issued, the paper is numbered and kept as it is, in both languages and every format; from then on it can only"
        " be corrected."
    ),
    "选多种语言或格式的，打包为一个ZIP文件": "Several languages or formats come as one ZIP file",
    "选择报告": "Choose a report",
    "您目前没有可以生成的报告。": "There is no report for you to make at present.",
    "分送给我的": "Sent to me",
    "排版第%(n)s份，共%(all)s份": "Laying out file %(n)s of %(all)s",
    "再次办理，前一次": "Asked for again after",
    # Plans
    "到期自动生成，分送名单上的人员": "Made by themselves when due and sent to the people on the list",
    "新建计划": "New plan",
    "修改计划": "Change the plan",
    "计划": "Plan",
    "下次生成": "Next",
    "上次": "Last",
    "分送": "Sent to",
    "已暂停": "Paused",
    "还没有报告计划": "No plans yet",
    "计划名称": "Name of the plan",
    "写哪个事项：编号": "Which item: its number",
    "限定知悉的事项不能定期分送。": "Restricted items cannot be sent round.",
    "何时生成": "When",
    "第几个工作日": "A working day",
    "几日": "A day of the month",
    "遇休息日（按日期时）": "On a rest day (for a date)",
    "写已结束的上一期：月报写上月，年度报告每年1月生成。工作日以官方放假安排为准。": (
        "It tells of the period that ended last: the month before, or, each January, the year before. Working days"
        " follow the official calendar."
    ),
    "签发": "Issue",
    "工作稿，不编文号": "A working copy without a number",
    "直接签发：编文号、存档，此后不再改变": "Issued at once: numbered, kept, never changed again",
    "分送给": "Sent to",
    "按协调办的查看范围生成，不含限定知悉的事项；名单上的人都能看到全文，含其平时无权查看的事项，请据此确定名单。": (
        "A planned report is made as the coordination office reads, without restricted items. Everybody on the list"
        " sees all of it, also items that they could not open otherwise: choose the list accordingly."
    ),
    "各单位负责人": "Heads of departments",
    "领导、协调办和审计岗位": "Posts of leaders, the office and auditors",
    "其他人员：姓名或登录名": "Other people: name or log-in",
    "每行一人，或用顿号分开。岗位和负责人换人后，自动送新任。": (
        "One a line, or with commas. When a post or a head changes hands, the report goes to the successor."
    ),
    "保存计划": "Save the plan",
    "报告计划已建立，到期自动生成并分送。": "The plan is made; its reports come by themselves.",
    "报告计划已修改。": "The plan was changed.",
    "计划已暂停，暂停期间到期的不再补作。": "The plan is paused; what falls due meanwhile is not made up for.",
    "计划已恢复执行。": "The plan goes on.",
    "已安排生成，完成后分送。": "It is being made and will be sent round.",
    "立即生成上一期": "Make the last period now",
    "暂停": "Pause",
    "恢复执行": "Go on",
    "各期": "Periods",
    "期次": "Period",
    "应生成": "Due",
    "已送": "Sent to",
    "停运较久，只补作最近几期；需要的可单独生成。": (
        "After the long standstill only the last periods were made; this one can be made by itself."
    ),
    "迟至%(at)s": "Late, %(at)s",
    "重新生成": "Make again",
    "生成": "Make",
    "还没有到期的": "Nothing has fallen due yet",
    "直接签发": "Issued",
    "工作稿": "Working copy",
    "建立岗位": "Kept by",
    "即将生成": "Coming",
    "没有分送对象，只留在本页。": "It goes to nobody; it is kept on this page.",
    "下载文件": "Files",
    "分送给我的报告": "Reports sent to me",
    "还没有分送给您的报告": "No report was sent to you yet",
    "%(at)s生成": "made %(at)s",
    "按协调办的查看范围生成，不含限定知悉的事项。": "Made as the coordination office reads, without restricted items.",
    "这份文件已被更正：%(at)s签发了第%(version)s版，请以新版为准。": (
        "This paper was corrected: version %(version)s, issued %(at)s, takes its place."
    ),
    "这是工作稿，不作正式文件使用。": " A working copy, not an official paper.",
}

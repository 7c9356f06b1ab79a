"""English texts of the city's overview, the working calendar and the escalation board, by their Chinese source."""

CITY: dict[str, str] = {
    # The overview
    "全市概览": "City overview",
    "数字生成于%(at)s": "Figures made %(at)s",
    "下次更新%(at)s": "next update %(at)s",
    "只统计可阅看的事项": "Counted over the items that you may read",
    "现在更新": "Update now",
    "统计范围": "Counted over",
    "统计范围：%(name)s": "Counted over: %(name)s",
    "全市，含限定范围的事项": "The whole city, restricted items included",
    "全市，不含限定范围的事项": "The whole city, restricted items left out",
    "数字尚未生成": "No figures yet",
    "系统定时生成，下次%(at)s。": "The system makes them at set times, next %(at)s.",
    "先看事项列表": "See the items meanwhile",
    "目前没有可统计的范围": "There is nothing to count over",
    "概览按职务所在单位统计。": "The overview counts over the department of your post.",
    "统计数字已更新。": "The figures were made anew.",
    "统计数字刚刚更新过。": "The figures are fresh: they were made a moment ago.",
    "在办项目：按灯": "Open projects by light",
    "在办项目：按阶段": "Open projects by phase",
    "分母：在办项目%(count)s个": "Base: open projects, %(count)s",
    "项目数": "Projects",
    "占比": "Part of all",
    "图示": "Chart",
    "尚未进入阶段": "No phase begun",
    "没有在办项目": "No open projects",
    "今后十二周的到期量": "Load of the next twelve weeks",
    "未了结的事项，按完成期限；暂缓的也计入": "Open items by due date, suspended ones included",
    "到期": "Due",
    "合计": "Total",
    "已逾期": "Overdue",
    "另有%(count)s件没有完成期限": "%(count)s more have no due date",
    "各牵头单位按期办结率": "On-time rate by lead department",
    "近十二个月办结的任务和分工；分母为其中有原定期限的，分子为最后一次报送不迟于原定期限的": (
        "Tasks and shares finished in the last twelve months: those last submitted by their original due date,"
        " of those that had one"
    ),
    "按期办结率": "On time",
    "按期／有期限": "On time / dated",
    "办结": "Finished",
    "现逾期未结": "Open and overdue now",
    "近十二个月": "Last twelve months",
    "逐月数字（按期／有期限）": "Month by month (on time / dated)",
    "近十二个月没有办结的任务和分工": "No task or share was finished in the last twelve months",
    "各状态停留时间": "Time spent in each state",
    "近十二个月内离开该状态的每次停留，按工作日；横条为中位数，短竖线为九成停留不超过的天数": (
        "Every stay that ended in the last twelve months, in working days. The bar is the median; nine stays in ten"
        " ended by the short stroke"
    ),
    "中位数（工作日）": "Median (working days)",
    "九成不超过": "Nine in ten within",
    "次数": "Stays",
    "状态名称通往现处该状态的事项；台账导入时已在的状态不知何时进入，不计": (
        "A state's name leads to the items in it now. States in which ledgers brought items are left out:"
        " nobody knows when they began"
    ),
    "近十二个月没有结束的停留": "No stay ended in the last twelve months",
    "部门联合矩阵": "Joint work between departments",
    "行为牵头单位，列为配合单位；数字为在办的联合项目和任务": (
        "Lead departments down, supporting ones across; open joint projects and tasks"
    ),
    "牵头＼配合": "Lead \\ support",
    "%(lead)s牵头、%(support)s配合：项目%(projects)s个，任务%(tasks)s项": (
        "%(lead)s leads, %(support)s supports: projects %(projects)s, tasks %(tasks)s"
    ),
    "一件有几家配合单位的，在各家名下各计一次": "Work with several supporters counts once under each of them",
    "没有在办的联合项目和任务": "No open joint projects or tasks",
    "更新%(n)s组统计数字": "figures made for %(n)s readers",
    # The working calendar
    "工作日历": "Working calendar",
    "%(year)s年工作日历": "Working calendar %(year)s",
    "正式安排": "Official",
    "暂定：只有预测，正式安排公布后请导入": (
        "Provisional: a forecast only; load the official table once it is published"
    ),
    "暂定：尚未导入放假安排，只按周末推算": "Provisional: no table is loaded, only weekends are known",
    "全年工作日%(count)s天": "%(count)s working days in the year",
    "工作日%(count)s天": "%(count)s working days",
    "%(day)s导入": "Loaded %(day)s",
    "下载安排": "Download the table",
    "导入放假安排": "Load a table",
    "年份": "Year",
    "上一年": "The year before",
    "下一年": "The next year",
    "休": "H",
    "班": "W",
    "工作日": "Working day",
    "周末": "Weekend",
    "放假": "Holiday",
    "调休上班": "Make-up workday",
    "%(what)s（%(name)s）": "%(what)s (%(name)s)",
    "今天": "Today",
    "放假与调休": "Holidays and make-up workdays",
    "节日": "Holiday name",
    "天数": "Days",
    "这一年没有列出的节假日": "No holidays are listed for this year",
    "周末照常休息，期限均为暂定。": "Weekends are off as ever; all limits are provisional.",
    "工作日推算": "Count working days",
    "起始日期（当天不计）": "From (the day itself does not count)",
    "截止日期": "Until",
    "或者工作日数": "Or a number of working days",
    "填写后推算第几个工作日是哪一天，负数往前推": "Gives the date of that working day; a negative number counts back",
    "推算": "Count",
    "%(from)s起第%(n)s个工作日是%(until)s": "Working day %(n)s from %(from)s is %(until)s",
    "%(from)s之后至%(until)s共%(n)s个工作日": "Working days after %(from)s up to %(until)s: %(n)s",
    "涉及尚未公布安排的年份，结果为暂定": "Provisional: it rests on a year whose table is not published",
    "按国务院办公厅每年的通知；先核对影响，再导入": (
        "After the State Council's yearly notice; see what it moves before you load it"
    ),
    "%(year)s年安排的影响": "What the table of %(year)s does",
    "预测：该年仍为暂定": "A forecast: the year stays provisional",
    "有%(days)s天的性质改变；%(moves)s个推算的完成期限随之移动。手填的期限不动。": (
        "Days that change: %(days)s. Computed due dates that move: %(moves)s. Typed dates stay."
    ),
    "与现有安排相同，导入后没有变化。": "The same as what is loaded: nothing would change.",
    "改变的日期": "Days that change",
    "按星期": "as its weekday",
    "导入": "Load",
    "换一个文件": "Choose another file",
    "移动的完成期限": "Due dates that move",
    "现期限": "Due now",
    "新期限": "New due date",
    "共%(moves)s个，这里列出可阅看的前%(shown)s个": (
        "%(moves)s in all; the first %(shown)s that you may read are shown"
    ),
    "移动的期限不在可阅看的事项中": "None of the dates that move is of an item that you may read",
    "安排文件（JSON）": "The table (JSON file)",
    "或者粘贴内容": "Or paste it here",
    "格式与“下载安排”得到的文件相同": "The form is that of the file under “Download the table”",
    "核对": "Check",
    "返回": "Back",
    "%(year)s年安排已导入：%(days)s天有变，%(dates)s个期限、%(rungs)s个催办时点随之调整。": (
        "The table of %(year)s is loaded. Changed: days %(days)s, due dates %(dates)s, escalation times %(rungs)s."
    ),
    # The escalation board
    "下次巡检%(at)s": "Next sweep %(at)s",
    "待签发的督办单": "Notices to issue",
    "单位：全部": "Department: all",
    "原因：全部": "Cause: all",
    "项目：全部": "Project: all",
    "显示%(count)s件": "%(count)s shown",
    "显示%(count)s件，还有更多": "%(count)s shown, there are more",
    "看答复": "See the answer",
    "已停表": "Clock stopped",
    "暂停至%(day)s": "held until %(day)s",
    "按签发日期统计您可阅看的预警单和督办单；扣分按记分日期": (
        "Notices that you may read, by day of issue; points by the day they were entered"
    ),
    "未答复即了结": "Ended unanswered",
    (
        "黄色与红色之和，等于按期答复、逾期答复、尚未答复、未答复即了结四项之和。未答复即了结：被红色督办单接"
        "续、被撤销，或事项已办结。被退回、申诉、被撤销另计，可与前几项重复。"
    ): (
        "Yellow and red together are the sum of: answered in time, answered late, not answered, ended "
        "unanswered. A notice ends unanswered when a red one takes its place, when it is withdrawn, or when "
        "its matter is done. Returned, appealed and withdrawn are counted beside these."
    ),
}

CITY_COUNTS: dict[str, tuple[str, str]] = {}

"""English texts of lists of items, their views and exports, by their Chinese source."""

LISTING: dict[str, str] = {
    "需要关注": "Needs attention",
    "列": "Columns",
    "显示的列": "Columns to show",
    "应用": "Apply",
    "保存视图": "Save view",
    "视图名称": "Name of the view",
    "保存现在的筛选、排列和列，最多%(longest)s字。同名的会更新，换名再存即改名。": (
        "Keeps the filters, order and columns you see. At most %(longest)s characters. A known name is updated; saving"
        " under another name renames the view."
    ),
    "共享给所有人（各人只看到自己有权查看的事项）": "Share with everybody (each sees only what they may read)",
    "共享视图": "Shared view",
    "删除视图“%(name)s”": "Delete the view “%(name)s”",
    "视图已保存。": "The view is saved.",
    "视图已删除。": "The view is deleted.",
    "导出": "Export",
    "Excel 工作簿（.xlsx）": "Excel workbook (.xlsx)",
    "CSV 文本（.csv）": "CSV text (.csv)",
    "导出现在看到的筛选、排列和列的全部行，并记入日志。": (
        "Every row of the list as you see it: filters, order, columns. Exports are logged."
    ),
    "清单超过%(count)s行，需要在后台导出": "The list has more than %(count)s rows: export it in the background",
    "完成后会通知您，文件保存在“后台任务”中。": "You are told when it is ready; the file waits under Background work.",
    "在后台导出": "Export in the background",
    "返回清单": "Back to the list",
    "按模板立项": "New project",
    "更多筛选": "More filters",
    "应用筛选": "Apply filters",
    "单位的角色": "Department's part",
    "来源": "Source",
    "项目阶段": "Project phase",
    "已到的督办级别": "Level reached",
    "%(level)s及以上": "%(level)s or higher",
    "完成期限自": "Due from",
    "完成期限至": "Due until",
    "了结日期自": "Closed from",
    "了结日期至": "Closed until",
    "排列": "Order",
    "不限": "Any",
    "我": "Me",
    "筛选：%(what)s": "Filters: %(what)s",
    "不限上级事项": "Whatever it belongs to",
    "签发后起算": "counts from issue",
    "回到第一页": "First page",
    "地址中的筛选条件无法识别，没有采用：": "Filters in the address that are not known and were not applied: ",
    "另有%(count)s件已了结的符合。": "Closed items that match as well: %(count)s.",
    "另有%(count)s件在办的符合。": "Open items that match as well: %(count)s.",
    "一并查看": "Show them too",
    "搜索标题、编号和来文文号；按承办人、单位查找，请用筛选。": (
        "The search looks at titles, numbers and the numbers of source documents. For a person or a department, use"
        " the filters."
    ),
}

LISTING_COUNTS: dict[str, tuple[str, str]] = {
    "本页%(num)s件": ("%(num)s item on this page", "%(num)s items on this page"),
    "共%(num)s件": ("%(num)s item", "%(num)s items"),
}

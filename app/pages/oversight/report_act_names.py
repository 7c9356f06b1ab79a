"""Acts of long work, the report centre, plans of reports and backups in words, as the log shows them."""

from workflows.words import Text

REPORT_ACTS: dict[str, Text] = {
    "issue_paper": Text("签发文件定版", "paper issued and frozen"),
    "work.issue_paper": Text("申请签发文件", "issue of a paper asked for"),
    "work.paper": Text("申请生成报告", "report asked for"),
    "work.planned_paper": Text("定期报告到期生成", "planned report fell due"),
    "work.report": Text("申请生成月报", "monthly report asked for"),
    "work.export": Text("申请导出大清单", "long export asked for"),
    "work.import": Text("申请导入台账", "import asked for"),
    "work.cancel": Text("取消后台任务", "background work taken back"),
    "report_plan.make": Text("建立报告计划", "plan of reports made"),
    "report_plan.change": Text("修改报告计划", "plan of reports changed"),
    "report_plan.pause": Text("暂停报告计划", "plan of reports paused"),
    "report_plan.resume": Text("恢复报告计划", "plan of reports taken up again"),
    "report_plan.run": Text("立即生成定期报告", "planned report asked for"),
    "report_plan.pass_over": Text("停运期间的定期报告未补作", "planned reports missed and not made up for"),
    "backup": Text("备份全部数据", "everything backed up"),
    "restore": Text("从备份恢复", "restored from a backup"),
}
#: Addresses that were opened in vain.
REPORT_PLACES: dict[str, Text] = {
    "paper": Text("签发文件", "issued papers"),
    "verify": Text("文件核验", "check of a paper"),
    "report": Text("报告中心", "reports"),
    "report_plan": Text("报告计划", "plans of reports"),
}
REPORT_SUBJECTS: dict[str, Text] = {
    "database": Text("数据库", "database"),
    "paper": Text("签发文件", "issued paper"),
    "report_plan": Text("报告计划", "plan of reports"),
}

"""The checks in ONE table: whoever adds one writes a function and a row. `examine` looks, whatever happens to one."""

from collections.abc import Container, Iterable, Iterator

from app.core.watch.finding import Finding, State
from app.core.watch.logs import get_logger
from app.edge.context import Context
from app.edge.doctor.database import check_calendar, check_database, check_version
from app.edge.doctor.outside import check_certificate, check_mail, check_scanner
from app.edge.doctor.papers import check_fonts, check_libraries, check_pdf
from app.edge.doctor.parts import check_packages, check_settings
from app.edge.doctor.patient import Check, Cost, Patient, fault, look_at
from app.edge.doctor.place import check_disk, check_keys, check_store, check_var
from app.edge.doctor.running import (
    check_clock,
    check_jobs,
    check_lease,
    check_outbox,
    check_rungs,
    check_scheduler,
    check_seal,
    check_sweep,
    check_workers,
    check_works,
)
from app.edge.doctor.safety import check_backup
from app.edge.doctor.sealing import check_audit_key, check_data_keys
from workflows.words import Text

log = get_logger(__name__)

CHEAP: frozenset[Cost] = frozenset({"cheap"})
HOURLY: frozenset[Cost] = CHEAP | {"network"}
EVERYTHING: frozenset[Cost] = HOURLY | {"dear"}

CHECKS = (
    #     name           label                               looks
    Check("database", Text("数据库", "Database"), check_database),
    Check("version", Text("数据库版本", "Database version"), check_version, needs_database=True),
    Check("files", Text("数据目录", "Files"), check_var),
    Check("disk", Text("磁盘", "Disk"), check_disk),
    Check("store", Text("文件库", "Store of files"), check_store),
    Check("keys", Text("密钥", "Keys"), check_keys),
    Check("data_keys", Text("数据密钥", "Data keys"), check_data_keys),
    Check("audit_key", Text("日志签名密钥", "Key of the log"), check_audit_key, needs_database=True),
    Check("settings", Text("设置", "Settings"), check_settings),
    Check("scheduler", Text("定时任务进程", "Scheduler"), check_scheduler, needs_database=True),
    Check("workers", Text("作业进程", "Workers"), check_workers, needs_database=True),
    Check("lease", Text("定时任务锁", "Lease"), check_lease, needs_database=True),
    Check("jobs", Text("任务", "Jobs"), check_jobs, needs_database=True),
    Check("sweep", Text("巡检", "Sweep"), check_sweep, needs_database=True),
    Check("outbox", Text("消息发送", "Messages"), check_outbox, needs_database=True),
    Check("works", Text("后台任务", "Long works"), check_works, needs_database=True),
    Check("rungs", Text("滞后事项", "Open rungs"), check_rungs, needs_database=True),
    Check("seal", Text("日志封存", "Seal of the log"), check_seal, needs_database=True),
    Check("backup", Text("备份", "Backup"), check_backup, needs_database=True),
    Check("calendar", Text("放假安排", "Calendar"), check_calendar, needs_database=True),
    Check("clock", Text("时钟", "Clocks"), check_clock, needs_database=True),
    Check("libraries", Text("系统库", "Libraries"), check_libraries, cost="dear"),
    Check("fonts", Text("字体", "Fonts"), check_fonts, cost="dear"),
    Check("pdf", Text("PDF", "PDF"), check_pdf, cost="dear"),
    Check("packages", Text("软件包", "Packages"), check_packages, cost="dear"),
    Check("mail", Text("邮件服务器", "Mail server"), check_mail, cost="network"),
    Check("scanner", Text("病毒扫描", "Virus scanner"), check_scanner, cost="network"),
    Check("certificate", Text("证书", "Certificate"), check_certificate, cost="network"),
)
STATE_LABELS: dict[State, Text] = {
    "ok": Text("正常", "ok"),
    "warning": Text("注意", "warning"),
    "fault": Text("故障", "fault"),
}
LABELS = {check.name: check.label for check in CHECKS}


def examine(context: Context, costs: Container[Cost], checks: Iterable[Check] = CHECKS) -> list[Finding]:
    """Return what the checks of these costs find; what breaks in a check is its finding."""
    patient = look_at(context)
    return [found for check in checks if check.cost in costs for found in _look(check, patient)]


def _look(check: Check, patient: Patient) -> Iterator[Finding]:
    if check.needs_database and patient.vitals is None:
        return
    try:
        yield from list(check.look(patient))
    except Exception as error:  # whatever it is, the other checks are looked at
        log.info("a check failed", check=check.name, exc_info=True)
        yield fault(
            check.name,
            f"检查时出错（{type(error).__name__}）",
            f"It could not be looked at ({type(error).__name__})",
            "用LIANBAN_LOG=text flask doctor查看原因",
            "LIANBAN_LOG=text flask doctor tells why",
        )

"""The check of what the city would be restored from."""

from collections.abc import Iterator
from datetime import timedelta

from app.core.watch.finding import Finding
from app.edge.doctor.patient import Patient, fault, warn, well
from app.edge.doctor.running import say_span

#: So many times older than it may be is a fault.
_FAULT_TIMES = 3
_MEND = (
    "运行flask backup，并启用每夜的备份（systemctl enable --now lianban-backup.timer）",
    "Run flask backup, and let it run each night (systemctl enable --now lianban-backup.timer)",
)


def check_backup(patient: Patient) -> Iterator[Finding]:
    """Look how old the last backup is; where there is none, as on the first day, it is a warning."""
    limit = timedelta(hours=patient.context.settings.backup_hours)
    vitals = patient.vitals
    if vitals is None:
        raise AssertionError("a check that needs the database is looked at without one")
    if not limit:
        yield well(
            "backup", "按设置不检查备份的时间", "the age of backups is not looked at, as LIANBAN_BACKUP_HOURS says"
        )
        return
    if vitals.backup_at is None:
        yield warn(
            "backup",
            "本数据库还没有备份（新安装或刚恢复的系统均须先备份一次）",
            "There is no backup of this database yet, as of one that is new or was restored",
            *_MEND,
        )
        return
    age = max(timedelta(), patient.now - vitals.backup_at)
    zh, en = say_span(age)
    if age > limit:
        found = fault if age > _FAULT_TIMES * limit else warn
        yield found("backup", f"上次备份在{zh}以前", f"The last backup is {en} old", *_MEND)
    elif vitals.backup_faults:
        yield warn(
            "backup",
            f"上次备份缺少{vitals.backup_faults}个文件",
            f"The last backup lacks {vitals.backup_faults} file{'s' * (vitals.backup_faults != 1)}",
            "运行flask attachment check，找回所列文件后重新备份",
            "Run flask attachment check, bring back the files that it names, and make another backup",
        )
    else:
        yield well("backup", f"上次备份在{zh}以前", f"the last backup is {en} old")

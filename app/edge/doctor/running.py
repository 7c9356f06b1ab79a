"""Checks of what runs: scheduler and its lease, jobs, sweeps, what waits to go out, rungs, the seal, clocks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text

from app.core.lease import make_lease
from app.core.watch.finding import Finding
from app.edge.doctor.patient import Patient, fault, warn, well
from app.queries.oversight.vitals import Queue, Vitals
from app.queries.worker import list_workers

#: So late is a warning, so late a fault.
_SWEEP = (timedelta(minutes=40), timedelta(hours=2))
_OUTBOX = (timedelta(minutes=10), timedelta(minutes=60))
_WORKS = (timedelta(minutes=15), timedelta(hours=2))
_SEAL = (timedelta(minutes=30), timedelta(hours=6))
#: Failures of a job in a row that are a fault; one or two mend themselves.
FAILURES = 3
_CLOCK = (timedelta(seconds=5), timedelta(seconds=60))
_SCHEDULER_MEND = (
    "启动flask scheduler，并查看其日志",
    "Start flask scheduler (systemctl start lianban-scheduler), and read its log",
)


def _vitals(patient: Patient) -> Vitals:
    if patient.vitals is None:
        raise AssertionError("a check that needs the database is looked at without one")
    return patient.vitals


def say_span(span: timedelta) -> tuple[str, str]:
    """Return a span in few words, Chinese and English."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:  # noqa: PLR2004  # minutes that are still read as such
        return f"{minutes}分钟", f"{minutes} minute{'s' * (minutes != 1)}"
    if minutes < 48 * 60:
        return f"{minutes // 60}小时", f"{minutes // 60} hours"
    return f"{minutes // 1440}天", f"{minutes // 1440} days"


def _judge(
    check: str,
    span: timedelta,
    limits: tuple[timedelta, timedelta],
    said: tuple[str, str],
    mend: tuple[str, str],
    fine: tuple[str, str],
) -> Finding:
    """Return what a delay means; `said` has the place of the delay as {}."""
    if span < limits[0]:
        return well(check, *fine)
    zh, en = say_span(span)
    found = fault if span >= limits[1] else warn
    return found(check, said[0].format(zh), said[1].format(en), *mend)


def check_scheduler(patient: Patient) -> Iterator[Finding]:
    """Look whether the scheduler was heard of."""
    health = _vitals(patient).scheduler
    if health.is_alive:
        yield well("scheduler", "定时任务进程在运行", "the scheduler runs")
    elif health.heard_at is None:
        yield warn(
            "scheduler",
            "定时任务进程从未启动，催办和消息不会运行",
            "The scheduler was never started: nothing escalates, no message goes out",
            *_SCHEDULER_MEND,
        )
    else:
        zh, en = say_span(patient.now - health.heard_at)
        yield fault(
            "scheduler",
            f"定时任务进程已{zh}没有信号，催办和消息已停止",
            f"The scheduler has been silent for {en}: nothing escalates, no message goes out",
            *_SCHEDULER_MEND,
        )


def check_lease(patient: Patient) -> Iterator[Finding]:
    """Look who holds the scheduler's lease."""
    database = patient.context.database
    if database.is_postgresql:
        with database.reading() as unit:
            rows = unit.connection().execute(
                text(
                    "SELECT a.pid, coalesce(host(a.client_addr), 'local'), a.backend_start FROM pg_locks l"
                    " JOIN pg_stat_activity a ON a.pid = l.pid"
                    " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 19522 AND l.objid = 1"
                )
            )
            told = [f"{address}, PostgreSQL {pid}, {since:%Y-%m-%d %H:%M} UTC" for pid, address, since in rows]
            held = [(one, one) for one in told]
    else:
        lease = make_lease(database, "scheduler")
        held = [] if lease.try_take() else [("本机的进程", "a process of this machine")]
        lease.release()
    if held:
        yield well("lease", f"定时任务由{held[0][0]}执行", f"the lease is held by {held[0][1]}")
    elif _vitals(patient).scheduler.is_alive:
        yield warn(
            "lease",
            "定时任务进程有信号，但没有进程持有其锁",
            "The scheduler beats, but nobody holds its lease",
            "稍后再看；仍如此时重启flask scheduler",
            "Look again in a moment; if it stays so, restart flask scheduler",
        )
    else:
        yield well("lease", "没有进程持有定时任务锁", "nobody holds the scheduler's lease")


def check_jobs(patient: Patient) -> Iterator[Finding]:
    """Look whether jobs fail again and again."""
    failed = [run for run in _vitals(patient).scheduler.runs if run.failures]
    for run in failed:
        found = fault if run.failures >= FAILURES else warn
        yield found(
            "jobs",
            f"任务{run.job}连续失败{run.failures}次",
            f"Job {run.job} failed {run.failures} time{'s' * (run.failures != 1)} in a row",
            "在定时任务页和日志中查看原因（按任务名查找）",
            "Read why on the page of scheduled jobs and in the log (look for the job's name)",
        )
    if not failed:
        yield well("jobs", "没有任务失败", "no job fails")


def check_sweep(patient: Patient) -> Iterator[Finding]:
    """Look whether rungs that were reached are raised."""
    vitals = _vitals(patient)
    lag = max(timedelta(), patient.now - vitals.next_rung_at) if vitals.next_rung_at else timedelta()
    yield _judge(
        "sweep",
        lag,
        _SWEEP,
        ("到级未催办最长已{}", "A rung that was reached has waited for {} to be raised"),
        ("运行flask escalate，查看定时任务进程", "Run flask escalate; look at the scheduler"),
        ("到级的都已催办", "whatever was reached is raised"),
    )


def check_outbox(patient: Patient) -> Iterator[Finding]:
    """Look whether messages, mails and webhook calls go out."""
    vitals = _vitals(patient)
    mend = (
        "查看定时任务进程、邮件服务器和发送记录页",
        "Look at the scheduler, the mail server and the page of deliveries",
    )
    places: tuple[tuple[Queue, str, str], ...] = (
        (vitals.outbox, "待发消息", "A message"),
        (vitals.mails, "待发邮件", "A mail"),
        (vitals.webhooks, "待推送", "A webhook call"),
    )
    found = [
        _judge(
            "outbox",
            queue.age(patient.now),
            _OUTBOX,
            (f"{zh}最长已等{{}}", f"{en} has waited for {{}} beyond its time"),
            mend,
            ("消息、邮件和推送没有积压", "no message, mail or call is late"),
        )
        for queue, zh, en in places
    ]
    late = [one for one in found if one.state != "ok"]
    yield from late or found[:1]
    held = vitals.mails.counts.get("held", 0) + vitals.webhooks.counts.get("held", 0)
    if held:
        yield warn(
            "outbox",
            f"停运期间的{held}封邮件和推送被扣留，待决定",
            f"{held} mails and calls from a standstill are held back for a decision",
            "在发送记录页放行或作废",
            "Release or mute them on the page of deliveries",
        )


def check_works(patient: Patient) -> Iterator[Finding]:
    """Look whether long works are taken up."""
    yield _judge(
        "works",
        _vitals(patient).works.age(patient.now),
        _WORKS,
        ("后台任务最长已等{}", "A long work has waited for {}"),
        ("查看定时任务进程或flask worker", "Look at the scheduler, or at flask worker"),
        ("后台任务没有积压", "no long work is late"),
    )


def check_workers(patient: Patient) -> Iterator[Finding]:
    """Look whether a process takes jobs from the queue; with SQLite there is none, and none is needed."""
    if not patient.context.database.is_postgresql:
        yield well("workers", "使用SQLite，不需要作业进程", "SQLite needs no worker")
        return
    with patient.context.database.reading() as unit:
        count = len(list_workers(unit, patient.now))
    if count:
        yield well("workers", f"有{count}个作业进程", f"{count} worker{'s' * (count != 1)} live")
    else:
        yield warn(
            "workers",
            "没有作业进程，后台任务和消息由定时任务进程办理",
            "No worker lives: the scheduler does long works and messages itself",
            "启动flask worker",
            "Start flask worker (systemctl start lianban-worker@1)",
        )


def check_rungs(patient: Patient) -> Iterator[Finding]:
    """Tell how long the oldest open rung stands: the city's matter, no fault of the system."""
    vitals = _vitals(patient)
    if vitals.oldest_rung_at is None:
        yield well("rungs", "没有滞后事项", "nothing stalls")
        return
    zh, en = say_span(patient.now - vitals.oldest_rung_at)
    count = sum(vitals.rungs.values())
    yield well("rungs", f"滞后事项{count}件，最早的已{zh}", f"{count} items stall, the oldest for {en}")


def check_seal(patient: Patient) -> Iterator[Finding]:
    """Look whether the log is sealed."""
    yield _judge(
        "seal",
        _age(_vitals(patient).unsealed_since, patient.now),
        _SEAL,
        ("日志已有{}没有封存", "Entries of the log have waited for {} to be sealed"),
        ("运行flask audit seal，查看其说明", "Run flask audit seal and read what it says"),
        ("日志已封存", "the log is sealed"),
    )


def check_clock(patient: Patient) -> Iterator[Finding]:
    """Look whether this machine's clock, the database's and the scheduler's agree."""
    heard_at = _vitals(patient).scheduler.heard_at
    apart = [("定时任务所在机器", "the scheduler's machine", heard_at - patient.now if heard_at else timedelta())]
    if patient.context.database.is_postgresql:
        with patient.context.database.reading() as unit:
            began = patient.context.now()
            told = unit.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        apart.append(("数据库服务器", "the database server", abs(told - began)))
    zh, en, most = max(apart, key=lambda one: one[2])
    if most < _CLOCK[0]:
        yield well("clock", "各机时钟一致", "the clocks agree")
        return
    seconds = int(most.total_seconds())
    found = fault if most >= _CLOCK[1] else warn
    yield found(
        "clock",
        f"本机与{zh}的时钟相差{seconds}秒",
        f"This machine's clock and that of {en} differ by {seconds} seconds",
        "在各机启用时间同步（chrony或systemd-timesyncd）",
        "Let every machine keep time (chrony or systemd-timesyncd)",
    )


def _age(since: datetime | None, now: datetime) -> timedelta:
    return max(timedelta(), now - since) if since else timedelta()

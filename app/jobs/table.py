"""The whole day in ONE table: which job runs when, and how late a missed run is still made up.

Times are the city's. A missed run is made up once, when the scheduler starts or gets its lease back, and is dated
with the instant to which it belongs; of several missed ones only the latest (case P21).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.jobs.attachment import attachment_job
from app.jobs.delivery import deliver_job
from app.jobs.meeting import meeting_job
from app.jobs.papers import papers_job
from app.jobs.queue import queue_job
from app.jobs.reports import reports_job
from app.jobs.seal import seal_job
from app.jobs.summary import summary_job
from app.jobs.sweep import sweep_job
from app.jobs.tools import Tools
from app.jobs.upkeep import upkeep_job
from app.jobs.watch import watch_job
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class Every:
    """Every `minutes` of each hour, counted from the full hour; `minutes` divides 60."""

    minutes: int

    @property
    def label(self) -> Text:
        """Return the rhythm in words."""
        if self.minutes == 1:
            return Text("每分钟", "every minute")
        return Text(f"每{self.minutes}分钟", f"every {self.minutes} minutes")

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= 60 or 60 % self.minutes:  # noqa: PLR2004  # minutes of an hour
            raise ValueError(f"{self.minutes} minutes do not divide an hour")

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the last instant of this rhythm up to `now`, in UTC."""
        local = now.astimezone(zone)
        passed = timedelta(minutes=local.minute % self.minutes, seconds=local.second, microseconds=local.microsecond)
        return now.astimezone(UTC) - passed

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the first instant of this rhythm after `instant`, in UTC."""
        return self.latest(instant, zone) + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at a wall-clock time of the city."""

    at: time

    @property
    def label(self) -> Text:
        """Return the rhythm in words."""
        return Text(f"每天{self.at:%H:%M}", f"daily at {self.at:%H:%M}")

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the last instant of this rhythm up to `now`, in UTC."""
        today = now.astimezone(zone).date()
        for on in (today, today - timedelta(1)):
            instant = datetime.combine(on, self.at, tzinfo=zone).astimezone(UTC)
            if instant <= now:
                return instant
        raise AssertionError("yesterday's time has passed")

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the first instant of this rhythm after `instant`, in UTC; no day is skipped by a clock change."""
        today = instant.astimezone(zone).date()
        for on in (today, today + timedelta(1)):
            found = datetime.combine(on, self.at, tzinfo=zone).astimezone(UTC)
            if found > instant:
                return found
        raise AssertionError("tomorrow's time is still to come")


@dataclass(frozen=True, slots=True)
class Job:
    """A job: name, rhythm, what it does and why, how late a missed run is still made up. Every job is idempotent."""

    name: str
    when: Every | Daily
    run: Callable[[Tools, datetime], str]
    grace: timedelta
    label: Text
    why: Text


#: However long nothing ran, the latest run is made up.
ALWAYS = timedelta(days=3650)

JOBS = (
    #   name      when                 what         grace
    Job("sweep", Every(minutes=15), sweep_job, ALWAYS,
        Text("巡检", "Sweep"),
        Text("到级的事项逐级催办，出具、签发督办单，更新信号灯，登记应报未报的进展。",
             "Raises what was reached, makes and issues slips, renews the lights, notes reports that are owed.")),
    Job("deliver", Every(minutes=1), deliver_job, ALWAYS,
        Text("投递消息", "Delivery"),
        Text("把待发消息送进各人消息箱，工作时间内发邮件，推送到外部系统。",
             "Brings what is owed into inboxes, sends mail within working hours, calls webhooks.")),
    Job("queue", Every(minutes=1), queue_job, timedelta(hours=1),
        Text("作业队列", "Queue"),
        Text("多机运行时，把中断或遗漏的后台任务重新排队，清理已办结的作业。",
             "Where several machines work, puts works that broke off or were lost into the queue again, tidies it.")),
    Job("summary", Every(minutes=15), summary_job, timedelta(hours=1),
        Text("统计概览", "Figures"),
        Text("为各单位重算全市概览的各项数字，页面不必逐件统计。",
             "Counts the figures of the city's overview for every reader, so that no page counts over everything.")),
    Job("papers", Every(minutes=15), papers_job, timedelta(hours=1),
        Text("文件存证", "Issued papers"),
        Text("把已签发的督办单、会议纪要、会议通知和资金文件定版存档，生成验证码。",
             "Freezes slips, minutes, notices and papers of funds that were issued, each with its code.")),
    Job("watch", Every(minutes=5), watch_job, timedelta(minutes=5),
        Text("系统自检", "Self-check"),
        Text("检查磁盘、文件、密钥、任务和待发消息，有故障时通知系统管理员，恢复后再通知。",
             "Looks at disk, files, keys, jobs and messages; tells administrators of a fault and of its end.")),
    Job("upkeep", Daily(time(3, 30)), upkeep_job, timedelta(hours=20),
        Text("夜间维护", "Upkeep"),
        Text("清理过期的重复请求记录和空巡检记录，预警闲置的专项资金，提醒缺少下一年放假安排。",
             "Forgets old answers and empty sweeps, warns of idle special funds and of a calendar that is missing.")),
    Job("meeting", Daily(time(6, 30)), meeting_job, timedelta(hours=20),
        Text("会议安排", "Meetings"),
        Text("按会议系列安排到期的会议，开始征集议题，提醒征集截止和发出通知，职务变动的由继任者接替参会。",
             "Plans meetings that are due, opens calls, reminds of cut-offs and notices, hands seats over.")),
    Job("reports", Every(minutes=5), reports_job, ALWAYS,
        Text("定期报告", "Planned reports"),
        Text("报告计划到期的，登记生成并分送；停运期间错过的补作最近几期。",
             "Enters the reports whose time has come; of those that a standstill missed, the last ones.")),
    Job("attachment", Daily(time(3, 40)), attachment_job, timedelta(hours=20),
        Text("附件维护", "Files"),
        Text("删除没有登记的文件，核对登记的文件是否完好。",
             "Removes files that no record needs, checks that recorded ones are there.")),
    Job("seal", Every(minutes=5), seal_job, timedelta(hours=1),
        Text("日志封存", "Seal of the log"),
        Text("把新的日志记录接入哈希树并签名，事后改动、删除、插入都能查出。",
             "Puts new entries of the log into the hash tree and signs it, so that later changes show.")),
)  # fmt: skip

"""The places of the product: the menu at the left, the bar at the foot of a phone."""

from dataclasses import dataclass

from flask_login import current_user

from app.pages.meeting.group.telling import GROUPS
from app.pages.show import say_label
from app.pages.words import gettext as _


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the menu; `place` is what a page gives as `here` to be marked."""

    place: str
    endpoint: str
    icon: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one label."""

    label: str
    links: tuple[Link, ...]


def make_menu() -> tuple[Group, ...]:
    """Return the menu in the present language."""
    return (
        Group(_("工作"), (_home(), _inbox(), _escalation(), _slips(), _messages())),
        Group(_("事项"), (_projects(), _tasks(), _meetings(), *_funds(), *_documents(), _templates())),
        Group(
            _("参阅"),
            (
                _city(),
                _groups(),
                _reports(),
                _papers(),
                _works(),
                _calendar(),
                _workflows(),
                _rules(),
                *_archive(),
                *_organisation(),
                *_day(),
                *_deliveries(),
                *_health(),
                *_log(),
            ),
        ),
    )


def make_tabs() -> tuple[Link, ...]:
    """Return the bar of a phone in the present language."""
    return (_home(), _inbox(), _projects(), _tasks(), Link("me", "preference.show", "list", _("更多")))


def _home() -> Link:
    return Link("home", "home.show_home", "house", _("我的工作"))


def _inbox() -> Link:
    return Link("inbox", "inbox.show", "inbox", _("待办"))


def _log() -> tuple[Link, ...]:
    """Return the log of acts, for those who oversee or run the system."""
    if not any(post.duty in ("auditor", "leader", "admin") for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("log", "log.show", "journal-text", _("日志")),)


def _escalation() -> Link:
    return Link("escalation", "escalation.show_board", "bell", _("催办"))


def _city() -> Link:
    return Link("city", "city.show", "bar-chart", _("全市概览"))


def _archive() -> tuple[Link, ...]:
    """Return the archive, for those who keep or oversee it; others find what is archived by the lists' filter."""
    if not any(post.duty in ("office", "leader", "auditor") for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("archive", "archive.list_all", "archive", _("归档")),)


def _calendar() -> Link:
    return Link("calendar", "calendar.show", "calendar3", _("工作日历"))


def _works() -> Link:
    return Link("works", "work.list_all", "hourglass-split", _("后台任务"))


def _reports() -> Link:
    return Link("reports", "report.show", "file-earmark-text", _("报告中心"))


def _papers() -> Link:
    return Link("papers", "paper.list_all", "patch-check", _("签发文件"))


def _workflows() -> Link:
    return Link("workflows", "project.list_workflows", "signpost-split", _("办理流程"))


def _rules() -> Link:
    return Link("rules", "rule.show_rules", "sliders", _("办理规则"))


def _messages() -> Link:
    return Link("messages", "message.show_messages", "envelope", _("消息"))


def _deliveries() -> tuple[Link, ...]:
    """Return the log of mails and webhook calls, for administrators."""
    if not any(post.duty == "admin" for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("deliveries", "message.show_deliveries", "send", _("发送记录")),)


def _health() -> tuple[Link, ...]:
    """Return how the installation stands, for administrators."""
    if not any(post.duty == "admin" for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("health", "health.show", "heart-pulse", _("系统状况")),)


def _slips() -> Link:
    return Link("slips", "slip.list_all", "exclamation-square", _("督办单"))


def _projects() -> Link:
    return Link("projects", "item.list_projects", "kanban", _("项目"))


def _funds() -> tuple[Link, ...]:
    """Return the special funds, for everybody who holds a post in the work."""
    if not any(post.duty != "admin" for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("funds", "fund.list_all", "cash-stack", _("专项资金")),)


def _documents() -> tuple[Link, ...]:
    """Return the register of documents, for those who keep or oversee it."""
    if not any(post.duty in ("office", "leader", "auditor") for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("documents", "document.list_all", "envelope-paper", _("来文批示")),)


def _templates() -> Link:
    return Link("templates", "template.list_all", "layers", _("项目模板"))


def _tasks() -> Link:
    return Link("tasks", "item.list_tasks", "check2-square", _("任务"))


def _groups() -> Link:
    return Link("groups", "group.list_all", "diagram-2", say_label(GROUPS))


def _meetings() -> Link:
    return Link("meetings", "meeting.list_all", "people", _("会议"))


def _day() -> tuple[Link, ...]:
    """Return the scheduler's day, for the office and administrators."""
    if not any(post.duty in ("admin", "office") for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("day", "day.show", "clock-history", _("定时任务")),)


def _organisation() -> tuple[Link, ...]:
    """Return the departments, people and posts, for those who look after them."""
    if not any(post.duty in ("admin", "office") for post in getattr(current_user, "posts", ())):
        return ()
    return (Link("organisation", "organisation.show_tree", "diagram-3", _("组织机构")),)

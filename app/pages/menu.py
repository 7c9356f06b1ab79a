"""The places of the product: the menu at the left, the bar at the foot of a phone."""

from dataclasses import dataclass

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
        Group(_("工作"), (_home(), _escalation())),
        Group(_("事项"), (_projects(), _tasks())),
        Group(_("参阅"), (Link("reports", "report.show", "file-earmark-text", _("工作月报")),)),
    )


def make_tabs() -> tuple[Link, ...]:
    """Return the bar of a phone in the present language."""
    return (_home(), _escalation(), _projects(), _tasks(), Link("me", "preference.show", "list", _("更多")))


def _home() -> Link:
    return Link("home", "home.show_home", "house", _("我的工作"))


def _escalation() -> Link:
    return Link("escalation", "escalation.show_board", "bell", _("催办"))


def _projects() -> Link:
    return Link("projects", "item.list_projects", "kanban", _("项目"))


def _tasks() -> Link:
    return Link("tasks", "item.list_tasks", "check2-square", _("任务"))

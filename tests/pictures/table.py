"""Which pictures there are: who looks, at what, how wide, in which language, on which ground, what is done first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

DESK, PHONE = 1440, 390
Do = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page, or of the part of it that `part` (a selector) names; `before` is done first."""

    name: str
    login: str
    path: str
    width: int = DESK
    lang: str = "zh"
    theme: str = "light"
    part: str = ""
    before: Do | None = None


def _pair(name: str, login: str, path: str, **more: object) -> tuple[Picture, ...]:
    """Return a page in both languages at desk width."""
    return (
        Picture(f"{name}-zh", login, path, **more),  # type: ignore[arg-type]  # named as Picture names them
        Picture(f"{name}-en", login, path, lang="en", **more),  # type: ignore[arg-type]  # the same
    )


def _phone(name: str, login: str, path: str, lang: str) -> Picture:
    return Picture(f"{name}-phone-{lang}", login, path, PHONE, lang)


def _open(selector: str) -> Do:
    """Return what unfolds a part."""
    return lambda page: page.locator(selector).first.click()


def _send(page: Page) -> None:
    """Send a form as it stands, so that its faults are shown."""
    page.locator("main form .btn-primary").first.click()
    page.locator("[aria-invalid=true]").first.wait_for()


_PAGES = (
    # Each role's first page.
    *_pair("home-office", "office", "/"),
    *_pair("home-head", "transport", "/"),
    *_pair("home-member", "transport2", "/"),
    *_pair("home-leader", "leader", "/"),
    *_pair("home-finance", "finance", "/"),
    *_pair("home-auditor", "auditor", "/"),
    *_pair("home-admin", "admin", "/"),
    _phone("home-head", "transport", "/", "zh"),
    _phone("home-head", "transport", "/", "en"),
    _phone("home-leader", "leader", "/", "zh"),
    # What waits, and lists.
    *_pair("inbox", "office", "/inbox"),
    _phone("inbox", "office", "/inbox", "zh"),
    *_pair("projects", "office", "/projects"),
    *_pair("tasks", "office", "/tasks"),
    _phone("tasks", "office", "/tasks", "en"),
    # One item.
    *_pair("project", "transport", "/items/{project}"),
    _phone("project", "transport", "/items/{project}", "zh"),
    *_pair("task", "transport", "/items/{task}"),
    _phone("task", "transport", "/items/{task}", "en"),
    *_pair("draft", "office", "/items/{draft}"),
    *_pair("submitted", "office", "/items/{submitted}"),
    *_pair("signing", "office", "/items/{signing}", part="#signing"),
    *_pair("slip", "garden", "/items/{slip}"),
    *_pair("new-task", "office", "/tasks/new"),
    *_pair("action", "garden", "/items/{slip}/actions/answer"),
    # The city.
    *_pair("board", "office", "/escalations"),
    *_pair("city", "leader", "/city"),
    *_pair("reports", "leader", "/reports"),
    # Money and meetings.
    *_pair("fund", "finance", "/funds/{fund}"),
    *_pair("payments", "finance", "/funds/payments"),
    *_pair("allocation", "finance", "/items/{allocation}"),
    *_pair("group", "leader", "/items/{group}"),
    *_pair("meeting", "transport", "/meetings/{ahead}"),
    _phone("meeting", "transport", "/meetings/{ahead}", "zh"),
    *_pair("live", "office", "/meetings/{session}/live"),
    *_pair("minutes", "transport", "/meetings/{corrected}/minutes"),
    *_pair("follow-up", "transport", "/meetings/{ahead}/follow-up"),
    *_pair("execution", "leader", "/meetings/execution"),
    *_pair("log", "auditor", "/log?until=2026-06-29"),
    *_pair("people", "admin", "/organisation/people"),
    *_pair("person", "admin", "/organisation/people/{person}"),
    *_pair("department", "admin", "/organisation/departments/{department}"),
    *_pair("scheduler", "admin", "/scheduler"),
    *_pair("calendar", "office", "/calendar"),
    *_pair("workflow", "office", "/workflows/task"),
    *_pair("rules", "office", "/rules"),
    *_pair("guide", "transport", "/guide"),
    *_pair("messages", "transport", "/messages"),
    *_pair("me", "transport", "/me"),
    *_pair("log-in", "", "/login"),
    # The dark ground.
    Picture("home-office-dark", "office", "/", theme="dark"),
    Picture("project-dark", "transport", "/items/{project}", lang="en", theme="dark"),
)
#: The macros of templates/part, each where a page uses it.
_PARTS = (
    Picture("part-shape", "office", "/projects", part="main .panel", lang="en"),
    Picture("part-empty", "office", "/tasks?q=nothing-like-this", part=".empty", lang="en", width=900),
    Picture("part-list", "office", "/tasks", part=".list-filters", lang="en", before=_open(".more-filters summary")),
    Picture("part-next", "transport", "/items/{task}", part=".next", lang="en", width=1200),
    Picture("part-inbox", "office", "/inbox", part=".inbox > li", lang="en", width=1200),
    Picture("part-field", "garden", "/items/{slip}/actions/answer", part="main", lang="en", width=1000, before=_send),
    Picture("part-timeline", "transport", "/items/{project}", part=".panel:has(.gantt)", lang="en"),
    Picture("part-grid", "transport", "/items/{project}", part=".panel:has(.matrix)", lang="en"),
    Picture("part-life", "transport", "/items/{project}", part=".panel:has(.life)", lang="en"),
    Picture("part-workflow", "office", "/workflows/share", part="main", lang="en", width=1100),
)
PICTURES = (*_PAGES, *_PARTS)

"""The filters of a list: read from the address, told in words, written into the addresses of its links."""

from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.core.text import clean
from app.pages.items.form import read_number
from app.pages.words import gettext as _
from app.queries.item import SORTS, ItemFilter

LIGHTS = ("red", "yellow", "green", "grey")
VIEWS = ("open", "mine", "closed", "all")
PAGE_ROWS = 25
_WORDS_MAX = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list's address asks for; unknown values are left out."""

    view: str = "open"
    q: str = ""
    lights: tuple[str, ...] = ()
    state: str = ""
    department: int | None = None
    overdue: bool = False
    sort: str = "due"
    cursor: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the view restricts the list."""
        return bool(self.q or self.lights or self.state or self.department or self.overdue)

    def address(self, path: str, **changes: object) -> str:
        """Return the address of the list at `path` with some values changed; always its first page."""
        values: dict[str, object] = {
            "view": self.view if self.view != "open" else "",
            "q": self.q,
            "light": self.lights,
            "state": self.state,
            "department": self.department or "",
            "overdue": "1" if self.overdue else "",
            "sort": self.sort if self.sort != "due" else "",
        } | changes
        query = urlencode({name: value for name, value in values.items() if value}, doseq=True)
        return f"{path}?{query}" if query else path

    def wanted(self, kinds: tuple[str, ...], person_id: int) -> ItemFilter:
        """Return what the query takes."""
        return ItemFilter(
            kinds=kinds,
            states=(self.state,) if self.state else (),
            is_open={"closed": False, "all": None}.get(self.view, True),
            department_id=self.department,
            assignee_id=person_id if self.view == "mine" else None,
            lights=self.lights,
            is_overdue=True if self.overdue else None,
            words=self.q,
        )


def read_filters(args: MultiDict[str, str]) -> Filters:
    """Read the filters of an address."""
    view, sort = args.get("view", "open"), args.get("sort", "due")
    return Filters(
        view=view if view in VIEWS else "open",
        q=clean(args.get("q", ""))[:_WORDS_MAX],
        lights=tuple(light for light in LIGHTS if light in args.getlist("light")),
        state=args.get("state", "")[:30],
        department=read_number(args.get("department")),
        overdue=args.get("overdue") == "1",
        sort=sort if sort in SORTS else "due",
        cursor=args.get("cursor") or None,
    )


def name_views() -> dict[str, str]:
    """Return the views' labels."""
    return {"open": _("全部在办"), "mine": _("我承办的"), "closed": _("已了结"), "all": _("全部")}


def name_order(sort: str) -> str:
    """Return how a list is sorted, in words."""
    return {
        "due": _("按完成期限排列，没有期限的在后"),
        "title": _("按标题拼音排列"),
        "-title": _("按标题拼音倒排"),
    }.get(sort, _("按登记先后排列"))

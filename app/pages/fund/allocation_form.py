"""The form of an allocation: its fields, and its goals and instalments as rows, read and shown again as typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.pages.fund.figures import name_fund, name_unit
from app.pages.fund.typed import Ask, make_given, make_value, read_typed
from app.pages.items.form import read_number
from app.pages.listing.choices import Choice
from app.pages.show import show_amount
from app.pages.words import gettext as _
from app.queries.fund.approver import Source
from app.schemas.fund.allocation import GOALS_MAX, TRANCHES_MAX
from app.services.fund.drafting import Draft

ROWS_FIRST, ROWS_MORE = 3, 3
GOAL_FIELDS = (("kind", "choice"), ("indicator", "line"), ("target", "line"))
TRANCHE_FIELDS = (("amount", "amount"), ("milestone", "line"), ("planned_on", "date"))
_LISTS = {"goals": (GOAL_FIELDS, GOALS_MAX), "instalments": (TRANCHE_FIELDS, TRANCHES_MAX)}
_PLACE = re.compile(r"(goals|instalments)\[(\d{1,3})\]\.(\w+)")
_TEXT_MAX = 2000

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class AllocationForm:
    """What was typed; `rows` are those of each list, empty ones too; `wants` names the list that is to grow."""

    typed: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    wants: str = ""

    def given(self, asks: Sequence[Ask]) -> dict[str, Any]:
        """Return the values as the schema takes them; empty rows are left out, the others close up."""
        found = make_given([ask for ask in asks if ask.name != "source"], self.typed)
        for name, (columns, _most) in _LISTS.items():
            kinds = dict(columns)
            found[name] = [
                {key: make_value(kinds[key], text) for key, text in row.items() if text.strip()}
                for row in self.rows[name]
                if is_filled(row)
            ]
        if not found["instalments"]:
            found.pop("instalments")
        return found

    def source(self) -> tuple[int | None, int | None]:
        """Return the fund and the earmark that were chosen."""
        fund, _colon, earmark = self.typed.get("source", "").partition(":")
        return read_number(fund), read_number(earmark)

    def place(self, field_name: str) -> str:
        """Return where on the page a fault's field stands: goals[2].kind is the second filled row's, goals-3-kind."""
        match = _PLACE.fullmatch(field_name)
        if match is None:
            return {"fund": "source", "earmark": "source"}.get(field_name, field_name)
        name, number = match[1], int(match[2])
        filled = [place for place, row in enumerate(self.rows.get(name, ()), 1) if is_filled(row)]
        return f"{name}-{filled[number - 1] if 0 < number <= len(filled) else number}-{match[3]}"


def is_filled(row: Row) -> bool:
    """Whether a row says something: a goal's kind alone, which is chosen beforehand, is nothing."""
    return any(text.strip() for name, text in row.items() if name != "kind")


def read_allocation_form(form: MultiDict[str, str], asks: Sequence[Ask]) -> AllocationForm:
    """Read a sent form; rows are named `goals.<number>.<field>` and `instalments.<number>.<field>`."""
    wants = form.get("more", "") if form.get("more") in _LISTS else ""
    rows: dict[str, list[Row]] = {}
    for name, (columns, most) in _LISTS.items():
        count = min(read_number(form.get(f"{name}_rows")) or ROWS_FIRST, most)
        count = min(count + ROWS_MORE, most) if wants == name else count
        rows[name] = [
            {key: form.get(f"{name}.{number}.{key}", "")[:_TEXT_MAX] for key, _kind in columns}
            for number in range(1, count + 1)
        ]
    return AllocationForm(read_typed(form, asks), rows, wants)


def make_empty() -> AllocationForm:
    """Return a form with nothing in it."""
    rows = {name: [dict.fromkeys((key for key, _kind in columns), "")] * ROWS_FIRST for name, (columns, _most)
            in _LISTS.items()}  # fmt: skip
    return AllocationForm({}, rows)


def fill_from(draft: Draft) -> AllocationForm:
    """Return the form of a request as it stands."""
    source = f"{draft.fund_id}:{draft.earmark_id}" if draft.earmark_id else str(draft.fund_id)
    typed = {
        "source": source, "title": draft.title, "amount": _yuan(draft.requested_fen),
        "minimum": "" if draft.minimum_fen is None else _yuan(draft.minimum_fen), "purpose": draft.purpose,
        "need": draft.need, "due_on": draft.due_on.isoformat() if draft.due_on else "",
    }  # fmt: skip
    goals = [{"kind": one.kind, "indicator": one.indicator, "target": one.target} for one in draft.goals]
    parts = [
        {"amount": _yuan(one.amount_fen), "milestone": one.milestone or "",
         "planned_on": one.planned_on.isoformat() if one.planned_on else ""}
        for one in draft.instalments
    ]  # fmt: skip
    empty = make_empty().rows
    return AllocationForm(
        typed, {"goals": [*goals, empty["goals"][0]], "instalments": [*parts, empty["instalments"][0]]}
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def ask_allocation(sources: Sequence[Source], posts: Sequence[tuple[int, str]] = ()) -> list[Ask]:
    """Return what a request is asked for, besides its rows; `posts` when several capacities fit."""
    options = tuple(Choice(_key(one), _name(one), is_chosen=False) for one in sources)
    several = [Ask("as", _("以哪个身份办理"), "id", options=tuple(
        Choice(str(key), name, is_chosen=False) for key, name in posts
    ))] if len(posts) > 1 else []  # fmt: skip
    return [
        *several,
        Ask(
            "source",
            _("向哪项资金申请"),
            "choice",
            _("括号内为现在的可用余额；起草不占用，提交时占用"),
            options=options,
        ),
        Ask("title", _("名称")),
        Ask("amount", _("申请金额（元）"), "amount", _("单位是元，不是万元")),
        Ask("minimum", _("最低需要（元）"), "amount", _("低于这一金额便无法实施；不填则按全额"), is_required=False),
        Ask("purpose", _("用途"), "text"),
        Ask("need", _("必要性"), "text"),
        Ask("due_on", _("完成期限"), "date", _("不填则与项目相同"), is_required=False),
    ]  # fmt: skip


def _key(one: Source) -> str:
    return f"{one.fund_id}:{one.earmark_id}" if one.earmark_id else str(one.fund_id)


def _name(one: Source) -> str:
    name, free = name_fund(one.fund_name, one.fund_name_en), show_amount(one.free_fen)
    unit = name_unit(one.currency)
    if one.earmark:
        return _(
            "%(name)s，专用额度“%(mark)s”（可用%(free)s%(unit)s）", name=name, mark=one.earmark, free=free, unit=unit
        )
    return _("%(name)s（可用%(free)s%(unit)s）", name=name, free=free, unit=unit)

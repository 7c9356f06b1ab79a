"""Remarks, copies and the archive made for reading: names, times, what may be done with each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from markupsafe import Markup, escape

from app.edge.context import Context
from app.pages.items.item_row import name_acting, name_department, name_number_of
from app.pages.show import place, say, say_label, show_day
from app.pages.words import gettext as _
from app.policy.note import list_note_departments
from app.policy.people import Actor
from app.queries.on_item.archive import ArchiveState
from app.queries.on_item.copy import CopyRow
from app.queries.on_item.remark import RemarkRow
from app.queries.visitor import HeldPost
from app.services.on_item.remark import CORRECT_WITHIN
from workflows.archive.retention import RETENTION_LABELS, Retention, choose_retention
from workflows.roles import Duty

#: What a form sends for a remark; a note of a department is `note.<id>`.
REMARK = "remark"
_NOTE = "note."


@dataclass(frozen=True, slots=True)
class RemarkView:
    """A remark as pages show it; the addresses are empty where it is not the visitor's to do."""

    id: int
    who: str
    at: datetime
    text: Markup
    plain: str
    note_of: str
    is_corrected: bool
    is_withdrawn: bool
    is_shown: bool
    told: tuple[str, ...]
    earlier: tuple[str, ...]
    correction: str
    withdrawal: str


@dataclass(frozen=True, slots=True)
class RemarkForm:
    """The form for another remark: what was typed, for whom it is, whom it names beside its text."""

    address: str
    people: str
    key: str
    #: What it may be: value and label.
    sorts: tuple[tuple[str, str], ...]
    sort: str = REMARK
    text: str = ""
    chosen: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy as pages show it; `withdrawal` is empty where it is not the visitor's to do."""

    id: int
    who: str
    sender: str
    note: str
    sent_at: datetime
    read_at: datetime | None
    knows_reading: bool
    number: str
    title: str
    address: str
    withdrawal: str


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """How an item stands in the archive, in sentences, and the forms that the visitor has for it."""

    is_archived: bool
    said: Markup
    reason: str
    retention: str
    retentions: tuple[tuple[str, str], ...]
    can_archive: bool
    can_unarchive: bool
    can_retain: bool
    package: str


def make_remarks(
    rows: Sequence[RemarkRow], context: Context, actor: Actor, *, is_archived: bool
) -> tuple[RemarkView, ...]:
    """Return remarks for reading."""
    now = context.now()
    return tuple(_make_remark(row, actor, now, is_archived=is_archived) for row in rows)


def _make_remark(row: RemarkRow, actor: Actor, now: datetime, *, is_archived: bool) -> RemarkView:
    is_own = row.author_id == actor.person_id and not row.is_withdrawn and not is_archived
    department = name_department(row.from_department_name, row.from_department_name_en)
    name = name_acting(row.author_name, row.on_behalf_of_name)
    text = row.text or ""
    marked, shown = _mark(text, row.mentions)
    return RemarkView(
        id=row.id,
        who=place(department, name) if department else name,
        at=row.written_at,
        text=marked,
        plain=text,
        note_of=name_department(row.note_department_name, row.note_department_name_en),
        is_corrected=row.corrected_at is not None,
        is_withdrawn=row.is_withdrawn,
        is_shown=row.text is not None,
        told=tuple(one for one in row.mentions if one not in shown),
        earlier=row.earlier,
        correction=url_for("remark.correct", remark_id=row.id)
        if is_own and now - row.written_at <= CORRECT_WITHIN
        else "",
        withdrawal=url_for("remark.withdraw", remark_id=row.id) if is_own else "",
    )


def _mark(text: str, names: Sequence[str]) -> tuple[Markup, set[str]]:
    """Return the text with @names set off, and the names that stand in it; all else is text."""
    found = escape(text)
    shown = set()
    for name in sorted(names, key=len, reverse=True):
        written = escape(f"@{name}")
        if written in found:
            shown.add(name)
            found = Markup('<b class="mention">{}</b>').format(written).join(found.split(written))
    return found, shown


def make_remark_form(
    actor: Actor, posts: Sequence[HeldPost], item_id: int, key: str, **typed: object
) -> RemarkForm | None:
    """Return the form for a remark; None for who only reads."""
    if actor.capacities and all(held.duty in (Duty.AUDITOR, Duty.ADMIN) for held in actor.capacities):
        return None
    own = set(list_note_departments(actor))
    names = {post.department_id: post for post in posts if post.department_id in own}
    sorts = [(REMARK, _("留言：可查看本事项的人都能看到"))]
    sorts += [
        (
            f"{_NOTE}{department_id}",
            _("内部备注：%(department)s内部可见，审计人员可查", department=say(post.department)),
        )
        for department_id, post in names.items()
    ]
    return RemarkForm(
        url_for("remark.write", item_id=item_id),
        url_for("remark.answer_people", item_id=item_id),
        key,
        tuple(sorts),
        **typed,  # type: ignore[arg-type]  # fields of the form
    )


def read_sort(sort: str) -> tuple[bool, int | None]:
    """Return whether a form's choice is a note, and whose; anything else is a remark."""
    rest = sort.removeprefix(_NOTE)
    is_note = rest != sort and rest.isascii() and rest.isdigit() and len(rest) <= 18  # noqa: PLR2004  # a BIGINT
    return is_note, int(rest) if is_note else None


def make_copies(
    rows: Sequence[CopyRow], actor: Actor, *, may_withdraw: bool, is_archived: bool = False
) -> tuple[CopyView, ...]:
    """Return copies for reading; `may_withdraw`: the visitor is of the office, and may take back anybody's."""
    return tuple(
        CopyView(
            id=row.id,
            who=row.person_name,
            sender=name_acting(row.sent_by_name, row.on_behalf_of_name),
            note=row.note or "",
            sent_at=row.sent_at,
            read_at=row.read_at,
            knows_reading=row.knows_reading,
            number=name_number_of(row.kind, row.number, row.item_id),
            title=row.title,
            address=url_for("item.show_item", item_id=row.item_id),
            withdrawal=url_for("copy.withdraw", copy_id=row.id)
            if row.knows_reading
            and row.read_at is None
            and not is_archived
            and (may_withdraw or row.sent_by == actor.person_id)
            else "",
        )
        for row in rows
    )


def make_archive(
    state: ArchiveState | None, actor: Actor, kind: str, item_id: int, *, is_open: bool
) -> ArchiveView | None:
    """Return how an item stands in the archive; None where there is nothing to say and nothing to do."""
    office = [held for held in actor.on_kind(kind).capacities if held.duty is Duty.OFFICE]
    is_archived = state is not None and state.is_archived
    if not office and (state is None or (not is_archived and state.unarchived_at is None)):
        return None
    retention = Retention(state.retention) if state is not None else choose_retention(kind)
    return ArchiveView(
        is_archived=is_archived,
        said=_tell_archive(state),
        reason=(state.unarchived_reason or "") if state is not None and not is_archived else "",
        retention=retention.value,
        retentions=tuple((one.value, say_label(RETENTION_LABELS[one])) for one in Retention),
        can_archive=bool(office) and not is_archived and not is_open,
        can_unarchive=is_archived
        and state is not None
        and state.within_id is None
        and any(held.is_director for held in office),
        can_retain=bool(office) and is_open,
        package=url_for("archive.show_package", item_id=item_id) if is_archived else "",
    )


def _tell_archive(state: ArchiveState | None) -> Markup:
    if state is None or not state.is_archived:
        return Markup()
    label = say_label(RETENTION_LABELS[Retention(state.retention)])
    if state.keep_until_on is None:
        return escape(_("档号%(number)s，保管期限：%(period)s", number=state.number, period=label))
    said = escape(_("档号%(number)s，保管期限：%(period)s，至%(day)s"))
    return said % {"number": state.number, "period": label, "day": show_day(state.keep_until_on)}

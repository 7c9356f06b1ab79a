"""Leadership groups: their list, and the forms to found one, to change its members, to propose its rules."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, NotFoundError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for, faults_of
from app.edge.meeting.group import (
    UP_TO,
    make_group,
    make_office_act,
    propose_change,
    propose_rules,
    show_rules,
)
from app.pages.department_order import order_departments
from app.pages.fund.typed import Ask, fill, make_given, read_typed
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.listing.choices import PAGE_ROWS, Choice
from app.pages.meeting.group.form import (
    CHAIRS_MAX,
    MemberForm,
    PostList,
    SeatRows,
    fill_seat_rows,
    read_member_form,
    read_rules_form,
    read_seat_rows,
)
from app.pages.meeting.group.panel import KIND, name_post, tell_term
from app.pages.meeting.group.telling import BODIES, GROUPS
from app.pages.organisation_form import tell_refusal
from app.pages.personal.sent_form import SentNote, claim_sending, is_spent, keep_sending, note_sent
from app.pages.show import flash_once, say_label
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.department import list_departments
from app.queries.meeting.group import GroupRow, GroupView, find_group, list_groups, list_posts_to_seat
from app.schemas.loading import load
from app.schemas.meeting.group import GroupDraftSchema, NewGroupRulesSchema, NewGroupSchema, NewMemberChangeSchema
from app.services.meeting.group.amending import amend_group
from app.services.meeting.group.founding import draft_group, require_office
from app.services.organisation.repeating import do_once
from workflows.meeting.procedure import FORUMS, MATTERS, SEATS
from workflows.roles import Duty

pages = Blueprint("group", __name__)
GROUP = "/groups/<int(max=9223372036854775807):group_id>"
_REFUSALS = (InvalidError, ConflictError, StaleError)
Shown = dict[str, Any]


@pages.get("/groups")
def list_all() -> str:
    """Show the groups that the visitor may read."""
    context = current_context()
    with_dissolved = request.args.get("dissolved") == "1"
    with context.database.reading() as unit:
        actor, today = require_actor(unit, current_user.person_id), context.today()
        page = list_groups(
            unit.connection(), actor.readers, today, limit=PAGE_ROWS, cursor=request.args.get("cursor") or None,
            with_dissolved=with_dissolved,
        )  # fmt: skip
        machine = context.book.current_machine(unit.connection(), KIND)
        rows = [_tell(row, say_label(machine.states[row.state].label), context) for row in page.items]
    kept: Shown = {"dissolved": "1"} if with_dissolved else {}
    return render_template(
        "meeting/groups.html", here="groups", groups_label=say_label(GROUPS),
        rows=rows, with_dissolved=with_dissolved,
        may_found=any(held.duty is Duty.OFFICE for held in actor.on_kind(KIND).capacities),
        next_page=url_for("group.list_all", cursor=page.next_cursor, **kept) if page.next_cursor else "",
    )  # fmt: skip


def _tell(row: GroupRow, state: str, context: Context) -> Shown:
    return {
        "row": row, "sort": say_label(BODIES[row.body]), "state": state,
        "address": url_for("item.show_item", item_id=row.id),
        "term": tell_term(row.term_from_on, row.term_until_on), "is_past_term": row.is_past_term(context.today()),
    }  # fmt: skip


# Founding and amending ------------------------------------------------------------------------------------------------


@pages.get("/groups/new")
def show_new() -> str:
    """Show the form of a new group; `parent` of a working group 专班 is the group above it."""
    return _render_new({}, fill_seat_rows([("leader", "", 1), ("deputy", "", 1), ("director", "", 1)]))


@pages.post("/groups/new")
def found() -> Response | tuple[str, int] | str:
    """Set a group up as a draft; refused, or asked for more rows, the form is shown again."""
    typed, rows = read_typed(request.form, _asks(())), read_seat_rows(request.form)
    if rows.wants_more:
        return _render_new(typed, rows)
    context, person_id = current_context(), current_user.person_id
    content = {"group": typed, "rows": [dict(row) for row in rows.rows], "parent": request.form.get("parent", "")}
    key, again = request.form.get("key", ""), request.form.get("again") == "1"

    def work(unit: Unit) -> int:
        claim_sending(unit, content, key or None, again=again)
        act, actor = make_office_act(context, unit, person_id, "page")
        new = make_group(unit.connection(), given, given["parent"])
        made, _again = do_once(act, key or None, content, lambda: {"item": draft_group(act, context.book, actor, new)})
        keep_sending(unit, content, key or None, made)
        return int(made["item"])

    try:
        check_form_key(key)
        given = load(NewGroupSchema, _read_group(typed, rows) | {"parent": read_number(request.form.get("parent"))})
        made = context.database.write(work)
    except _REFUSALS as error:
        return _render_new(typed, rows, error, content), answer_for(error).status
    flash_once(_("已登记为筹建，等批准成立。"))
    return redirect(url_for("item.show_item", item_id=made), 303)


@pages.get(f"{GROUP}/edit")
def show_edit(group_id: int) -> str:
    """Show the form in which a group that is being set up is corrected."""
    return _render_edit(group_id, None, None)


@pages.post(f"{GROUP}/edit")
def edit(group_id: int) -> Response | tuple[str, int] | str:
    """Correct a group that is being set up."""
    typed, rows = read_typed(request.form, _asks(())), read_seat_rows(request.form)
    if rows.wants_more:
        return _render_edit(group_id, typed, rows)
    context, version = current_context(), read_number(request.form.get("version"))

    def work(unit: Unit) -> None:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        kept = find_group(unit.connection(), actor.readers, group_id, context.today())
        given["rules"] = show_rules(kept.procedure)
        amend_group(act, actor, group_id, version, make_group(unit.connection(), given, None))

    try:
        given = load(GroupDraftSchema, _read_group(typed, rows))
        context.database.write(work)
    except _REFUSALS as error:
        return _render_edit(group_id, typed, rows, error), answer_for(error).status
    flash_once(_("已修改。"))
    return redirect(url_for("item.show_item", item_id=group_id), 303)


def _read_group(typed: Mapping[str, str], rows: SeatRows) -> Shown:
    """Return a typed group as its schema takes it; InvalidError for posts that are none."""
    seats, faults = rows.given(_read_posts())
    if faults:
        raise InvalidError(faults)
    return make_given(_asks(()), typed) | {"seats": seats}


def _read_posts() -> PostList:
    context = current_context()
    with context.database.reading() as unit:
        return PostList(list_posts_to_seat(unit.connection(), context.today()))


def _asks(offices: tuple[Choice, ...]) -> list[Ask]:
    return [
        Ask("title", _("名称")),
        Ask("office", _("办公室所在部门"), "choice", options=offices),
        Ask("term_from_on", _("任期开始"), "date"),
        Ask("term_until_on", _("任期届满"), "date", _("不填为不定期；届满后继续有效，页面提示换届"), is_required=False),
        Ask("document", _("成立文件文号"), is_required=False),
        Ask("duties", _("职责"), "text", is_required=False),
    ]


def _render_new(
    typed: Mapping[str, str], rows: SeatRows, error: DomainError | None = None, content: Shown | None = None
) -> str:
    context = current_context()
    parent_id = read_number(request.values.get("parent"))
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        require_office(actor, KIND)
        offices = _list_offices(context, unit)
        posts = PostList(list_posts_to_seat(unit.connection(), context.today()))
        parent = None if parent_id is None else find_group(unit.connection(), actor.readers, parent_id, context.today())
        sent = note_sent(unit, error, content or {}, request.form.get("key") or None,
                         again=request.form.get("again") == "1") if error else None  # fmt: skip
    start = {"term_from_on": context.today().isoformat(), "office": offices[0].value if len(offices) == 1 else ""}
    title = _("组建专班：%(title)s", title=parent.row.title) if parent else _("组建领导小组")
    return _render_group(title, start | dict(typed), rows, posts, offices, error, sent, parent_id=parent_id)


def _render_edit(
    group_id: int, typed: Mapping[str, str] | None, rows: SeatRows | None, error: DomainError | None = None
) -> str:
    context = current_context()
    with context.database.reading() as unit:
        found = _find_own(context, unit, group_id)
        offices = _list_offices(context, unit)
        posts = PostList(list_posts_to_seat(unit.connection(), context.today()))
    row = found.row
    kept = {
        "title": row.title, "office": row.office, "term_from_on": row.term_from_on.isoformat(),
        "term_until_on": row.term_until_on.isoformat() if row.term_until_on else "",
        "document": found.document or "", "duties": found.duties or "",
    }  # fmt: skip
    filled = fill_seat_rows([(one.role, posts.label(one.post_id), one.rank) for one in found.seats])
    return _render_group(
        _("修改：%(title)s", title=row.title), typed or kept, rows or filled, posts, offices, error, None,
        group=found,
    )  # fmt: skip


def _render_group(
    title: str, typed: Mapping[str, str], rows: SeatRows, posts: PostList, offices: tuple[Choice, ...],
    error: DomainError | None, sent: SentNote | None, *, parent_id: int | None = None, group: GroupView | None = None,
) -> str:  # fmt: skip
    told = {"faults": [], "sentences": {}} if sent else tell_refusal(error)
    sentences = {rows.place(name): text for name, text in told["sentences"].items()}
    key = request.form.get("key", "") if request.method == "POST" and not is_spent(error) else ""
    return render_template(
        "meeting/group_form.html", here="groups", groups_label=say_label(GROUPS),
        title=title, sent=sent, rows=rows.rows, sentences=sentences,
        faults=[(text, rows.place(name)) for text, name in told["faults"]], posts=posts.labels, key=key or make_key(),
        asks=fill(_asks(offices), typed, sentences), roles=_list_roles(), parent_id=parent_id,
        is_stale=isinstance(error, StaleError), version=group.version if group else None, back=_back(group),
    )  # fmt: skip


# Members --------------------------------------------------------------------------------------------------------------


@pages.get(f"{GROUP}/members")
def show_members(group_id: int) -> str:
    """Show the form of a change of members: what becomes of each seat, new seats, why."""
    return _render_members(group_id, None)


@pages.post(f"{GROUP}/members")
def change_members(group_id: int) -> Response | tuple[str, int] | str:
    """Put a change of members before the leader."""
    form = read_member_form(request.form)
    if form.added.wants_more:
        return _render_members(group_id, form)
    places: list[str] = []

    def read() -> Shown:
        given, faults, found = form.given(_read_posts())
        places.extend(found)
        if faults:
            raise InvalidError(faults)
        return load(NewMemberChangeSchema, given)

    refused = _propose(group_id, read, propose_change)
    if refused is not None:
        return _render_members(group_id, form, _place_lines(refused, places)), answer_for(refused).status
    flash_once(_("已提请调整成员，等领导小组批准。"))
    return redirect(url_for("item.show_item", item_id=group_id), 303)


def _propose(group_id: int, read: Callable[[], Shown], propose: Callable[..., Shown]) -> DomainError | None:
    """File and put forward what `read` returns; return the refusal, None when it was done."""
    context, version = current_context(), read_number(request.form.get("version"))

    def work(unit: Unit) -> None:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        propose(context, unit, act, actor, group_id, version, given)

    try:
        given = read()
        context.database.write(work)
    except _REFUSALS as error:
        return error
    return None


def _place_lines(error: DomainError, places: list[str]) -> DomainError:
    """Return the refusal with its lines where they stand on the page."""
    if not isinstance(error, InvalidError):
        return error
    moved = []
    for fault in faults_of(error):
        head, _bracket, rest = fault.field.partition("[")
        number = read_number(rest.partition("]")[0]) if head == "lines" else None
        is_placed = number is not None and 0 < number <= len(places)
        moved.append(Fault(places[number - 1] if is_placed and number else fault.field, fault.sentence))
    return InvalidError(moved)


def _render_members(group_id: int, form: MemberForm | None, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        found = _find_own(context, unit, group_id)
        posts = PostList(list_posts_to_seat(unit.connection(), context.today()))
    shown = form or MemberForm(added=SeatRows(fill_seat_rows(()).rows[:2]))
    told = tell_refusal(error)
    return render_template(
        "meeting/group_members.html", here="groups", groups_label=say_label(GROUPS),
        title=_("提请调整成员"), group=found, back=_back(found),
        seats=[
            {"id": one.id, "role": say_label(SEATS[one.role]), "post": name_post(one), "person": one.person or "",
             "is_ended": one.id in shown.ends, "typed": shown.posts.get(one.id, "")}
            for one in found.seats
        ],
        rows=shown.added.rows, reason=shown.reason, posts=posts.labels, roles=_list_roles(),
        version=found.version, is_stale=isinstance(error, StaleError), faults=told["faults"],
        sentences=told["sentences"], is_open=found.row.state == "established",
    )  # fmt: skip


# Rules of procedure ---------------------------------------------------------------------------------------------------


@pages.get(f"{GROUP}/rules")
def show_rules_form(group_id: int) -> str:
    """Show the rules of procedure as a form, as they are in force or were proposed last."""
    return _render_rules(group_id, None, "")


@pages.post(f"{GROUP}/rules")
def change_rules(group_id: int) -> Response | tuple[str, int]:
    """Put rules of procedure before the leader; those of a draft hold at once."""
    typed, reason = read_rules_form(request.form), request.form.get("reason", "")[:2000]

    def read() -> Shown:
        # A reason that is left out is told of by the schema, with everything else.
        return load(NewGroupRulesSchema, {"rules": typed} | ({"reason": reason} if reason.strip() else {}))

    refused = _propose(group_id, read, propose_rules)
    if refused is not None:
        return _render_rules(group_id, typed, reason, refused), answer_for(refused).status
    flash_once(_("已提出议事规则，等领导小组批准。"))
    return redirect(url_for("item.show_item", item_id=group_id), 303)


def _render_rules(group_id: int, typed: Shown | None, reason: str, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        found = _find_own(context, unit, group_id)
    told = tell_refusal(error)
    sentences = {name.removeprefix("rules."): text for name, text in told["sentences"].items()}
    return render_template(
        "meeting/group_rules.html", here="groups", groups_label=say_label(GROUPS),
        title=_("提出议事规则"), group=found, back=_back(found),
        rules=typed or show_rules(found.proposed or found.procedure), reason=reason, version=found.version,
        up_to=UP_TO, seats=_list_roles(), is_stale=isinstance(error, StaleError),
        forums=[(name, say_label(label)) for name, label in reversed(FORUMS.items())],
        matters=[(name, say_label(label)) for name, label in MATTERS.items()], chairs=range(1, CHAIRS_MAX + 1),
        faults=[(text, name.removeprefix("rules.").replace(".", "-")) for text, name in told["faults"]],
        sentences=sentences, is_open=found.row.state == "established",
    )  # fmt: skip


# What the forms share -------------------------------------------------------------------------------------------------


def _find_own(context: Context, unit: Unit, group_id: int) -> GroupView:
    """Return a group for who works as the office; NotFoundError, ForbiddenError for others."""
    actor: Actor = require_actor(unit, current_user.person_id)
    found = find_group(unit.connection(), actor.readers, group_id, context.today())
    require_office(actor, KIND)
    if found.row.closed_at is not None:
        raise NotFoundError
    return found


def _back(group: GroupView | None) -> tuple[str, str]:
    if group is None:
        return url_for("group.list_all"), say_label(GROUPS)
    return url_for("item.show_item", item_id=group.row.id), group.row.title


def _list_roles() -> list[tuple[str, str]]:
    return [(name, say_label(label)) for name, label in SEATS.items()]


def _list_offices(context: Context, unit: Unit) -> tuple[Choice, ...]:
    rows = order_departments(list_departments(unit.connection(), context.today()))
    return tuple(Choice(row.name, label, is_chosen=False) for row, label in rows)

"""A topic is drafted by a department, and corrected until it is submitted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, update

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence, StaleError
from app.core.text import clean, sort_key
from app.models.item import Item, Support
from app.models.topic import AgendaItem
from app.policy import access
from app.policy.people import Actor
from app.services.act import Act
from app.services.entering import NewItem, enter_items, search_text
from app.services.loading import load, load_for_actor
from app.services.meeting.standing import AHEAD
from app.services.recording import Acting, write_history
from app.services.rulebook import Rulebook
from app.services.submission import several_fit
from app.services.supervision.departments import require_open
from workflows.meeting.procedure import MATTERS
from workflows.roles import Capacity, Duty

_DRAFTING = (Duty.HEAD, Duty.MEMBER, Duty.OFFICE)
_EDITABLE = ("draft", "returned")
MINUTES_MAX = 600


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """What is proposed; `concerned` are the departments whose consent is wanted, `sought` the decision asked for."""

    title: str
    matter: str
    brief: str
    sought: str
    minutes_wanted: int | None = None
    concerned: Sequence[int] = ()
    confidential: bool = False


def draft_topic(
    act: Act, book: Rulebook, actor: Actor, meeting_id: int, draft: TopicDraft, as_post: int | None = None
) -> int:
    """Draft a topic for a meeting that one may read; return its id.

    NotFoundError, ForbiddenError without a department's post, ConflictError once the meeting has begun, InvalidError.
    """
    meeting, _ = load_for_actor(act.connection, meeting_id, actor.person_id, act.now, act.today, lock=True)
    if meeting.kind != "meeting":
        raise NotFoundError
    capacity = _find_capacity(actor, as_post)
    if meeting.state not in AHEAD:
        said = Sentence("会议已召开或取消，请选择其他会议。", "The meeting is over or cancelled; choose another.")
        raise ConflictError("meeting_over", said)
    _check(act, draft, capacity.department_id)
    is_secret = draft.confidential or meeting.confidential
    new = NewItem(
        kind="agenda_item",
        title=draft.title,
        owner_department_id=capacity.department_id,
        due_on=meeting.due_on,
        confidential=is_secret,
        # Who drafts a restricted topic goes on working on it, whatever their post.
        reader_ids=(actor.person_id,) if is_secret else (),
        supports=[(one, None, None) for one in draft.concerned],
        details={"meeting_id": meeting_id, "first_meeting_id": meeting_id, "matter": draft.matter,
                 "brief": draft.brief, "sought": draft.sought, "minutes_wanted": draft.minutes_wanted},
    )  # fmt: skip
    acting = Acting(act.acting.person_id, "lead_staff", capacity)
    return enter_items(act.connection, book, acting, act.now, [new], source=act.source)[0]


def amend_topic(act: Act, actor: Actor, item_id: int, version: int | None, draft: TopicDraft) -> int:
    """Correct a draft or a returned topic; return its new version. Consent that was given is asked for anew."""
    item, _ = load_for_actor(act.connection, item_id, actor.person_id, act.now, act.today, lock=True)
    if item.kind != "agenda_item":
        raise NotFoundError
    capacity = next((one for one in _drafting(actor) if one.department_id == item.owner_department_id), None)
    if capacity is None:
        raise ForbiddenError("not_yours", Sentence("由申报单位修改。", "This is for the department that proposes."))
    if version != item.version:
        raise StaleError(item.version, version)
    if item.state not in _EDITABLE:
        said = Sentence("已申报的议题不能修改，先撤回或由办公室退回。", "What was submitted is not changed.")
        raise ConflictError("wrong_state", said)
    _check(act, draft, capacity.department_id)
    title = clean(draft.title)
    guarded = update(Item).where(Item.id == item_id, Item.version == item.version)
    changed = {"title": title, "sort_key": sort_key(title), "search_text": search_text(title), "version": version + 1}
    if act.connection.execute(guarded.values(**changed)).rowcount != 1:
        raise StaleError(item.version + 1, version)
    act.connection.execute(
        update(AgendaItem)
        .where(AgendaItem.item_id == item_id)
        .values(
            matter=draft.matter, brief=draft.brief, sought=draft.sought, minutes_wanted=draft.minutes_wanted,
            consent=None,
        )
    )  # fmt: skip
    act.connection.execute(delete(Support).where(Support.item_id == item_id))
    if draft.concerned:
        rows = [{"item_id": item_id, "department_id": one} for one in draft.concerned]
        act.connection.execute(insert(Support), rows)
    access.refresh(act.connection, [item_id])
    amended = load(act.connection, item_id)
    acting = Acting(act.acting.person_id, "lead_staff", capacity)
    write_history(act.connection, amended, acting, act.now, action="amend", from_state=item.state,
                  to_state=item.state, data={"title": title})  # fmt: skip
    act.audit("amend", f"item:{item_id}", item_id=item_id, before={"title": item.title}, after={"title": title})
    return amended.version


def _drafting(actor: Actor) -> list[Capacity]:
    return [one for one in actor.on_kind("agenda_item").capacities if one.duty in _DRAFTING]


def _find_capacity(actor: Actor, as_post: int | None) -> Capacity:
    found = [one for one in _drafting(actor) if as_post in (None, one.post_id)]
    if not found:
        raise ForbiddenError("not_yours", Sentence("由各部门申报。", "Topics are proposed by departments."))
    if len({one.department_id for one in found}) > 1:
        raise several_fit(found)
    return found[0]


def _check(act: Act, draft: TopicDraft, own: int) -> None:
    faults: list[Fault] = []
    if draft.matter not in MATTERS:
        listed = ", ".join(MATTERS)
        faults.append(Fault("matter", Sentence(f"应为{listed}之一。", f"One of {listed}.")))
    faults += [
        Fault(name, Sentence("请填写。", "This is needed."))
        for name, given in (("brief", draft.brief), ("sought", draft.sought))
        if not clean(given or "")
    ]
    if draft.minutes_wanted is not None and not 1 <= draft.minutes_wanted <= MINUTES_MAX:
        faults.append(Fault("minutes_wanted", Sentence(f"应为1至{MINUTES_MAX}分钟。", f"1 to {MINUTES_MAX} minutes.")))
    if own in draft.concerned or len(set(draft.concerned)) != len(draft.concerned):
        said = Sentence("涉及单位不含本单位，不能重复。", "Other departments than your own, each once.")
        faults.append(Fault("concerned", said))
    for department_id in draft.concerned:
        try:
            require_open(act.connection, department_id, act.today, "concerned")
        except InvalidError as error:
            faults += error.faults
    if faults:
        raise InvalidError(faults)

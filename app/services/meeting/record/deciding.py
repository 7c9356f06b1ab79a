"""Decisions are typed in session or while the minutes are drafted; each is an item with lead, supporters, date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.core.text import TEXT_MAX, TITLE_MAX, clean, sort_key
from app.models.item import Item, Support
from app.models.topic import AgendaItem, Decision
from app.policy import access
from app.policy.people import Actor
from app.services.act import Act
from app.services.entering import NewItem, enter_items, search_text
from app.services.loading import Loaded, load, load_for_actor
from app.services.meeting.group.founding import require_office
from app.services.recording import Acting, write_history
from app.services.rulebook import Rulebook
from app.services.supervision.departments import require_open
from workflows.roles import OFFICE

_WRITING = ("held", "minutes_draft")
CRITERIA_MAX = 20


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A decision as typed; lead and date may be missing until the minutes are sent round, unless for information."""

    text: str
    agenda_item_id: int | None = None
    department_id: int | None = None
    supports: Sequence[int] = ()
    due_on: date | None = None
    wanted: Sequence[str] = ()
    is_information: bool = False


def require_writing(act: Act, actor: Actor, meeting_id: int) -> tuple[Loaded, Acting]:
    """Return a meeting whose notes are being written, held until the unit ends, and in which post one writes them.

    NotFoundError, ForbiddenError outside the office, ConflictError before it began or once the minutes went round.
    """
    meeting, _ = load_for_actor(act.connection, meeting_id, actor.person_id, act.now, act.today, lock=True)
    if meeting.kind != "meeting":
        raise NotFoundError
    capacity = require_office(actor, "meeting")
    act.connection.execute(select(Item.id).where(Item.id == meeting_id).with_for_update())
    meeting = load(act.connection, meeting_id)
    if meeting.state not in _WRITING:
        said = Sentence(
            "只在会议召开时和纪要起草时记录；已送会签或印发的，先收回或更正。",
            "Notes are taken in session and while the minutes are drafted; take them back first, or correct them.",
        )
        raise ConflictError("not_writing", said)
    return meeting, Acting(act.acting.person_id, OFFICE.name, capacity)


def draft_decision(act: Act, book: Rulebook, actor: Actor, meeting_id: int, draft: DecisionDraft) -> int:
    """Note a decision of a meeting; return its id."""
    meeting, acting = require_writing(act, actor, meeting_id)
    topic = _check(act, actor, meeting, draft)
    _refuse_twin(act, meeting_id, draft)
    last = select(func.max(Decision.seq)).where(Decision.meeting_id == meeting_id)
    seq = (act.connection.execute(last).scalar() or 0) + 1
    is_restricted = meeting.confidential or (topic is not None and topic.confidential)
    new = NewItem(
        kind="decision",
        title=shorten(draft.text),
        parent_id=None if is_restricted and not meeting.confidential else meeting_id,
        owner_department_id=draft.department_id,
        due_on=draft.due_on,
        confidential=is_restricted,
        supports=[(one, None, None) for one in draft.supports],
        details={"meeting_id": meeting_id, "agenda_item_id": draft.agenda_item_id, "seq": seq,
                 "text": clean(draft.text, newlines=True), "is_information": draft.is_information,
                 "wanted": _clean_all(draft.wanted), "flags": []},
    )  # fmt: skip
    return enter_items(act.connection, book, acting, act.now, [new], source=act.source)[0]


def amend_decision(act: Act, actor: Actor, item_id: int, version: int | None, draft: DecisionDraft) -> int:
    """Write a decision anew that is not in force yet; return its new version. StaleError when somebody wrote first."""
    item, _ = load_for_actor(act.connection, item_id, actor.person_id, act.now, act.today, lock=True)
    if item.kind != "decision":
        raise NotFoundError
    own = act.connection.execute(select(Decision.meeting_id).where(Decision.item_id == item_id)).scalar_one()
    meeting, acting = require_writing(act, actor, own)
    if version != item.version:
        raise StaleError(item.version, version)
    if item.state != "draft":
        said = Sentence("已生效的议定事项不能修改。", "A decision that is in force is not changed.")
        raise ConflictError("wrong_state", said)
    _check(act, actor, meeting, draft)
    title = shorten(draft.text)
    changed: dict[str, Any] = {
        "title": title, "sort_key": sort_key(title), "search_text": search_text(title), "due_on": draft.due_on,
        "original_due_on": draft.due_on, "owner_department_id": draft.department_id, "version": item.version + 1,
    }  # fmt: skip
    guarded = update(Item).where(Item.id == item_id, Item.version == item.version)
    if act.connection.execute(guarded.values(**changed)).rowcount != 1:
        raise StaleError(item.version + 1, version)
    act.connection.execute(
        update(Decision)
        .where(Decision.item_id == item_id)
        .values(
            text=clean(draft.text, newlines=True), agenda_item_id=draft.agenda_item_id, wanted=_clean_all(draft.wanted),
            is_information=draft.is_information,
        )
    )  # fmt: skip
    act.connection.execute(delete(Support).where(Support.item_id == item_id))
    if draft.supports:
        act.connection.execute(insert(Support), [{"item_id": item_id, "department_id": one} for one in draft.supports])
    access.refresh(act.connection, [item_id])
    amended = load(act.connection, item_id)
    write_history(act.connection, amended, acting, act.now, action="amend", from_state=item.state,
                  to_state=item.state, data={"title": title})  # fmt: skip
    act.audit("amend", f"item:{item_id}", item_id=item_id, before={"title": item.title, "due_on": item.due_on},
              after={"title": title, "due_on": draft.due_on})  # fmt: skip
    return amended.version


def _refuse_twin(act: Act, meeting_id: int, draft: DecisionDraft) -> None:
    """Refuse the same text on the same topic once more: a second press makes no second task."""
    twin = act.connection.execute(
        select(Decision.item_id)
        .join(Item, Item.id == Decision.item_id)
        .where(
            Decision.meeting_id == meeting_id, Decision.text == clean(draft.text, newlines=True),
            Decision.agenda_item_id.is_not_distinct_from(draft.agenda_item_id), Item.state == "draft",
        )
    ).first()  # fmt: skip
    if twin is not None:
        said = Sentence("本议题已有同样内容的议定事项。", "This topic has a decision with the very same text already.")
        raise ConflictError("same_decision", said)


def shorten(text: str) -> str:
    """Return the title of a decision: its text on one line, cut at the length of titles."""
    line = clean(text)
    return line if len(line) <= TITLE_MAX else line[: TITLE_MAX - 1] + "…"


def _clean_all(texts: Sequence[str]) -> list[str]:
    return [one for one in (clean(text) for text in texts) if one]


def _check(act: Act, actor: Actor, meeting: Loaded, draft: DecisionDraft) -> Any:  # noqa: ANN401  # the topic's row, None without one
    faults: list[Fault] = []
    if not clean(draft.text):
        faults.append(Fault("text", Sentence("请填写议定的内容。", "What was decided is needed.")))
    elif len(draft.text) > TEXT_MAX:
        faults.append(Fault("text", Sentence(f"最多{TEXT_MAX}字。", f"At most {TEXT_MAX} characters.")))
    topic = None
    if draft.agenda_item_id is not None:
        topic = act.connection.execute(
            select(Item.id, Item.confidential)
            .join(AgendaItem, AgendaItem.item_id == Item.id)
            .where(Item.id == draft.agenda_item_id, AgendaItem.meeting_id == meeting.id)
        ).first()
        # A restricted topic that one may not read looks like one that is not there.
        if topic is None or not access.can_read(act.connection, actor.readers, topic.id):
            said = Sentence("本次会议没有这个议题。", "This meeting has no such topic.")
            faults.append(Fault("agenda_item", said))
    if draft.department_id in draft.supports or len(set(draft.supports)) != len(draft.supports):
        said = Sentence("配合单位不含牵头单位，不能重复。", "Other departments than the lead, each once.")
        faults.append(Fault("supports", said))
    named = [("department", draft.department_id), *(("supports", one) for one in draft.supports)]
    for field, department_id in named:
        if department_id is None:
            continue
        try:
            require_open(act.connection, department_id, act.today, field)
        except InvalidError as error:
            faults += error.faults
    if draft.due_on is not None and draft.due_on < act.today:
        faults.append(Fault("due_on", Sentence("期限不能早于今天。", "The due date must not lie before today.")))
    if len(draft.wanted) > CRITERIA_MAX or any(len(one) > TITLE_MAX for one in draft.wanted):
        said = Sentence(f"最多{CRITERIA_MAX}条，每条最多{TITLE_MAX}字。", f"At most {CRITERIA_MAX}, {TITLE_MAX} each.")
        faults.append(Fault("wanted", said))
    if faults:
        raise InvalidError(faults)
    return topic

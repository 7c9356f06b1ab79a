"""Papers of meetings as kinds of papers: the notice as it went out, each issued version of the minutes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from app.core.errors import NotFoundError
from app.edge.context import Context, Unit
from app.edge.meeting.record.reading import read_minutes
from app.edge.meeting.record.sitting import (
    NO_NOTICE,
    fill_minutes_paper,
    list_sitting_files,
    make_notice,
    prepares,
    read_sitting,
)
from app.edge.paperwork.asking import require_item, require_post
from app.edge.paperwork.kind import Ask, Filled, PaperKind, Waiting
from app.policy.people import Actor
from app.queries.meeting.record.paper import MOVED, find_change
from app.queries.paperwork.issued import list_versions
from app.queries.paperwork.state import find_last_step
from app.queries.paperwork.waiting import is_ahead, list_minutes, list_notices, list_versions_before
from reports.meeting.inputs import MinutesInput, NoticeInput
from reports.meeting.minutes import build_minutes_pdf
from reports.meeting.minutes_docx import build_minutes_docx
from reports.meeting.notice import build_notice_pdf
from reports.proof import Proof
from reports.wording import Lang, Text

LANGS: tuple[Lang, ...] = ("zh", "en")
#: The steps that send a notice out, or one of what they changed.
_SENT = ("notify", "name_chair", *MOVED)
_ANY = datetime(2000, 1, 1, tzinfo=UTC)
_HASH_LETTERS = 12


def _fill_minutes(context: Context, unit: Unit, actor: Actor, ask: Ask, lang: Lang) -> Filled:
    """Fill minutes; `ask.period` names a version, without one the last is meant, before any is issued the draft."""
    meeting_id = require_item(ask)
    wanted = None if ask.period is None else int(ask.period)
    minutes = read_minutes(unit, actor, meeting_id, wanted)
    paper, row = fill_minutes_paper(context, unit, minutes, lang), minutes.version
    stage = "draft" if row is None else f"v{row.version}"
    name = f"minutes-{meeting_id}-{stage}"
    if row is None:
        return Filled(paper, paper.made_at, None, name)
    content = minutes.cut.content
    told = tuple(int(one["id"]) for one in (*content["topics"], *content["decisions"]))
    return Filled(
        paper, paper.made_at, None, name, row.number, str(row.version), issued_at=row.issued_at, tells_of=told,
        reason=row.reason, is_kept=True,
    )  # fmt: skip


def _fill_notice(context: Context, unit: Unit, actor: Actor, ask: Ask, lang: Lang) -> Filled:
    meeting_id = require_item(ask)
    connection = unit.connection()
    sittings = {one: read_sitting(context, unit, actor, meeting_id, one) for one in LANGS}
    meeting = sittings[lang].meeting
    # The product itself looks whether there is something to freeze.
    if meeting.notified_at is None and not (actor.is_system or prepares(actor, meeting)):
        raise NotFoundError(*NO_NOTICE)
    change = find_change(connection, meeting_id) if meeting.sequence else None
    files = list_sitting_files(unit, actor, sittings[lang])
    papers = {one: make_notice(context, sitting, change, files, one) for one, sitting in sittings.items()}
    paper, name = papers[lang], f"notice-{meeting_id}"
    sent = find_last_step(connection, meeting_id, _SENT)
    if meeting.notified_at is None or sent is None:
        return Filled(paper, paper.made_at, None, name)
    versions = list_versions(connection, "notice", meeting_id, "")
    last = versions[0] if versions else None
    said = _hash_notices([papers[one] for one in LANGS])
    if not is_ahead(connection, meeting_id, context.now()):
        edition = "" if last is None else last.edition
    elif last is not None and last.edition.endswith(f"-{said}"):
        edition = last.edition
    else:
        edition = f"{1 if last is None else last.version + 1}-{said}"
    # What changes without a step (who is invited, which files are added) has no instant of its own but this one.
    is_later = last is not None and last.edition != edition and last.issued_at >= sent.at
    return Filled(
        paper, paper.made_at, None, name, f"会议通知{meeting_id}-{meeting.sequence + 1}", edition,
        issued_at=context.now() if is_later else sent.at, step=sent.seq,
        tells_of=tuple(row.topic.id for row in sittings[lang].agenda),
    )  # fmt: skip


def _hash_notices(papers: Sequence[NoticeInput]) -> str:
    """Return what notices say in a few letters, whoever reads them when; parts that are empty do not count."""
    said = [asdict(replace(one, made_at=_ANY), dict_factory=_drop_empty) for one in papers]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LETTERS]


def _drop_empty(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value}


def _draw_minutes(paper: MinutesInput, _lang: Lang, proof: Proof | None, *, state: str = "") -> bytes:
    return build_minutes_pdf(paper, proof, state=state)


def _draw_minutes_docx(paper: MinutesInput, _lang: Lang, proof: Proof | None, *, state: str = "") -> bytes:
    return build_minutes_docx(paper, proof, state=state)


def _draw_notice(paper: NoticeInput, _lang: Lang, proof: Proof | None, *, state: str = "") -> bytes:
    return build_notice_pdf(paper, proof, state=state)


def _find_minutes(_context: Context, unit: Unit, after: int) -> list[Waiting]:
    found = list_minutes(unit.connection(), after)
    return [(place, Ask(meeting_id, str(version))) for place, meeting_id, version in found]


def _find_earlier_minutes(unit: Unit, ask: Ask) -> list[Ask]:
    meeting_id = require_item(ask)
    versions = list_versions_before(unit.connection(), meeting_id, None if ask.period is None else int(ask.period))
    return [Ask(meeting_id, str(version)) for version in versions]


def _find_notices(context: Context, unit: Unit, after: int) -> list[Waiting]:
    return [(one, Ask(one)) for one in list_notices(unit.connection(), context.now(), after)]


MINUTES = PaperKind(
    name="minutes",
    label=Text("会议纪要", "Minutes"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill_minutes,
    draw={"pdf": _draw_minutes, "docx": _draw_minutes_docx},
    items=("meeting",),
    find_waiting=_find_minutes,
    find_earlier=_find_earlier_minutes,
)
NOTICE = PaperKind(
    name="notice",
    label=Text("会议通知", "Notice of meeting"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill_notice,
    draw={"pdf": _draw_notice},
    items=("meeting",),
    find_waiting=_find_notices,
)

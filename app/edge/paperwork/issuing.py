"""Issues papers: read in one unit, drawn in every ending and language with one mark, stored, then written at once.

A process that is killed before the last step leaves bytes in the store that no row names (upkeep drops them) and
nothing else: number and code are taken with the rows. To issue again what is issued already gives the same paper.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.core.clock import FixedClock
from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.edge.attachment import open_store
from app.edge.auth import make_system_act
from app.edge.context import Context, Unit
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.edge.paperwork.periods import check_ended, check_issued_scope
from app.edge.reporting import OFFICE, render_pdf
from app.policy.handing_out import read_for_others
from app.policy.people import Actor, find_actor
from app.queries.paperwork.issued import PaperRow, find_edition, find_item_facts, list_versions, name_rules
from app.services.numbering import format_number, peek_number
from app.services.paperwork.issuing import (
    SERIES,
    FileOf,
    NewPaper,
    NumberMovedError,
    Series,
    find_issuer,
    make_code,
    write_paper,
)
from app.services.recording import Acting
from reports.proof import Proof
from reports.wording import Lang, Text, spell_day
from workflows.roles import Capacity, Duty

LANGS: tuple[Lang, ...] = ("zh", "en")
REASON_MAX = 500
_TITLE_MAX = 400
_SIZE_MAX = 256 * 1024 * 1024
#: How often a paper is drawn anew because another one took its number first.
_TRIES = 5
_OFFICE_ONLY = Sentence("文件由协调办签发。", "Papers are issued by the coordination office.")
_NOT_ISSUED = Sentence("该事项尚未到签发这份文件的环节。", "The item has not reached the step that issues this paper.")
_BUSY = Sentence("正在签发其他文件，请稍后重试。", "Other papers are being issued; try again shortly.")
_SUPERSEDED = Sentence("该版本已被更正，请在最新版本上更正。", "A later version replaces it: correct that one.")
_REASON = Sentence(
    f"请写明更正原因，最多{REASON_MAX}字。", f"Say why it is corrected, in at most {REASON_MAX} characters."
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper that is issued now; `is_new`: by this call."""

    paper_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class _By:
    """Who issues: on record as acting, and named on the paper."""

    acting: Acting
    person_id: int
    post_id: int | None
    source: str


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be drawn and written, but for number and code."""

    kind: PaperKind
    ask: Ask
    filled: Mapping[Lang, Filled]
    edition: str
    before: PaperRow | None
    reason: str | None
    issued_at: datetime
    data_at: datetime
    title: Text
    issuer: Text
    confidential: bool
    rule_set_id: int | None
    rules: str


def issue_paper(
    context: Context, person_id: int, name: str, ask: Ask, *, replaces: int | None = None, reason: str = "",
    source: str,
) -> Issued:  # fmt: skip
    """Issue a paper of the city, a department or a fund; asked for again, it is the same paper.

    `replaces` with `reason` issues a correction of that paper, its last version. NotFoundError for no such kind,
    ForbiddenError for all but the office, ConflictError (`superseded`), InvalidError for the reason, the scope, or the
    period of a first issue that has not ended or has no data, UnavailableError when no PDF can be made here. It reads
    as the office does: without confidential items. Slow.
    """
    kind = PAPERS.get(name)
    if kind is None or kind.items:
        raise NotFoundError
    at = context.now()
    frozen = replace(context, clock=FixedClock(at))
    with context.database.reading() as unit:
        actor = _require_office(context, unit, person_id)
        kind.allow(actor)
        if faults := check_issued_scope(unit, kind, ask):
            raise InvalidError(faults)
        versions = list_versions(unit.connection(), kind.name, ask.scope_id or 0, ask.period or "")
        before = versions[0] if versions else None
        if replaces is None and before is not None:
            return Issued(before.id, is_new=False)
        if replaces is not None:
            said = _check_reason(reason)
            if before is None or before.id != replaces:
                repeated = next((one for one in versions if one.replaces_id == replaces and one.reason == said), None)
                if repeated is not None:
                    return Issued(repeated.id, is_new=False)
                raise ConflictError("superseded", _SUPERSEDED)
        elif faults := check_ended(context, unit, kind, ask):
            raise InvalidError(faults)
        reader = read_for_others(actor)
        filled = {lang: kind.fill(frozen, unit, reader, ask, lang) for lang in LANGS}
        order = _make_order(
            context, unit, kind, ask, filled, str((before.version if before else 0) + 1), before,
            reason.strip() or None, at,
        )  # fmt: skip
    held = next(one for one in actor.general if one.duty is Duty.OFFICE)
    by = _By(Acting(person_id, Duty.OFFICE.value, held), person_id, held.post_id, source)
    return _issue(context, order, by)


def is_issuer(actor: Actor) -> bool:
    """Whether somebody issues and corrects papers: in an office's post, their own or one that is lent to them."""
    return actor.has(Duty.OFFICE)


def _require_office(context: Context, unit: Unit, person_id: int) -> Actor:
    actor = find_actor(unit.connection(), person_id, context.today(), context.now())
    if actor is None or not is_issuer(actor):
        raise ForbiddenError("office_only", _OFFICE_ONLY)
    return actor


def _check_reason(reason: str) -> str:
    said = reason.strip()
    if not 1 <= len(said) <= REASON_MAX:
        raise InvalidError([Fault("reason", _REASON)])
    return said


def freeze_paper(context: Context, name: str, ask: Ask) -> Issued:
    """Freeze the paper of an item as a step of its workflow issued it, whole, whoever asks; idempotent.

    What was issued before it and is kept is frozen first, so that each replaces the one before. ConflictError
    (`not_issued`) before that step, (`superseded`) for a state whose successor is frozen; otherwise as `issue_paper`.
    """
    kind = PAPERS[name]
    if kind.find_earlier is not None:
        with context.database.reading() as unit:
            earlier = kind.find_earlier(unit, ask)
        for one in earlier:
            _freeze(context, kind, one)
    return _freeze(context, kind, ask)


def _freeze(context: Context, kind: PaperKind, ask: Ask) -> Issued:
    item_id = ask.scope_id or 0
    with context.database.reading() as unit:
        connection = unit.connection()
        reader = make_whole_reader(context, unit)
        filled = {lang: kind.fill(context, unit, reader, ask, lang) for lang in LANGS}
        own = filled["zh"]
        edition = own.edition
        if not edition:
            raise ConflictError("not_issued", _NOT_ISSUED)
        found = find_edition(connection, kind.name, item_id, "", edition)
        if found is not None:
            return Issued(found.id, is_new=False)
        versions = list_versions(connection, kind.name, item_id, "")
        before = versions[0] if versions else None
        if before is not None and kind.find_earlier is not None and int(before.edition) > int(edition):
            raise ConflictError("superseded", _SUPERSEDED)
        at = own.issued_at or own.data_at
        reason = None if before is None else own.reason
        order = _make_order(context, unit, kind, Ask(item_id), filled, edition, before, reason, at)
        if not own.is_kept:
            order = replace(order, data_at=max(own.data_at, context.now()))
        issuer = find_issuer(connection, item_id, at, own.step) or (reader.person_id, None)
    by = _By(Acting(reader.person_id, "system"), issuer[0], issuer[1], "job")
    return _issue(context, order, by)


def make_whole_reader(context: Context, unit: Unit) -> Actor:
    """Return a reader who reads every item: the product itself, as it freezes what others may read in part."""
    person_id = make_system_act(context, unit).acting.person_id
    return Actor(person_id, "system", "system", (Capacity(0, person_id, Duty.AUDITOR, 0),), is_system=True)


def _make_order(
    context: Context, unit: Unit, kind: PaperKind, ask: Ask, filled: Mapping[Lang, Filled], edition: str,
    before: PaperRow | None, reason: str | None, issued_at: datetime,
) -> _Order:  # fmt: skip
    connection, own, settings = unit.connection(), filled["zh"], context.settings
    facts = find_item_facts(connection, ask.scope_id or 0) if kind.items else None
    if own.title is not None:
        title = own.title
    elif facts is not None:
        title = Text(f"{kind.label.zh}：{facts.title}", f"{kind.label.en}: {facts.title}")
    else:
        title = Text(f"{kind.label.zh}（{ask.period}）", f"{kind.label.en}, {ask.period}") if ask.period else kind.label
    office = Text(f"{settings.city_zh}{OFFICE.zh}", f"{OFFICE.en}, {settings.city_en}")
    rule_set_id = own.rule_set_id if facts is None or own.rule_set_id is not None else facts.rule_set_id
    return _Order(
        kind, ask, filled, edition, before, reason, issued_at, own.data_at, title, own.issuer or office,
        facts is not None and facts.confidential, rule_set_id, name_rules(connection, rule_set_id),
    )  # fmt: skip


def _issue(context: Context, order: _Order, by: _By) -> Issued:
    """Draw, store, write; anew when another paper took the number meanwhile."""
    for _ in range(_TRIES):
        number, series = _find_number(context, order)
        paper = _make_paper(order, number)
        files = _draw(context, order, paper)

        def write(unit: Unit, paper: NewPaper = paper, files: list[FileOf] = files,
                  series: Series | None = series) -> int | None:  # fmt: skip
            return write_paper(
                unit.connection(), by.acting, context.now(), paper, files, series=series, source=by.source,
                person_id=by.person_id, post_id=by.post_id,
            )  # fmt: skip

        try:
            paper_id = context.database.write(write)
        except NumberMovedError:
            continue
        if paper_id is not None:
            return Issued(paper_id, is_new=True)
        with context.database.reading() as unit:
            found = find_edition(unit.connection(), paper.kind, paper.scope_id, paper.period, paper.edition)
        # Another state of it came between, or another correction: its number of version is taken.
        is_other = found is not None and (found.replaces_id, found.reason) != (paper.replaces_id, paper.reason)
        if found is None or (is_other and not order.kind.items):
            raise ConflictError("superseded", _SUPERSEDED)
        return Issued(found.id, is_new=False)
    raise ConflictError("busy", _BUSY)


def _find_number(context: Context, order: _Order) -> tuple[str, Series | None]:
    """Return the paper's number, and the series it is of when it is taken with the rows."""
    own = order.filled["zh"].number
    if order.before is not None and not order.kind.items:
        return order.before.number, None
    word = order.kind.numbering
    if own or word is None:
        return own or f"{order.kind.label.zh}{order.ask.scope_id or ''}", None
    year = order.issued_at.astimezone(context.settings.timezone).year
    with context.database.reading() as unit:
        number = peek_number(unit.connection(), SERIES, year, word.zh)
    return format_number(word.zh, year, number), Series(word.zh, year, number)


def _make_paper(order: _Order, number: str) -> NewPaper:
    own, before = order.filled["zh"], order.before
    return NewPaper(
        kind=order.kind.name,
        item_id=order.ask.scope_id if order.kind.items else None,
        scope_id=order.ask.scope_id or 0,
        period=order.ask.period or "",
        edition=order.edition,
        version=1 if before is None else before.version + 1,
        number=number,
        code=make_code(),
        replaces_id=None if before is None else before.id,
        reason=order.reason,
        title=order.title.zh[:_TITLE_MAX],
        title_en=order.title.en[:_TITLE_MAX],
        issuer=order.issuer.zh,
        issuer_en=order.issuer.en,
        confidential=order.confidential,
        tells_of=own.tells_of,
        data_at=order.data_at,
        issued_at=order.issued_at,
        rule_set_id=order.rule_set_id,
        template=order.kind.template,
    )


def _draw(context: Context, order: _Order, paper: NewPaper) -> list[FileOf]:
    """Draw every ending in both languages with one mark and put the bytes into the store."""
    zone, store = context.settings.timezone, open_store(context)
    before = order.before
    proof = Proof(
        number=paper.number,
        version=paper.version,
        code=paper.code,
        address=f"{context.settings.base_url}/verify/{paper.code}",
        issued_at=paper.issued_at.astimezone(zone),
        data_at=paper.data_at.astimezone(zone),
        rules=order.rules,
        template=str(paper.template),
        replaces=None if before is None else _name_before(before, before.issued_at.astimezone(zone)),
    )
    files = []
    for lang in LANGS:
        filled = order.filled[lang]
        for ending, draw in order.kind.draw.items():
            content = render_pdf(lambda draw=draw, filled=filled, lang=lang: draw(filled.data, lang, proof))  # type: ignore[misc]  # bound now
            stored = store.put(io.BytesIO(content), _SIZE_MAX)
            name = f"{filled.name}-{lang}.{ending}"
            files.append(FileOf(ending, lang, stored.sha256, stored.size_bytes, name))
    return files


def _name_before(before: PaperRow, issued_at: datetime) -> Text:
    day = issued_at.date()
    return Text(
        f"{before.number}第{before.version}版（{spell_day(day, 'zh')}签发）",
        f"{before.number}, version {before.version} of {spell_day(day, 'en')}",
    )

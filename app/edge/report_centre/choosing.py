"""What can be chosen in the report centre, and whether a choice is good; all from the catalogue of papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from app.core.errors import Fault, ForbiddenError, InvalidError, Sentence
from app.edge.context import Context, Unit
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask, Ending, PaperKind
from app.edge.paperwork.periods import NO_PERIOD, NO_SCOPE, WHOLE_ONLY, list_periods
from app.policy.people import Actor
from app.queries.report_plan.scope import ScopeRow, find_item_kind, name_scope
from reports.wording import Lang, spell_month
from workflows.words import Text

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
ENDINGS: tuple[Ending, ...] = ("pdf", "docx", "xlsx")
NAMES = ("kind", "scope", "period", "languages", "endings")
_ID_MAX = 2**63
_NO_KIND = Sentence("没有这种报告。", "There is no such kind of report.")
BY_STEP = Sentence(
    "这种文件由事项的办理环节签发，签发时自动定版，不能按计划生成。",
    "A step of its item issues this paper, which is frozen then: no plan makes it.",
)
_LANGUAGES = Sentence("请至少选择一种语言：zh、en。", "Choose zh, en or both.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A paper that was chosen, each part of it known to be good; `title` names it in both languages."""

    kind: PaperKind
    scope_id: int | None
    period: str | None
    languages: tuple[Lang, ...]
    endings: tuple[Ending, ...]
    title: Text

    @property
    def ask(self) -> Ask:
        """The same as what fills a paper takes it."""
        return Ask(self.scope_id, self.period)


def list_allowed(actor: Actor) -> list[PaperKind]:
    """Return the kinds of papers that somebody may have, in the catalogue's order."""
    return [kind for kind in PAPERS.values() if may_have(kind, actor)]


def list_planned(actor: Actor) -> list[PaperKind]:
    """Return those of them that a plan can make: what a step of an item issues would go out as its makers read it."""
    return [kind for kind in list_allowed(actor) if kind.find_waiting is None]


def label_paper(name: str) -> Text:
    """Return what a kind of paper is called; its name when it is none of ours any more."""
    kind = PAPERS.get(name)
    return Text(name, name) if kind is None else Text(kind.label.zh, kind.label.en)


def may_have(kind: PaperKind, actor: Actor) -> bool:
    """Whether somebody may have a kind of paper at all."""
    try:
        kind.allow(actor)
    except ForbiddenError:
        return False
    return True


def list_endings(kind: PaperKind) -> list[Ending]:
    """Return the endings of a kind, in the usual order."""
    return [ending for ending in ENDINGS if ending in kind.draw]


def read_choice(context: Context, unit: Unit, actor: Actor, given: Mapping[str, Any]) -> Choice:
    """Return what somebody asks for; InvalidError with every fault, ForbiddenError where the kind is not theirs.

    `given` has the NAMES: kind, scope (an id, None for the whole city), period (YYYY-MM, YYYY, None), languages and
    endings (at least one each).
    """
    kind = PAPERS.get(str(given.get("kind", "")))
    if kind is None:
        raise InvalidError([Fault("kind", _NO_KIND)])
    kind.allow(actor)
    faults: list[Fault] = []
    scope = check_scope(unit, actor, kind, given.get("scope"), faults)
    period = _check_period(context, kind, given.get("period"), faults)
    languages = _check_list(given.get("languages"), LANGUAGES, "languages", _LANGUAGES, faults)
    endings = check_endings(kind, given.get("endings"), faults)
    known = ", ".join(NAMES)
    faults += [
        Fault(str(name), Sentence(f"不认识此项，可填：{known}。", f"Not known here; known are: {known}."))
        for name in given if name not in NAMES
    ]  # fmt: skip
    if faults:
        raise InvalidError(faults)
    scope_id = None if scope is None else scope.id
    return Choice(
        kind, scope_id, period, cast("tuple[Lang, ...]", languages), endings, name_paper(kind, scope, period)
    )  # fmt: skip


def check_scope(
    unit: Unit, actor: Actor, kind: PaperKind, given: object, faults: list[Fault]
) -> ScopeRow | None:  # fmt: skip
    """Return of what a paper is to tell, None for the whole city; what is wrong is added to `faults`."""
    if kind.scope == "city":
        if given is not None:
            faults.append(Fault("scope", WHOLE_ONLY))
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < _ID_MAX:
        faults.append(Fault("scope", NO_SCOPE[kind.scope]))
        return None
    connection = unit.connection()
    found = name_scope(connection, actor.readers, kind.scope, given)
    if found is None or (kind.scope == "item" and find_item_kind(connection, actor.readers, given) not in kind.items):
        faults.append(Fault("scope", NO_SCOPE[kind.scope]))
        return None
    return found


def check_endings(kind: PaperKind, given: object, faults: list[Fault]) -> tuple[Ending, ...]:
    """Return the endings that were chosen, in the usual order; what is wrong is added to `faults`."""
    usual = list_endings(kind)
    known = ", ".join(usual)
    said = Sentence(f"请至少选择一种格式：{known}。", f"Choose at least one of {known}.")
    return cast("tuple[Ending, ...]", _check_list(given, usual, "endings", said, faults))


def _check_period(context: Context, kind: PaperKind, given: object, faults: list[Fault]) -> str | None:
    if kind.period == "none":
        if given is not None:
            faults.append(Fault("period", NO_PERIOD))
        return None
    periods = list_periods(context, kind)
    if given in periods:
        return str(given)
    said = (
        Sentence(f"请选择有数据的月份，{periods[-1]}至{periods[0]}。",
                 f"Choose a month with data, {periods[-1]} to {periods[0]}.")
        if kind.period == "month"
        else Sentence(f"请选择有数据的年份，{periods[-1]}至{periods[0]}。",
                      f"Choose a year with data, {periods[-1]} to {periods[0]}.")
    )  # fmt: skip
    faults.append(Fault("period", said))
    return None


def _check_list(
    given: object, known: Sequence[str], name: str, said: Sentence, faults: list[Fault]
) -> tuple[str, ...]:  # fmt: skip
    wanted = given if isinstance(given, list | tuple) else []
    if not wanted or not all(isinstance(one, str) and one in known for one in wanted):
        faults.append(Fault(name, said))
        return ()
    return tuple(one for one in known if one in wanted)


def name_paper(kind: PaperKind, scope: ScopeRow | None, period: str | None) -> Text:
    """Return what one paper is, in few words: its period, kind and of what it tells.

    An item is named by its number or id alone: the name stands in logs and messages, titles of confidential items not.
    """
    zh, en = kind.label.zh, kind.label.en
    if period is not None:
        year, _, month = period.partition("-")
        zh = f"{spell_month(int(year), int(month), 'zh')}{zh}" if month else f"{year}年{zh}"
        en = f"{en}, {spell_month(int(year), int(month), 'en')}" if month else f"{en}, {year}"
    if scope is not None:
        if kind.scope == "item":
            zh, en = f"{zh}：{scope.number or f'事项{scope.id}'}", f"{en}: {scope.number or f'item {scope.id}'}"
        else:
            zh, en = f"{zh}：{scope.name.zh}", f"{en}: {scope.name.en}"
    return Text(zh, en)

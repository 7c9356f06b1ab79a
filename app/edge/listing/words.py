"""A list's filters and order in words of both languages: for its head, its empty state and the files made of it."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.engine import Connection

from app.edge.listing.asking import find_department_id
from app.edge.listing.columns import SOURCE_LABELS, URGENCY_LABELS
from app.queries.department import find_name
from app.queries.listing.beside import find_title
from app.queries.listing.conditions import NO_PHASE
from app.queries.person import find_account
from app.schemas.listing import ME, ListQuery
from app.services.rulebook import Rulebook
from workflows.light import COLOUR_LABELS
from workflows.machine import LEVEL_LABELS
from workflows.words import Text

VIEW_LABELS = {"open": Text("在办", "open"), "closed": Text("已了结", "closed"), "all": Text("全部", "all")}
PART_LABELS = {
    "lead": Text("牵头", "leading"),
    "support": Text("配合", "supporting"),
    "either": Text("牵头或配合", "leading or supporting"),
}
ARCHIVED_LABELS = {"only": Text("只看已归档", "archived only"), "all": Text("含已归档", "with archived ones")}
ORDER_LABELS = {
    "due": Text("按完成期限排列，没有期限的在后", "by due date, those without one last"),
    "-due": Text("按完成期限倒排，没有期限的在后", "by due date, the latest first, those without one last"),
    "title": Text("按标题拼音排列", "by title in pinyin"),
    "-title": Text("按标题拼音倒排", "by title in pinyin, backwards"),
    "created": Text("按登记先后排列", "in the order of entry"),
    "-created": Text("按登记先后倒排", "the last entered first"),
    "id": Text("按登记先后排列", "in the order of entry"),
    "-id": Text("按登记先后倒排", "the last entered first"),
}


def tell_filters(
    connection: Connection, book: Rulebook, readers: Iterable[str], query: ListQuery
) -> list[Text]:  # fmt: skip
    """Return what restricts the list, one phrase a filter; views and kinds are not among them.

    What is named by its id (a department, a person, the item above) is looked up, one statement each.
    """
    found = [Text(f"“{query.q}”", f"“{query.q}”")] if query.q else []
    found += [COLOUR_LABELS[light] for light in query.lights]
    found += _name_states(connection, book, query)
    found += _tell_named(connection, tuple(readers), query)
    found += [URGENCY_LABELS[name] for name in query.urgencies]
    found += [Text(f"来源：{SOURCE_LABELS[name].zh}", f"source: {SOURCE_LABELS[name].en}") for name in query.sources]
    if query.phase:
        none = query.phase == NO_PHASE
        found.append(
            Text("尚未进入阶段", "no phase begun")
            if none else Text(f"阶段：{query.phase}", f"phase: {query.phase}")
        )  # fmt: skip
    found += _tell_days(query.due_from, query.due_until, Text("期限", "due"))
    found += _tell_days(query.closed_from, query.closed_until, Text("了结", "closed"))
    if query.rung:
        label = LEVEL_LABELS[query.rung]
        found.append(Text(f"已到{label.zh}及以上", f"{label.en} or higher"))
    if query.archived:
        found.append(ARCHIVED_LABELS[query.archived])
    if query.overdue is not None:
        found.append(Text("只看逾期", "overdue only") if query.overdue else Text("只看未逾期", "not overdue"))
    return found


def _name_states(connection: Connection, book: Rulebook, query: ListQuery) -> list[Text]:
    labels: dict[str, Text] = {}
    for kind in query.kinds if query.states else ():
        for name, state in book.current_machine(connection, kind).states.items():
            labels.setdefault(name, state.label)
    return [labels.get(name, Text(name, name)) for name in query.states]


def _tell_named(connection: Connection, readers: tuple[str, ...], query: ListQuery) -> Iterable[Text]:
    department_id = find_department_id(connection, query.department)
    name = None if department_id is None else find_name(connection, department_id)
    if name is not None:
        part = PART_LABELS[query.part]
        zh, en = (name.zh, name.en) if query.part == "either" else (f"{name.zh}{part.zh}", f"{name.en} {part.en}")
        yield Text(zh, en)
    beside = find_department_id(connection, query.support)
    supporting = None if beside is None else find_name(connection, beside)
    if supporting is not None:
        part = PART_LABELS["support"]
        yield Text(f"{supporting.zh}{part.zh}", f"{supporting.en} {part.en}")
    if query.assignee == ME:
        yield Text("我承办的", "in my charge")
    elif query.assignee:
        account = find_account(connection, int(query.assignee))
        if account is not None:
            yield Text(f"承办人：{account.name}", f"in charge: {account.name}")
    if query.parent is not None:
        title = find_title(connection, readers, query.parent) or f"#{query.parent}"
        yield Text(f"隶属“{title}”", f"below “{title}”")


def _tell_days(first: date | None, last: date | None, what: Text) -> list[Text]:
    if first is not None and last is not None:
        return [Text(f"{what.zh}{first}至{last}", f"{what.en} {first} to {last}")]
    if first is not None:
        return [Text(f"{what.zh}{first}及以后", f"{what.en} from {first}")]
    return [Text(f"{what.zh}{last}及以前", f"{what.en} until {last}")] if last is not None else []


def join(texts: Iterable[Text], otherwise: Text) -> Text:
    """Return the phrases as one, or `otherwise` for none."""
    listed = list(texts)
    if not listed:
        return otherwise
    return Text("、".join(text.zh for text in listed), ", ".join(text.en for text in listed))

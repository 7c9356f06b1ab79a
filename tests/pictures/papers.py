"""Takes the first page of every kind of paper, drawn from the lived city in both languages."""

from collections.abc import Iterator, Sequence
from io import BytesIO

import pypdfium2
from PIL import Image
from sqlalchemy import select

from app.core.errors import DomainError
from app.edge.context import Context, Unit
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.models.fund import Fund
from app.models.item import Item
from app.models.organisation import Person
from app.policy.people import Actor, find_actor
from reports.wording import Lang
from tests.pictures.camera import PictureError, shrink
from tests.shown.city import Shown

#: Who sees the whole city; it is for them that the papers are drawn.
READER = "director"
MONTH, YEAR = "2026-06", "2026"
LANGUAGES: Sequence[Lang] = ("zh", "en")
_WIDTH = 620
_TRIED = 200


def name_paper(kind: str, lang: str) -> str:
    """Return the name of a paper's picture."""
    return f"paper-{kind.replace('_', '-')}-{lang}"


PAPER_NAMES = tuple(name_paper(kind, lang) for kind in PAPERS for lang in LANGUAGES)


def take_paper(shown: Shown, kind: PaperKind, lang: Lang) -> bytes:
    """Return the first page as PNG; PictureError when the city has nothing of which such a paper tells."""
    context: Context = shown.app.extensions["lianban"]
    with shown.app.test_request_context(), context.database.reading() as unit:
        filled = _fill(context, unit, kind, lang, shown.ids["project"])
    pdf = kind.draw["pdf"](filled.data, lang, None)
    page = pypdfium2.PdfDocument(pdf)[0]
    image = page.render(scale=_WIDTH / page.get_width()).to_pil()
    out = BytesIO()
    Image.Image.save(image, out, "PNG")
    return shrink(name_paper(kind.name, lang), out.getvalue())


def _fill(context: Context, unit: Unit, kind: PaperKind, lang: Lang, project_id: int) -> Filled:
    actor = _find_reader(context, unit)
    first = [Ask(project_id)] if "project" in kind.items else []  # it has the most to tell
    for ask in (*first, *_list_asks(unit, kind)):
        try:
            return kind.fill(context, unit, actor, ask, lang)
        except DomainError:  # not in the state in which it has such a paper: the next one
            continue
    raise PictureError(f"{kind.name}: nothing in the city has such a paper")


def _find_reader(context: Context, unit: Unit) -> Actor:
    connection = unit.connection()
    person_id = connection.execute(select(Person.id).where(Person.login == READER)).scalar_one()
    actor = find_actor(connection, person_id, context.today(), context.now())
    if actor is None:
        raise PictureError(f"{READER} is not there")
    return actor


def _list_asks(unit: Unit, kind: PaperKind) -> Iterator[Ask]:
    period = {"month": MONTH, "year": YEAR, "none": None}[kind.period]
    if kind.scope == "city":
        yield Ask(None, period)
        return
    ids = select(Fund.id).order_by(Fund.id)
    if kind.scope == "item":
        ids = select(Item.id).where(Item.kind.in_(kind.items)).order_by(Item.id)
    for scope_id in unit.connection().execute(ids.limit(_TRIED)).scalars().all():
        yield Ask(scope_id, period)

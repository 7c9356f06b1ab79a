"""Makes the panel of files that stands on an item's and on a document's page."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app.edge.context import Context
from app.edge.unit import Unit
from app.pages.items.form import make_key
from app.pages.items.item_row import name_account
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.attachment import AttachmentRow, list_of_document, list_of_item
from app.services.attachment.permission import Parent, Standing, find_standing
from app.services.attachment.types import EXTENSIONS

_STEP = 1024


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file; `removal` is the address that takes it away, empty when it is not the visitor's to do."""

    id: int
    name: str
    kind: str
    size: str
    who: str
    at: datetime
    address: str
    removal: str


@dataclass(frozen=True, slots=True)
class FilePanel:
    """The files of one parent; `upload` is the address for another one, empty when the visitor adds none.

    `is_folded`: the parent is closed, so the form is not held out, only kept for a late paper.
    """

    rows: tuple[FileRow, ...]
    upload: str
    key: str
    kinds: tuple[tuple[str, str], ...]
    accept: str
    endings: tuple[str, ...]
    size_max_mb: int
    is_folded: bool

    @property
    def names(self) -> tuple[tuple[int, str], ...]:
        """The files by id and name."""
        return tuple((row.id, row.name) for row in self.rows)


def make_file_panel(unit: Unit, context: Context, actor: Actor, parent: Parent) -> FilePanel:
    """Return the panel; NotFoundError when the visitor may not read the parent."""
    connection = unit.connection()
    if parent.item_id is not None:
        rows = list_of_item(connection, actor.readers, parent.item_id)
        upload = url_for("attachment.add_to_item", item_id=parent.item_id)
    else:
        rows = list_of_document(connection, actor, parent.document_id or 0)
        upload = url_for("attachment.add_to_document", document_id=parent.document_id)
    standing = find_standing(connection, parent, actor.person_id, context.now(), context.today())
    kinds = name_kinds()
    first = "evidence" if parent.item_id is not None else "scan"
    return FilePanel(
        rows=tuple(_make_row(row, standing, kinds) for row in rows),
        upload="" if standing.refusal else upload,
        key=make_key(),
        kinds=((first, kinds[first]), *((kind, label) for kind, label in kinds.items() if kind != first)),
        accept=",".join(f".{ending}" for ending in EXTENSIONS),
        endings=EXTENSIONS,
        size_max_mb=context.settings.max_file_mb,
        is_folded=not standing.is_open,
    )


def _make_row(row: AttachmentRow, standing: Standing, kinds: dict[str, str]) -> FileRow:
    is_own = row.uploaded_by == standing.actor.person_id and standing.is_open
    may_remove = is_own or (standing.is_office and standing.refusal is None)
    return FileRow(
        id=row.id,
        name=row.name,
        kind=kinds[row.kind],
        size=show_size(row.size_bytes),
        who=name_account(row.uploaded_by_name),
        at=row.uploaded_at,
        address=url_for("attachment.show_content", attachment_id=row.id),
        removal=url_for("attachment.remove", attachment_id=row.id) if may_remove else "",
    )


def name_kinds() -> dict[str, str]:
    """Return the kinds of files in words."""
    return {"scan": _("扫描件"), "evidence": _("佐证材料"), "paper": _("文件材料"), "other": _("其他材料")}


def show_size(size_bytes: int) -> str:
    """Return a size for reading: 812 B, 1.4 KB, 23 MB."""
    size, unit = float(size_bytes), "B"
    for larger in ("KB", "MB", "GB"):
        if size < _STEP:
            break
        size, unit = size / _STEP, larger
    whole = unit == "B" or size >= 10  # noqa: PLR2004  # two figures say enough
    return f"{size:.0f} {unit}" if whole else f"{size:.1f} {unit}"

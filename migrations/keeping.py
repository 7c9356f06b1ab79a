"""What cannot be taken back: a revision whose rows the product promises to keep says so before it changes anything."""

import sqlalchemy as sa
from alembic import op

from app.core.errors import ConflictError, Sentence


def refuse_if_filled(revision: str, *tables: str) -> None:
    """Raise ConflictError when one of `tables` holds rows: they are kept, so the revision cannot be taken back."""
    connection = op.get_bind()
    filled = [
        name
        for name in tables
        if connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first() is not None
    ]
    if filled:
        raise refuse(revision, ", ".join(filled))


def refuse(revision: str, kept: str) -> ConflictError:
    """Return the error for a revision that cannot be taken back because of `kept`: tables or kinds of items."""
    return ConflictError(
        "cannot_go_back",
        Sentence(
            f"版本{revision}不能退回：已有数据须予保留（{kept}）。什么也没有改变；要退回请恢复升级前的备份。",
            f"Revision {revision} cannot be taken back: there are {kept}, and they are kept. Nothing was changed; to go"
            " back, restore the backup from before the upgrade.",
        ),
    )

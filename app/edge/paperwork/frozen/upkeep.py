"""Reads the archive of issued papers again: every file is there, and its bytes are those that were issued."""

from collections.abc import Iterator

from app.core.errors import UnavailableError
from app.edge.context import Context
from app.edge.paperwork.frozen.reading import open_frozen
from app.queries.paperwork.issued import list_all_files


def check_archive(context: Context) -> Iterator[str]:
    """Yield a line for each file: empty when it is as it was issued, else what is wrong."""
    after: tuple[int, str, str] | None = (0, "", "")
    while after is not None:
        with context.database.reading() as unit:
            files = list_all_files(unit.connection(), after)
        for file in files:
            try:
                open_frozen(context, file)
            except UnavailableError as error:
                yield f"paper {file.paper_id}, {file.file_name}: {error.code}"
            else:
                yield ""
        after = (files[-1].paper_id, files[-1].ending, files[-1].lang) if files else None

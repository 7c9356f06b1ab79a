"""A table of a paper as it is laid out: figures to the right, the head repeated, the total between heavier rules."""

from markupsafe import Markup

from reports.paper.table import TableText, show_cell
from reports.pdf import Table
from reports.wording import Lang, keep_tail

#: Cells of a text that fill a mm of a column, as far as tails are kept together.
_CELLS_OF_MM = 0.27


def write_table(table: TableText, lang: Lang) -> Table:
    """Return the table; widths are classes `wN`, N in mm, of the style sheet."""
    columns = Markup("").join(Markup('<col class="w{}">').format(column.width_mm) for column in table.columns)
    heads = Markup("").join(
        Markup("<th{}>{}</th>").format(_mark(column.kind != "text"), column.head) for column in table.columns
    )
    opening = Markup('<table class="figures"><colgroup>{}</colgroup><thead><tr>{}</tr></thead>').format(columns, heads)
    rows = []
    for row in table.lines:
        is_total = row is table.total
        cells = [
            Markup("<td{}>{}</td>").format(
                _mark(column.kind != "text", total=is_total),
                show_cell(cell, column.kind) if column.kind != "text"
                else _keep(show_cell(cell, "text"), column.width_mm, lang),
            )
            for column, cell in zip(table.columns, row, strict=True)
        ]  # fmt: skip
        rows.append(Markup("").join(cells))
    return Table(opening, tuple(rows))


def _keep(text: str, width_mm: int, lang: Lang) -> Markup | str:
    return keep_tail(text, int(width_mm * _CELLS_OF_MM)) if lang == "zh" else text


def _mark(is_figure: bool, *, total: bool = False) -> Markup:  # noqa: FBT001  # of one column
    names = " ".join([*(["fig"] if is_figure else []), *(["sum"] if total else [])])
    return Markup(' class="{}"').format(names) if names else Markup("")

"""Makes the monthly progress report for some readers: read in one unit of work, rendered after it has ended."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from app.core.errors import Sentence, UnavailableError
from app.edge.context import Context, Unit
from app.queries.progress_report import Reader, read_report
from app.services.rulebook import Rules
from reports.pdf import PdfUnavailable, RenderError
from reports.progress import ProgressReport, Text
from reports.progress_pages import build
from reports.wording import Lang
from workflows.light import LightThresholds
from workflows.period import read_period

log = logging.getLogger(__name__)
OFFICE = Text("领导小组办公室", "Office of the leadership group")


def read_progress(context: Context, readers: Sequence[str], year: int, month: int) -> ProgressReport:
    """Return the values of a month's report as `readers` may read them."""
    return context.database.look(lambda unit: read_progress_of(context, unit, readers, year, month))


def read_progress_of(context: Context, unit: Unit, readers: Sequence[str], year: int, month: int) -> ProgressReport:
    """Return the same, read in a unit of work that is open."""
    connection = unit.connection()
    known: dict[int, Rules] = {}

    def thresholds(rule_set_id: int) -> LightThresholds:
        if rule_set_id not in known:
            known[rule_set_id] = context.book.rules(connection, rule_set_id)
        return known[rule_set_id].light

    settings = context.settings
    reader = Reader(
        city=Text(settings.city_zh, settings.city_en),
        office=OFFICE,
        calendar=context.book.calendar(connection),
        thresholds_of=thresholds,
        readers=tuple(readers),
        cutoff_of=lambda of_year, of_month: find_cutoff(context, unit, of_year, of_month),
        now=context.clock.now(),
    )
    return read_report(connection, reader, year, month, context.today())


def find_cutoff(context: Context, unit: Unit, year: int, month: int) -> int:
    """Return the day with which a month ends for its report (0: its last), by the rules in force at its end."""
    last_on = read_period(f"{year:04d}-{month:02d}").ends_on
    connection = unit.connection()
    rule_set_id = context.book.current_rule_set(connection, min(last_on, context.today()))
    return context.book.rules(connection, rule_set_id).terms.report_cutoff_day


def render_progress(report: ProgressReport, lang: Lang) -> bytes:
    """Return the PDF; UnavailableError when this machine cannot make one."""
    return render_pdf(lambda: build(report, lang))


def render_pdf(make: Callable[[], bytes]) -> bytes:
    """Return the PDF that `make` returns; UnavailableError when this machine cannot make one, or failed twice."""
    try:
        return make()
    except RenderError as error:
        log.exception("a PDF could not be laid out")
        where = Text("", "") if error.section is None else Text(f"（{error.section.zh}）", f" ({error.section.en})")
        raise UnavailableError(
            "pdf_failed",
            Sentence(
                f"PDF排版未能完成{where.zh}，请重试；仍不成功的，请联系系统管理员。",
                f"The PDF could not be laid out{where.en}. Try again; if it fails again, tell the administrator.",
            ),
        ) from error
    except PdfUnavailable as error:
        raise UnavailableError(
            "pdf_unavailable",
            Sentence(
                f"本机暂不能生成PDF，请改用网页打印：{error}",
                f"No PDF can be made on this machine; print the page instead: {error}",
            ),
        ) from error


def write_file(path: Path, content: bytes) -> None:
    """Write a document whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)

"""GET /city and POST /city/refresh: the figures of the overview, and making them anew."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.core.errors import Sentence
from app.edge.auth import caller_id
from app.edge.city import Overview, read_overview, refresh_overview
from app.edge.context import current_context
from app.queries.city.figures import Figures
from app.schemas.city.overview import OverviewQuerySchema, OverviewSchema, RefreshedSchema, RefreshSchema
from workflows.words import Text

api = Blueprint("api_city", __name__)

_KINDS = ("project", "task", "share", "slip", "request")


@api.get("/city")
def show_overview() -> dict[str, Any]:
    """Show the figures of one of the caller's views, the widest unless `of` names another."""
    given = read_query(OverviewQuerySchema)
    context = current_context()
    overview = context.database.look(lambda unit: read_overview(context, unit, caller_id(), given.get("of")))
    return dump(OverviewSchema, _show(overview))


@api.post("/city/refresh")
def refresh() -> dict[str, Any]:
    """Make all figures anew, for the office."""
    read_body(RefreshSchema)
    return dump(RefreshedSchema, {"is_new": refresh_overview(current_context(), caller_id())})


def _show(overview: Overview) -> dict[str, Any]:
    made = overview.made
    return {
        "view": overview.reader,
        "views": [
            {"key": key, "department_id": int(key.removeprefix("D:")) if key.startswith("D:") else None}
            for key in overview.readers
        ],
        "made_at": made.made_at if made else None,
        "next_at": overview.next_at,
        "figures": _show_figures(made.figures) if made else None,
        "departments": [
            {"id": one, "name": Sentence(name.name, name.name_en or name.name)} for one, name in overview.names.items()
        ],
    }


def _show_figures(figures: Figures) -> dict[str, Any]:
    load = figures.load
    return {
        "today": figures.today,
        "projects": figures.projects,
        "lights": figures.lights,
        "phases": [
            {"seq": row.seq, "projects": row.projects,
             "phase": None if row.name is None else Text(row.name, row.name_en or row.name)}
            for row in figures.phases
        ],
        "months": figures.months,
        "rates": figures.rates,
        "states": [
            {**asdict(row), "median_workdays": row.median_halves / 2, "ninth_decile_workdays": row.most_halves / 2}
            for row in figures.states
        ],
        "load_ahead": {
            "overdue": _fill(load.overdue),
            "weeks": [
                {"from_on": week.from_on, "until_on": week.until_on, "kinds": _fill(week.kinds)} for week in load.weeks
            ],
            "later": _fill(load.later),
            "undated": _fill(load.undated),
        },
        "joint": figures.joint,
    }  # fmt: skip


def _fill(kinds: Any) -> dict[str, int]:  # noqa: ANN401  # counts by kind
    return {kind: kinds.get(kind, 0) for kind in _KINDS}

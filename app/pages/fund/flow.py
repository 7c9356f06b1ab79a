"""The flow picture of a fund's year: from what there is to what is accounted for; heights are in proportion.

Geometry only, in the units of the picture's own box; every height has its figure beside it, so that it reads in grey.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.pages.fund.figures import name_kind
from app.pages.show import join_names
from app.pages.words import gettext as _

WIDTH, HEIGHT = 1000, 138
_COLUMN, _NODE, _TOP, _TALL, _DROP = 200, 5, 6, 104, 14
_LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Stage:
    """A column: all money that came so far, what of it stays here, and the drawing's paths."""

    label: str
    fen: int
    stays_label: str
    stays_fen: int
    stays_kind: str
    address: str
    node: str
    band: str
    branch: str
    branch_css: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The picture; `told` says it in words."""

    stages: tuple[Stage, ...]
    told: str


def make_flow(amounts: Mapping[str, int], locate: Callable[[str], str], show: Callable[[int], str]) -> Flow:
    """Return the flow of a year's amounts by kind; `locate` leads to a kind's postings, `show` writes an amount."""
    kinds = ("uncommitted", "reserved", "committed", "paid", "returned")
    labels = (_("资金来源"), _("已申请"), _("已下达"), _("已拨付"), _("已核销或退回"))
    totals = [sum(amounts[kind] for kind in (*kinds, "spent"))]
    for kind in kinds:
        totals.append(totals[-1] - amounts[kind])
    tallest = max((*totals, 1))
    heights = [_scale(total, tallest) for total in totals]
    stages = tuple(
        _stage(place, label, kind, totals[place], amounts[kind], heights, _scale(amounts[kind], tallest), locate(kind))
        for place, (label, kind) in enumerate(zip(labels, kinds, strict=True))
    )
    told = [f"{stage.label} {show(stage.fen)}" for stage in stages]
    return Flow(stages, join_names([*told, f"{name_kind('spent')} {show(amounts['spent'])}"]))


def _scale(fen: int, tallest: int) -> float:
    return 0.0 if fen <= 0 else max(_LEAST, round(_TALL * fen / tallest, 1))


def _stage(
    place: int, label: str, kind: str, fen: int, stays: int, heights: list[float], branch: float, address: str
) -> Stage:
    x = place * _COLUMN
    node = f"M{x} {_TOP}h{_NODE}v{heights[place]}h-{_NODE}z"
    through = heights[place + 1]
    band = f"M{x + _NODE} {_TOP}H{x + _COLUMN}v{through}H{x + _NODE}z" if through else ""
    css = "f-2" if kind == "uncommitted" else "f-3"
    return Stage(label, fen, name_kind(kind), stays, kind, address, node, band, _bend(x, through, branch), css)


def _bend(x: int, above: float, height: float) -> str:
    """Return the branch of what stays: it leaves below what flows on and bends down."""
    if not height:
        return ""
    left, right, top = x + _NODE, x + _COLUMN - 14, _TOP + above
    low, bottom = top + _DROP, top + _DROP + height
    first, second = left + 85, right - 86
    return (
        f"M{left} {top:.1f}C{first} {top:.1f} {second} {low:.1f} {right} {low:.1f}V{bottom:.1f}"
        f"C{second} {bottom:.1f} {first} {top + height:.1f} {left} {top + height:.1f}z"
    )

"""Handing over what waits on a person: chosen on one page, read as a summary on the next, done from there alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import DomainError, Fault, InvalidError, Sentence
from app.edge.administering import may_write, require_keeper
from app.edge.context import current_context
from app.pages.items.form import make_key, read_number
from app.pages.items.item_row import name_department
from app.pages.organisation import ALL, CHOICES_MAX, HERE, PERSON, attempt, name_charges
from app.pages.organisation_form import read_day, tell_refusal, with_faults
from app.pages.show import place
from app.pages.words import gettext as _
from app.queries.person import page_people, read_person
from app.services.act import Act
from app.services.organisation.handover import Choice, hand_over
from app.services.organisation.handover_plan import HandoverPlan, plan_handover

pages = Blueprint("handover", __name__, url_prefix="/organisation")
_NOTHING = Sentence("没有选择要移交或免去的内容。", "Nothing was chosen: no item is passed on and no post ends.")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a hand-over would do: who gets how many items, which posts end, which are taken by whom."""

    items: tuple[tuple[str, int], ...]
    ends: tuple[str, ...]
    taken: tuple[str, ...]
    deactivates: bool


@pages.get(f"{PERSON}/handover")
def show(person_id: int) -> str:
    """Show what can be handed over, proposed to `to`; nothing that takes a post away is ticked."""
    return _render(person_id, read_number(request.args.get("to")), None)


def _render(
    person_id: int, to_id: int | None, refusal: DomainError | None, typed: Mapping[str, str] = MappingProxyType({})
) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        connection, today = unit.connection(), context.today()
        person = read_person(connection, person_id, today)
        ends_posts = "end_posts" in typed or "deactivate" in typed
        plan = plan_handover(connection, person_id, today, to_id=to_id, ends_posts=ends_posts)
        people = [one for one in page_people(connection, today, limit=ALL).items if one.id != person_id]
    return render_template("organisation_handover.html", here=HERE, person=person, plan=plan,
                           rows=name_charges(plan), people=people, to_id=to_id, typed=typed,
                           rest=max(0, len(plan.charges) - CHOICES_MAX), key=make_key(),
                           can_write=may_write(actor) and person.is_active, **tell_refusal(refusal))  # fmt: skip


@pages.post(f"{PERSON}/handover")
def hand_over_person(person_id: int) -> Response | tuple[str, int] | str:
    """Show the summary of what was chosen; sent from there, do it on the preview that was shown.

    A stale preview changes nothing and is shown anew.
    """
    form = request.form
    to_id = read_number(form.get("to"))
    if "confirmed" not in form:
        return _render_summary(person_id, to_id)

    def work(act: Act) -> dict[str, Any]:
        choice, faults = _read_choice(to_id)
        with with_faults(faults):
            return {"items": len(hand_over(act, person_id, choice).items)}

    target = url_for("organisation.show_person", person_id=person_id)
    return attempt(work, _("已移交。"), target, lambda error: _render(person_id, to_id, error, form))


def _read_choice(to_id: int | None) -> tuple[Choice, list[Fault]]:
    form = request.form
    chosen = {one: read_number(value) for one, value in _read_choices("item.")}
    # "head" leaves an item to the head; an empty choice follows the general one.
    named = {one: to for one, to in chosen.items() if to is not None or form.get(f"item.{one}") == "head"}
    posts = {one: to for one, value in _read_choices("post.") if (to := read_number(value)) is not None}
    on, faults = read_day("on")
    choice = Choice(to_id, named, posts, on, ends_posts="end_posts" in form, deactivates="deactivate" in form,
                    basis=form.get("basis", ""))  # fmt: skip
    return choice, faults


def _read_choices(prefix: str) -> Iterator[tuple[int, str]]:
    for name, value in request.form.items():
        number = read_number(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if number is not None:
            yield number, value


def _render_summary(person_id: int, to_id: int | None) -> str | tuple[str, int]:
    context, form = current_context(), request.form
    choice, faults = _read_choice(to_id)
    with context.database.reading() as unit:
        actor = require_keeper(unit, current_user.person_id)
        connection, today = unit.connection(), context.today()
        person = read_person(connection, person_id, today)
        ends_posts = choice.ends_posts or choice.deactivates
        plan = plan_handover(connection, person_id, today, to_id=to_id, ends_posts=ends_posts)
        names = {one.id: one.name for one in page_people(connection, today, limit=ALL).items}
    if not plan.charges and not ends_posts and not choice.posts:
        faults.append(Fault("end_posts", _NOTHING))
    if faults:
        return _render(person_id, to_id, InvalidError(faults), form), 422
    kept = [(name, value) for name, value in form.items() if name not in ("csrf_token", "key")]
    return render_template("organisation_handover_summary.html", here=HERE, person=person, plan=plan, kept=kept,
                           summary=_sum_up(plan, choice, names), key=make_key(), to_id=to_id,
                           can_write=may_write(actor) and person.is_active)  # fmt: skip


def _sum_up(plan: HandoverPlan, choice: Choice, names: Mapping[int, str]) -> Summary:
    counts: dict[str, int] = {}
    for charge in plan.charges:
        to_id = choice.items.get(charge.item_id, charge.proposed_id)
        heir = _("部门负责人") if to_id is None else names.get(to_id, str(to_id))
        counts[heir] = counts.get(heir, 0) + 1
    titles = {one.holding_id: place(name_department(one.department, one.department_en),
                                    name_department(one.title, one.title_en)) for one in plan.posts}  # fmt: skip
    taken = tuple(
        _("%(name)s任%(post)s", name=names.get(to_id, str(to_id)), post=titles[holding_id])
        for holding_id, to_id in choice.posts.items() if holding_id in titles
    )  # fmt: skip
    ends = tuple(titles.values()) if choice.ends_posts or choice.deactivates else ()
    return Summary(tuple(counts.items()), ends, taken, choice.deactivates)

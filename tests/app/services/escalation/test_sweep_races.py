"""Sweeps among people at work: nothing is lost on either side, the rung shown stays true."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import partial

from app.core.errors import DomainError
from app.jobs.sweep import run_sweep
from app.services.entering import NewItem
from app.services.recording import Acting
from app.services.rules import set_rule
from tests.city import NOW, City
from tests.sweeping import episode_of, local, make_tools, messages, rungs, running_task, shown, sweep, worked_out

AT = local(2026, 4, 15)


def _report(city: City, item_id: int, now: datetime) -> str:
    """Report on a task; returns how it went."""
    try:
        city.do("tra_staff", item_id, "report", {"text": "进展", "progress_pct": 40}, now=now)
    except DomainError as error:
        return error.code
    return "done"


def test_p102_a_sweep_among_approvals_and_an_import_loses_nothing(city: City) -> None:
    """P102: people approve, a ledger comes in, sweeps run in small transactions: nothing lost, no error."""
    reported = [running_task(city, title=f"报告{number}", due_on=date(2026, 4, 1)) for number in range(6)]
    silent = [running_task(city, title=f"沉默{number}", due_on=date(2026, 4, 1)) for number in range(6)]
    rows = [NewItem("task", f"导入{number}", city.departments["ENE"]) for number in range(300)]
    tools = make_tools(city, AT)

    def enter(_: int) -> str:
        return f"{len(city.enter(*rows, now=AT))} entered"

    work: list[Callable[[], object]] = [partial(_report, city, item_id, AT) for item_id in reported]
    work += [partial(run_sweep, tools, AT, source="test", chunk=3) for _ in range(3)]
    work.append(partial(enter, 0))
    with ThreadPoolExecutor(6) as pool:
        results = [future.result() for future in [pool.submit(one) for one in work]]
    assert results[:6] == ["done"] * 6
    assert results[-1] == "300 entered"
    sweep(city, AT)
    for item_id in (*reported, *silent):
        assert {level for cause, level, _ in rungs(city, item_id) if cause == "due"} == {1, 2, 3}
        assert shown(city, item_id)[0] == worked_out(city, item_id)
        assert len([row for row in messages(city, item_id) if row.payload["cause"] == "due"]) == 1
    for item_id in silent:
        assert {cause for cause, _, _ in rungs(city, item_id)} == {"due", "idle"}


def test_p110_a_limit_of_hours_out_of_hours_is_never_overdue_at_once(city: City) -> None:
    """P110: four working hours from Saturday 22:00 and from Friday 17:29 end on Monday; rungs come after that."""
    acting = Acting(city.people["office1"], "office")
    city.database.write(
        partial(
            set_rule, book=city.book, acting=acting, now=NOW, key="task.receipt", value="workhours(4)", from_on=None,
            note="", apply_open=False, source="test",
        )
    )  # fmt: skip
    for at in (local(2026, 3, 7, 22), local(2026, 3, 6, 17, 29)):
        item_id = city.enter(NewItem("task", "当日签收", city.departments["TRA"], due_on=date(2026, 6, 1)), now=at)[0]
        city.do("office1", item_id, "assign", now=at)
        receipt = episode_of(city, item_id, "receipt")
        assert receipt.base_on == date(2026, 3, 9)
        assert receipt.next_at == local(2026, 3, 10)
        assert sweep(city, at).raised == 0

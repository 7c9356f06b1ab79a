"""`flask scheduler`: the process that runs the day's jobs; a second one waits until the first is gone."""

import signal
from threading import Event
from types import FrameType

import click

from app.edge.context import current_context
from app.edge.sending import make_tools
from app.jobs.runner import run_scheduler


@click.command("scheduler")
def scheduler() -> None:
    """Run the jobs of the day until SIGTERM or SIGINT; ends with status 0."""
    context = current_context()
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    run_scheduler(make_tools(context), stop)


COMMANDS = (scheduler,)

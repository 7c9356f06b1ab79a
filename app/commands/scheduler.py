"""`flask scheduler`: the process that runs the day's jobs; a second one waits until the first is gone."""

import signal
from threading import Event
from types import FrameType

import click

from app.edge.context import Context, current_context
from app.edge.sending import make_tools
from app.edge.watching.process import begin_process
from app.edge.watching.readiness import current_watching
from app.edge.watching.serving import serve_figures
from app.jobs.runner import run_scheduler

metrics_option = click.option(
    "--metrics-port", type=click.IntRange(1, 65535), help="Serve /metrics of this machine on this port."
)


def end_by_signal() -> Event:
    """Return what SIGTERM and SIGINT set."""
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def begin_serving(context: Context, metrics_port: int | None) -> Event:
    """Begin a process that serves: its log, its figures (on a port of their own, if wished); as `end_by_signal`."""
    begin_process(context.settings, serves=True)
    if metrics_port is not None:
        serve_figures(metrics_port, context.settings.metrics_token, current_watching().figures.write)
    return end_by_signal()


@click.command("scheduler")
@metrics_option
def scheduler(metrics_port: int | None) -> None:
    """Run the jobs of the day until SIGTERM or SIGINT; ends with status 0."""
    context = current_context()
    run_scheduler(make_tools(context), begin_serving(context, metrics_port))


COMMANDS = (scheduler,)

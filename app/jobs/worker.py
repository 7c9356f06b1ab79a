"""A process that takes jobs from the queue on PostgreSQL: procrastinate's worker with our tasks and our patience.

Two of the package's workers run in one process, one a queue, so that long works never keep messages waiting. None of
its periodic tasks is used: the scheduler's lease says who keeps time (docs/decisions/0035). A database that goes away
is waited for; whatever else happens, the workers begin anew.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import Any

import procrastinate
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError

from app.core.database import Database
from app.core.errors import Sentence, UnavailableError
from app.jobs.tasks import TASKS, Task
from app.jobs.tools import Tools
from app.services.queue.deferring import MESSAGES, WORKS
from app.services.queue.mending import STALLED_SECONDS
from app.services.queue.presence import BEAT_SECONDS, beat, enter, leave

log = logging.getLogger(__name__)

#: Long works at one time, unless told otherwise.
CONCURRENCY = 2
_POLL_SECONDS = {WORKS: 5.0, MESSAGES: 1.0}
#: Works are told of at once; messages are looked for once a second, or each of them would be a pass of its own.
_LISTENS = {WORKS: True, MESSAGES: False}
_AWAY_SECONDS = 1.0
_ANEW_SECONDS = 5.0
_NO_QUEUE = Sentence(
    "当前使用内置的SQLite数据库，没有作业队列：后台任务和消息由flask scheduler一个进程处理。多机运行请改用PostgreSQL。",
    "The database is the embedded SQLite, which has no queue: the one process of flask scheduler does long works and"
    " messages. Several machines need PostgreSQL.",
)


class PatientConnector(procrastinate.PsycopgConnector):
    """The package's connections, which wait for a database that went away until `is_over` says not to."""

    def __init__(self, is_over: Callable[[], bool], **named: Any) -> None:  # noqa: ANN401  # the pool's own options
        super().__init__(**named)
        self._is_over = is_over

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:  # noqa: ANN401  # as there
        """Run a statement."""
        await self._patiently(lambda: super(PatientConnector, self).execute_query_async(query, **arguments))

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> Any:  # noqa: ANN401  # as there
        """Run a statement and return its row."""
        return await self._patiently(lambda: super(PatientConnector, self).execute_query_one_async(query, **arguments))

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> Any:  # noqa: ANN401  # as there
        """Run a statement and return its rows."""
        return await self._patiently(lambda: super(PatientConnector, self).execute_query_all_async(query, **arguments))

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Listen until cancelled."""
        await self._patiently(lambda: super(PatientConnector, self).listen_notify(on_notification, channels))

    async def _patiently(self, run: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # what `run` returns
        is_away = False
        while True:
            try:
                found = await run()
            except ConnectorException as error:
                if self._is_over() or not isinstance(error.__cause__, OperationalError):
                    raise
                if not is_away:
                    log.warning("worker: the database is away; waited for (%s)", error.__cause__)
                is_away = True
                await asyncio.sleep(_AWAY_SECONDS)
            else:
                if is_away:
                    log.info("worker: the database is back")
                return found


def require_queue(database: Database) -> None:
    """Raise UnavailableError for a database that has no queue: SQLite."""
    if not database.is_postgresql:
        raise UnavailableError("no_queue", _NO_QUEUE)


def run_worker(tools: Tools, stop: Event, *, concurrency: int = CONCURRENCY, tasks: Iterable[Task] = TASKS) -> None:
    """Take jobs until `stop` is set; `concurrency` long works at one time, and one pass of the delivery.

    A running work is given back at its next good place. UnavailableError on SQLite.
    """
    require_queue(tools.database)
    asyncio.run(Serving(tools, stop, concurrency, tuple(tasks)).serve())
    log.info("worker: stopped")


class Serving:
    """The life of one process, from its beginning to its end."""

    def __init__(self, tools: Tools, stop: Event, concurrency: int, tasks: tuple[Task, ...]) -> None:
        self._tools = replace(tools, stopped=stop.is_set)
        self._stop = stop
        self._concurrency = concurrency
        self._tasks = tasks
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._id: int | None = None
        self._stopping = asyncio.Event()

    async def serve(self) -> None:
        """Take jobs until told to stop; begin anew after whatever goes wrong."""
        loop = asyncio.get_running_loop()
        # One thread a work, one for the messages, one for the signs of life.
        loop.set_default_executor(ThreadPoolExecutor(self._concurrency + 2))
        Thread(target=self._hear, args=(loop,), name="worker-stop", daemon=True).start()
        beating = asyncio.create_task(self._beat())
        while not self._stop.is_set():
            try:
                await self._take_jobs()
            except Exception:  # the edge of a process: whatever it is, it lives on
                if not self._stop.is_set():
                    log.exception("worker: broke off; begins anew")
                    await self._pause(_ANEW_SECONDS)
        await beating

    async def _take_jobs(self) -> None:
        """Run both workers until told to stop or until one of them fails, then end both as gently as may be."""
        async with self._make_app().open_async() as app:
            workers = [
                asyncio.create_task(
                    app.run_worker_async(
                        queues=[queue], name=self._name, concurrency=concurrency, delete_jobs="successful",
                        listen_notify=_LISTENS[queue], fetch_job_polling_interval=_POLL_SECONDS[queue],
                        update_heartbeat_interval=STALLED_SECONDS / 6, stalled_worker_timeout=STALLED_SECONDS,
                        install_signal_handlers=False,
                    )
                )
                for queue, concurrency in ((WORKS, self._concurrency), (MESSAGES, 1))
            ]  # fmt: skip
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait([stopping, *workers], return_when=asyncio.FIRST_COMPLETED)
            for task in (stopping, *workers):
                task.cancel()
            for ended in await asyncio.gather(*workers, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended

    def _make_app(self) -> procrastinate.App:
        address = self._tools.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connector = PatientConnector(
            self._stop.is_set, conninfo=address, min_size=1, max_size=self._concurrency + 4,
            kwargs={"application_name": "lianban-worker", "keepalives_idle": 15, "keepalives_interval": 5,
                    "keepalives_count": 3},
        )  # fmt: skip
        app = procrastinate.App(connector=connector)
        for task in self._tasks:
            app.task(name=task.name, queue=task.queue)(self._make_function(task))
        return app

    def _make_function(self, task: Task) -> Callable[..., object]:
        def run(**arguments: object) -> None:
            task.run(self._tools, arguments)

        return run

    async def _beat(self) -> None:
        """Write that this process lives, until it is told to stop; then that it has ended."""
        while not self._stop.is_set():
            await asyncio.to_thread(self._write)
            await self._pause(BEAT_SECONDS)
        await asyncio.to_thread(self._write, is_end=True)

    def _write(self, *, is_end: bool = False) -> None:
        database, now = self._tools.database, self._tools.clock.now()
        try:
            self._id = database.write(partial(self._show, now=now, is_end=is_end))
        except Exception:  # the edge of a thread: the database may be away for a moment
            log.exception("worker: its sign of life was not written")

    def _show(self, session: Any, now: datetime, *, is_end: bool) -> int | None:  # noqa: ANN401  # a session
        if is_end:
            if self._id is not None:
                leave(session, self._id, now)
            return None
        if self._id is not None and beat(session, self._id, now):
            return self._id
        return enter(session, socket.gethostname(), os.getpid(), self._concurrency, now)

    def _hear(self, loop: asyncio.AbstractEventLoop) -> None:
        """Bring what a signal or another thread said into the loop."""
        self._stop.wait()
        loop.call_soon_threadsafe(self._stopping.set)

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until told to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

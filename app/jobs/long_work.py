"""Runs long work: claims it, keeps its claim fresh, ends it.

With PostgreSQL the processes of `flask worker` do so as the queue tells them. Where none lives, and with SQLite, two
threads of the scheduler's process look for it each second.
Looking only reads; a claim, a sign of life and an end are one short unit of work each. A kind speaks to memory only
(`Voice.tell`), a thread beside it writes what is new, so a kind that holds SQLite's one writer waits for nobody.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.core.database import is_away
from app.core.errors import DomainError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.store import StoreAwayError
from app.core.watch.running import watched
from app.jobs.tools import Tools
from app.policy.people import find_actor
from app.queries.worker import has_workers
from app.services.long_work import claiming, finishing
from app.services.long_work.kind import Claimed, EndedError, Outcome, Running
from reports.pdf import telling

log = logging.getLogger(__name__)

#: Works that run at one time.
WORKERS = 2
#: How often a worker looks for work, and how often a running one looks whether it was taken back.
LOOK_SECONDS = 1.0
#: A claim is renewed at least so often, however little there is to tell.
BEAT_SECONDS = 15.0
_AFTER_FAILURE_SECONDS = 5.0

_BROKEN = Sentence(
    "处理时出错，已记录。请再试一次；仍不成功时请联系系统管理员。",
    "Something went wrong; it was logged. Try again; if it fails again, tell the administrator.",
)
_LEFT = Sentence("您已离任，任务没有办理。", "You have left, so it was not done.")


@dataclass
class Voice:
    """What a running work says, and what it is told: written and read by two threads."""

    is_stopped: Callable[[], bool]
    done: int = 0
    total: int | None = None
    #: "running" until somebody took it back ("cancelled") or another process has it ("lost").
    status: str = "running"
    ended: threading.Event = field(default_factory=threading.Event)

    def tell(self, done: int, total: int | None) -> None:
        """Say how far it is; EndedError where it is to end."""
        self.done, self.total = done, total
        if self.status != "running":
            raise EndedError(self.status)
        if self.is_stopped():
            raise EndedError("stopped")


def serve_works(tools: Tools, look_seconds: float = LOOK_SECONDS) -> None:
    """Do long work until `tools.stopped()`; whatever goes wrong with one work or the database, it lives on."""
    pause = threading.Event()
    while not tools.stopped():
        try:
            if not work_once(tools):
                pause.wait(look_seconds)
        except Exception:  # the edge of a process: the database may be away
            log.exception("long work: looked for in vain; tried again")
            pause.wait(_AFTER_FAILURE_SECONDS)


def work_once(tools: Tools) -> bool:
    """Claim the work that has waited longest and do it; whether there was one.

    Where processes live that take jobs from the queue, it is left to them.
    """
    now = tools.clock.now()
    with tools.database.reading() as session:
        if not claiming.has_waiting(session, now) or has_workers(session, now):
            return False
    work = tools.database.write(lambda session: claiming.claim(session, tools.clock.now()))
    if work is None:
        return False
    _do(tools, work)
    return True


def do_work(tools: Tools, work_id: int) -> bool:
    """Do the work that a job of the queue tells of; whether it was still to be claimed."""
    work = tools.database.write(lambda session: claiming.claim(session, tools.clock.now(), work_id))
    if work is None:
        return False
    _do(tools, work)
    return True


def _do(tools: Tools, work: Claimed) -> None:
    log.info("long work %d (%s): begun, try %d", work.id, work.kind, work.tries)
    voice = Voice(tools.stopped)
    beater = threading.Thread(target=_keep_alive, args=(tools, work, voice), name=f"work-{work.id}", daemon=True)
    beater.start()
    with watched("work", work.kind, work_id=work.id, tries=work.tries, person=work.person_id) as run:
        try:
            how, write = _attempt(tools, work, voice)
        finally:
            voice.ended.set()
            beater.join()
        try:
            if write is not None:
                tools.database.write(write)
        except EndedError:
            how = "lost"
        run.outcome = how.partition(":")[0]
        run.trace.more["how"] = how


def _attempt(tools: Tools, work: Claimed, voice: Voice) -> tuple[str, Callable[[Any], object] | None]:
    """Do the work; returns how it ended and what writes that, to be called once nothing else speaks for it."""
    now = tools.clock.now
    sentence = _BROKEN
    faults: tuple[Fault, ...] = ()
    try:
        outcome = _run(tools, work, voice)
    except EndedError as ended:
        ends: dict[str, Callable[[Any], object]] = {
            "cancelled": lambda unit: finishing.end_cancelled(unit, work, now()),
            "stopped": lambda unit: claiming.give_back(unit, work),
        }
        return ended.why, ends.get(ended.why)
    except DomainError as error:
        if isinstance(error, StoreAwayError) and work.tries < claiming.TRIES_MAX:
            return "put off, the store is away", None  # the claim lapses, and somebody tries again
        how, sentence = f"failed: {error.code}", error.sentence
        faults = error.faults if isinstance(error, InvalidError) else ()
    except Exception as error:  # the edge of a process: whatever it is, the next work is done
        if is_away(error) and work.tries < claiming.TRIES_MAX:
            return "put off, the database is away", None  # as above
        log.exception("long work %d (%s) failed", work.id, work.kind)
        how = "failed"
    else:
        # A kind that answers nothing has finished the work itself, together with what it wrote.
        return "done", None if outcome is None else lambda unit: finishing.finish(unit, work, outcome, now())
    return how, lambda unit: finishing.fail(unit.connection(), work.id, work.tries, now(), sentence, faults)


def _run(tools: Tools, work: Claimed, voice: Voice) -> Outcome | None:
    """Do the work as its person, with the posts of this moment."""
    kind = tools.kinds.get(work.kind)
    if kind is None:
        raise NotFoundError("系统没有这种任务。", "There is no such kind of work.")
    now = tools.clock.now()
    today = now.astimezone(tools.book.zone).date()
    with tools.database.reading() as session:
        actor = find_actor(session.connection(), work.person_id, today, now)
    if actor is None:
        raise ForbiddenError("person_left", _LEFT)
    kind.allow(actor)
    if kind.admit is not None:
        kind.admit(actor, work.arguments)
    voice.tell(0, None)
    running = Running(
        work, actor, voice.tell, lambda unit, outcome: finishing.finish(unit, work, outcome, tools.clock.now())
    )  # fmt: skip
    # Each section of a long PDF is a good place to end, whatever kind of work has it made.
    with telling(lambda _pages: voice.tell(voice.done, voice.total)):
        return kind.run(running)


def _keep_alive(tools: Tools, work: Claimed, voice: Voice) -> None:
    """Write progress at most once a second, a sign of life at least every BEAT_SECONDS, and hear what came."""
    told: tuple[int, int | None] = (0, None)
    written = time.monotonic()
    while not voice.ended.wait(LOOK_SECONDS):
        try:
            news = (voice.done, voice.total)
            if news != told or time.monotonic() - written >= BEAT_SECONDS:
                now = tools.clock.now()
                state = tools.database.write(
                    lambda session, now=now, news=news: finishing.beat(session, work, now, *news)  # type: ignore[misc]
                )
                told, written = news, time.monotonic()
            else:
                with tools.database.reading() as session:
                    state = finishing.look(session, work)
            if state != "running":
                voice.status = state
        except Exception:  # the edge of a thread: the database may be away for a moment
            log.exception("long work %d: its sign of life was not written", work.id)

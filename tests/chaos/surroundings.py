"""What a fleet stands on and what can fail: a disk that fills, a PostgreSQL that stops, a mail server that is sick."""

import asyncio
import os
import resource
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Literal, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import NullPool, create_engine, text

from app.core.mail import MailServer
from tests.outside import Postbox, find_port
from tests.servers.standby import Standby

#: How a mail server is: well; says nothing; takes nothing for now; cuts the connection, at once or with the mail taken.
Mood = Literal["well", "silent", "refusing", "cutting", "taking and cutting"]
SICK: tuple[Mood, ...] = ("silent", "refusing", "cutting", "taking and cutting")
_SILENT_SECONDS = 0.05


class MoodyPostbox(Postbox):
    """A server that takes mail as its `mood` lets it; `untold` counts mails that it took without saying so."""

    mood: Mood = "well"
    untold: int = 0

    async def handle_EHLO(  # noqa: N802  # the server's name for it
        self, server: SMTP, session: Session, _: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Answer to a greeting, in its time."""
        while self.mood == "silent":  # noqa: ASYNC110  # another thread says how it is, and knows nothing of loops
            await asyncio.sleep(_SILENT_SECONDS)
        if self.mood == "cutting":
            cast("Any", server).transport.abort()
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802  # as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to a receiver."""
        if self.mood == "refusing":
            self.tried.append(address)
            return "451 not now"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        """Take a mail, and say so or not."""
        mail = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        self.mails += [(receiver, mail) for receiver in envelope.rcpt_tos]
        if self.mood == "taking and cutting":
            self.untold += 1
            cast("Any", server).transport.abort()
        return "250 taken"


@contextmanager
def serve_moody_mail() -> Iterator[MoodyPostbox]:
    """Serve SMTP on a loopback port for a while."""
    port = find_port()
    box = MoodyPostbox(MailServer("127.0.0.1", port))
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        box.mood = "well"
        controller.stop()


class Disk:
    """A folder that takes no byte more from `fill` on, and what it is given again from `free` on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: Which processes write there.
        self.writers: Callable[[], Iterable[int]] = tuple

    def fill(self) -> None:
        """Leave no byte."""
        raise NotImplementedError

    def free(self) -> None:
        """Give everything back."""
        raise NotImplementedError


class MountedDisk(Disk):
    """A small file system in memory, mounted on the folder; it is filled to its last byte."""

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Leave no byte."""
        place = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            for size in (1024 * 1024, 4096):
                with suppress(OSError):
                    while True:
                        os.write(place, b"\0" * size)
        finally:
            os.close(place)

    def free(self) -> None:
        """Give everything back."""
        self._filler.unlink(missing_ok=True)


class ForbiddenDisk(Disk):
    """For who may not mount: no process that writes there may let any file grow (EFBIG instead of ENOSPC)."""

    def fill(self) -> None:
        """Leave no byte."""
        self._limit(0)

    def free(self) -> None:
        """Give everything back."""
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for process in self.writers():
            with suppress(ProcessLookupError):
                _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
                resource.prlimit(process, resource.RLIMIT_FSIZE, (size, most))


@contextmanager
def open_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Make the folder a disk that can be full: one of its own, or where nobody may mount, one that is forbidden."""
    folder.mkdir(parents=True)
    options = f"size={megabytes}m,mode=0700,uid={os.getuid()},gid={os.getgid()}"
    mounted = subprocess.run(  # a program of the system
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder],  # noqa: S607  # wherever it lies
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        yield ForbiddenDisk(folder)
        return
    try:
        yield MountedDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607  # as above


class OwnServer:
    """A PostgreSQL of its own with a copy of what the tests' one holds, durable as a city's is."""

    def __init__(self, url: str) -> None:
        self._server = Standby()
        self._server.promote()
        self.url = self._server.locate(url)
        # The tests' server leaves out what guards against a crash; a crash is what comes here.
        self._run("ALTER SYSTEM RESET ALL")
        self._run("ALTER SYSTEM SET max_wal_size = '256MB'")
        self.stop()
        self.start()

    def stop(self) -> None:
        """End it as a crash does: nobody is asked, nothing is written down first."""
        self._server.kill()

    def start(self) -> None:
        """Start it; it recovers from its log."""
        self._server.start()

    def cut(self) -> None:
        """End all connections at once, the server lives on."""
        self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

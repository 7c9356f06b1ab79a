"""The faults that come over a fleet: what each does, how long it lasts, how often it comes."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.chaos.surroundings import SICK, Disk, MoodyPostbox, OwnServer
from tests.fleet.driving import Fleet

#: Ends what a fault began; None for one that is over at once.
End = Callable[[], None] | None
_FEW_MINUTES, _HOURS = 90.0, 8 * 3600.0


@dataclass(frozen=True)
class Fault:
    """A kind of fault: its name, how often it is drawn beside the others, for how many seconds it stays."""

    name: str
    weight: int
    seconds: tuple[float, float]
    begin: Callable[[], End]
    #: The fault during which there is nothing left for this one to break.
    not_within: str = ""


class Surroundings:
    """What can be broken, by whom; each fault draws from `chance`, so that a seed tells the same story."""

    def __init__(
        self, fleet: Fleet, box: MoodyPostbox, disk: Disk, server: OwnServer | None, chance: random.Random
    ) -> None:  # fmt: skip
        self._fleet, self._box, self._disk, self._server = fleet, box, disk, server
        self._chance = chance

    def list_faults(self) -> Sequence[Fault]:
        """Return the faults that can come here; the database is none where it is a file."""
        found = [
            Fault("everybody killed", 1, (0, 0), self._kill_all),
            Fault("disk full", 3, (4, 9), self._fill_disk),
            Fault("clock put", 4, (4, 20), self._put_clock),
            Fault("mail sick", 4, (3, 9), self._sicken_mail),
            Fault("member stopped", 3, (6, 9), self._pause),
        ]
        if self._server is not None:
            found += [
                Fault("database stopped", 2, (1, 6), self._stop_database),
                Fault("connections cut", 2, (0, 0), self._cut, not_within="database stopped"),
            ]
        return found

    def calm(self) -> None:
        """Let nothing be broken any more, whatever was."""
        self._disk.free()
        self._box.mood = "well"
        for member in self._fleet.members:
            self._fleet.put_clock(member, 0)
            self._fleet.resume(member)

    def _kill_all(self) -> End:
        self._fleet.kill_all()
        return None

    def _fill_disk(self) -> End:
        self._disk.fill()
        return self._disk.free

    def _put_clock(self) -> End:
        """One machine's clock goes wrong, forward or back, by minutes or by hours, and is put right later."""
        member = self._chance.choice(self._fleet.members)
        far = self._chance.choice((_FEW_MINUTES * self._chance.uniform(1, 10), self._chance.uniform(3600, _HOURS)))
        self._fleet.put_clock(member, self._chance.choice((-1, 1)) * far)
        return lambda: self._fleet.put_clock(member, 0)

    def _sicken_mail(self) -> End:
        self._box.mood = self._chance.choice(SICK)
        return self._heal_mail

    def _heal_mail(self) -> None:
        self._box.mood = "well"

    def _pause(self) -> End:
        member = self._chance.choice(self._fleet.members)
        self._fleet.pause(member)
        return lambda: self._fleet.resume(member)

    def _stop_database(self) -> End:
        if self._server is None:
            raise AssertionError("a file cannot be stopped")
        self._server.stop()
        return self._server.start

    def _cut(self) -> End:
        if self._server is None:
            raise AssertionError("a file has no connections")
        self._server.cut()
        return None

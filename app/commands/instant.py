"""The instants that commands take: ISO 8601, in the city's time where no zone is written."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click


class Instant(click.ParamType[datetime]):
    """An instant as it was written; `in_city` gives it its zone, which only a running command knows."""

    name = "ISO"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an instant; a bad one ends the command with status 2."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no instant: expected e.g. 2026-03-02T09:00 or 2026-03-02T09:00+08:00", param, ctx)


def in_city(value: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC; without a zone of its own it is the city's time."""
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


INSTANT = Instant()

"""The instants that commands take: ISO 8601, in the city's time where no zone is written."""

from datetime import UTC, datetime

import click

from app.edge.context import current_context


class Instant(click.ParamType[datetime]):
    """An aware instant in UTC."""

    name = "ISO"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an instant; a bad one ends the command with status 2."""
        if isinstance(value, datetime):
            return value
        try:
            read = datetime.fromisoformat(str(value))
            if read.tzinfo is None:
                read = read.replace(tzinfo=current_context().settings.timezone)
            return read.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no instant: expected e.g. 2026-03-02T09:00 or 2026-03-02T09:00+08:00", param, ctx)


INSTANT = Instant()

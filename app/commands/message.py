"""`flask message …` and `flask webhook …`: delivers what is owed, shows and repeats what was not sent."""

import json
from datetime import datetime
from typing import Any, Literal

import click

from app.commands.instant import INSTANT, in_city
from app.edge.auth import make_system_act
from app.edge.context import Context, current_context
from app.edge.sending import check_webhook_address, make_tools
from app.jobs.delivery import deliver, deliver_one
from app.queries.message import DeliveryKind, DeliveryRow, list_deliveries, list_webhooks
from app.services.message.hook import add_webhook, disable_webhook, queue_test
from app.services.message.resending import mute_held, release_held, resend
from app.services.message.restoring import mute_before

_KINDS: tuple[DeliveryKind, ...] = ("mail", "webhook")
_PAGE = 200


@click.group("message")
def message_group() -> None:
    """Deliver messages and look after what was not sent."""


@message_group.command("deliver")
@click.option("--at", type=INSTANT, help="What is owed by this instant (ISO 8601; without a zone: the city's time).")
def deliver_now(at: datetime | None) -> None:
    """Make one pass: outbox into inboxes, mails, webhooks. Prints one JSON object with counts."""
    context = current_context()
    result = deliver(make_tools(context), in_city(at, context.settings.timezone) if at else context.now())
    told, held = result.told, result.held_before
    click.echo(
        json.dumps(
            {
                "at": result.at.isoformat(),
                "outbox": told.outbox,
                "muted": told.muted,
                "messages": told.messages,
                "mails_queued": told.mails,
                "webhooks_queued": told.webhooks,
                "mails": _count(result.mails),
                "webhooks": _count(result.webhooks),
                "held_before": held.isoformat() if held else None,
            }
        )
    )


def _count(sent: Any) -> dict[str, int]:  # noqa: ANN401  # a dataclass of counts
    return {name: getattr(sent, name) for name in ("sent", "again", "failed", "muted", "off")}


@message_group.command("list")
@click.option("--unsent", is_flag=True, help="Only what was not sent (yet).")
def list_sent(*, unsent: bool) -> None:
    """Print mails and webhook deliveries, the newest first: one line each, with the last error."""
    context = current_context()
    for kind in _KINDS:
        cursor, more = None, True
        while more:
            with context.database.reading() as unit:
                page = list_deliveries(unit.connection(), kind, is_unsent=unsent, limit=_PAGE, cursor=cursor)
            for row in page.items:
                click.echo(_line(row, context))
            cursor, more = page.next_cursor, page.next_cursor is not None


def _line(row: DeliveryRow, context: Context) -> str:
    zone = context.settings.timezone
    parts = [f"{row.kind}:{row.id}", row.status, row.to]
    if row.kind == "mail":
        parts.append(row.address or "-")
    parts += [row.topic or "-", f"{row.created_at.astimezone(zone):%Y-%m-%dT%H:%M%z}", f"attempts {row.attempts_count}"]
    if row.next_at is not None:
        parts.append(f"next {row.next_at.astimezone(zone):%Y-%m-%dT%H:%M%z}")
    if row.resend_of is not None:
        parts.append(f"resend of {row.resend_of}")
    if row.last_error:
        parts.append(row.last_error)
    return "\t".join(parts)


class DeliveryId(click.ParamType[tuple[DeliveryKind, int]]):
    """What `message list` names: mail:12 or webhook:3."""

    name = "ID"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[DeliveryKind, int]:
        """Read an id; a bad one ends the command with status 2."""
        kind, _, number = str(value).rpartition(":")
        found: DeliveryKind | None = "mail" if kind in ("", "mail") else "webhook" if kind == "webhook" else None
        if found is None or not number.isascii() or not number.isdigit():
            self.fail(f"{value!r}: expected e.g. mail:12 or webhook:3, as `message list` shows it", param, ctx)
        return found, int(number)


@message_group.command("resend")
@click.argument("delivery", type=DeliveryId())
def resend_one(delivery: tuple[DeliveryKind, int]) -> None:
    """Send ID (mail:12, webhook:3) again at the next pass, marked as a repetition by hand; prints the new id."""
    context = current_context()
    kind, row_id = delivery
    new_id = context.database.write(lambda unit: resend(make_system_act(context, unit), kind, row_id))
    click.echo(f"{kind}:{new_id}")


@message_group.command("mute")
@click.option("--before", type=INSTANT, required=True, help="Send nothing that was owed before this instant.")
def mute(before: datetime) -> None:
    """After a restore: mute what was owed before an instant and is unsent. Prints one JSON object with counts."""
    context = current_context()
    instant = in_city(before, context.settings.timezone)
    counts = context.database.write(lambda unit: mute_before(make_system_act(context, unit), instant))
    click.echo(json.dumps({"before": instant.isoformat(), **counts}))


@message_group.command("held")
@click.argument("decision", type=click.Choice(["release", "mute"]))
def settle_held(decision: Literal["release", "mute"]) -> None:
    """Release or mute what a long stop holds. Prints one JSON object with counts."""
    context = current_context()
    settle = release_held if decision == "release" else mute_held
    click.echo(json.dumps(context.database.write(lambda unit: settle(make_system_act(context, unit)))))


@click.group("webhook")
def webhook_group() -> None:
    """Look after the webhooks."""


@webhook_group.command("add")
@click.argument("url")
@click.option("--topic", "topics", multiple=True, help="Only this topic (rung, task.assign, task.*); repeatable.")
def add(url: str, topics: tuple[str, ...]) -> None:
    """Tell URL of what happens. Prints id and secret, which is shown only now."""
    context = current_context()
    address = check_webhook_address(context, url)
    webhook_id, secret = context.database.write(
        lambda unit: add_webhook(make_system_act(context, unit), address, topics)
    )
    click.echo(f"{webhook_id}\t{secret}")


@webhook_group.command("list")
def list_all() -> None:
    """Print the webhooks, one line each."""
    context = current_context()
    with context.database.reading() as unit:
        hooks = list_webhooks(unit.connection())
    for hook in hooks:
        click.echo(
            f"{hook.id}\t{'active' if hook.is_active else 'disabled'}\t{hook.url}\t{','.join(hook.topics) or '*'}"
        )


@webhook_group.command("disable")
@click.argument("webhook_id", type=click.IntRange(1))
def disable(webhook_id: int) -> None:
    """Call a webhook no more; safe to repeat."""
    context = current_context()
    context.database.write(lambda unit: disable_webhook(make_system_act(context, unit), webhook_id))


@webhook_group.command("test")
@click.argument("webhook_id", type=click.IntRange(1))
def test(webhook_id: int) -> None:
    """Make a test call now. Prints how it ended; status 1 when the receiver did not take it."""
    context = current_context()
    delivery_id = context.database.write(lambda unit: queue_test(make_system_act(context, unit), webhook_id))
    answer = deliver_one(make_tools(context), delivery_id)
    click.echo(answer)
    if answer != "sent":
        raise click.exceptions.Exit(1)


COMMANDS = (message_group, webhook_group)

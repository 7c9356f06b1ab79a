"""What both edges show of a message: its words in both languages."""

from zoneinfo import ZoneInfo

from app.queries.message import MessageRow
from app.services.message.topics import describe, label_topic
from workflows.words import Text


def say_label(row: MessageRow) -> Text:
    """Return what a message is about, in few characters."""
    return label_topic(row.topic, row.level)


def say_text(row: MessageRow, zone: ZoneInfo) -> Text:
    """Return what happened, as one sentence."""
    return describe(row.topic, row.payload, zone)

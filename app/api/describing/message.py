"""What the OpenAPI document says of the inbox, messages, webhooks and the delivery log."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.audit import AuditPageSchema, AuditQuerySchema, HeadPageSchema, ProofSchema
from app.schemas.inbox import BulkAnswerSchema, BulkRequestSchema, InboxQuerySchema, InboxSchema
from app.schemas.message import (
    CreatedWebhookSchema,
    DeliveryPageSchema,
    DeliveryQuerySchema,
    DoneSchema,
    HeldSchema,
    MessagePageSchema,
    MessageQuerySchema,
    NewWebhookSchema,
    ReadAllSchema,
    ReadSchema,
    SettledSchema,
    WebhookPageSchema,
)
from app.schemas.paging import PageQuerySchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    AuditPageSchema, HeadPageSchema, ProofSchema,
    BulkAnswerSchema, BulkRequestSchema,
    CreatedWebhookSchema, DeliveryPageSchema, DoneSchema, HeldSchema, InboxSchema, MessagePageSchema,
    NewWebhookSchema, ReadAllSchema, ReadSchema, SettledSchema, WebhookPageSchema,
)  # fmt: skip
_WRITES = (400, 401, 403, 404, 409, 413, 415, 422)


def describe_paths(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], if_match: Part, key: Part
) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    del if_match
    hook = [_path("webhook_id", "integer"), key]
    return {
        "/inbox": {"get": operation("show_inbox", "What waits for the caller", InboxSchema,
                                    parameters=query(InboxQuerySchema), fails=(401, 422))},
        "/audit": {"get": operation("show_log", "The log of acts, the newest first", AuditPageSchema,
                                    parameters=query(AuditQuerySchema), fails=(401, 403, 422))},
        "/audit/heads": {"get": operation("list_heads", "The signed heads of the log, the newest first", HeadPageSchema,
                                          parameters=query(PageQuerySchema), fails=(401, 403, 422))},
        "/audit/{audit_id}/proof": {"get": operation(
            "prove_entry", "The proof that an entry of the log is sealed; 409 while it is not yet", ProofSchema,
            parameters=[_path("audit_id", "integer")], fails=(401, 403, 404, 409))},
        "/actions": {"post": operation("take_actions", "Take one step on many items, each by itself", BulkAnswerSchema,
                                       body=BulkRequestSchema, parameters=[key], fails=(400, 401, 413, 415, 422))},
        "/messages": {"get": operation("list_messages", "What the caller was told, the newest first",
                                       MessagePageSchema, parameters=query(MessageQuerySchema), fails=(401, 422))},
        "/messages/{message_id}/read": {"post": operation(
            "read_message", "Mark a message as read", DoneSchema, parameters=[_path("message_id", "integer")],
            fails=(401, 404))},
        "/messages/read-all": {"post": operation("read_messages", "Mark messages as read", ReadSchema,
                                                 body=ReadAllSchema, fails=(400, 401, 413, 415, 422))},
        "/webhooks": {
            "get": operation("list_webhooks", "The systems that are told", WebhookPageSchema, fails=(401, 403)),
            "post": operation("create_webhook", "Tell another system", CreatedWebhookSchema, status=201,
                              body=NewWebhookSchema, parameters=[key], fails=_WRITES)},
        "/webhooks/{webhook_id}/disable": {"post": operation(
            "disable_webhook", "Call a webhook no more", DoneSchema, parameters=hook, fails=_WRITES)},
        "/webhooks/{webhook_id}/test": {"post": operation(
            "test_webhook", "Owe a webhook a test call", DoneSchema, parameters=hook, fails=_WRITES)},
        "/deliveries": {"get": operation("list_deliveries", "Mails or webhook deliveries with every attempt",
                                         DeliveryPageSchema, parameters=query(DeliveryQuerySchema),
                                         fails=(401, 403, 422))},
        "/deliveries/{kind}/{delivery_id}/resend": {"post": operation(
            "resend_delivery", "Send again, marked as a repetition by hand", DoneSchema,
            parameters=[_path("kind", "string"), _path("delivery_id", "integer"), key], fails=_WRITES)},
        "/deliveries/held": {"post": operation(
            "settle_held", "Release or mute what a long stop holds", SettledSchema, body=HeldSchema,
            parameters=[key], fails=_WRITES)},
    }  # fmt: skip


def _path(name: str, kind: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}

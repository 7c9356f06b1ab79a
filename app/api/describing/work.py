"""What the OpenAPI document says of long work, reports, imports and calendar feeds."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from app.schemas.work.feed import FeedPageSchema, MadeFeedSchema, NewFeedSchema, RevokedFeedSchema
from app.schemas.work.preference import ChooseMailSchema, MailChoiceSchema, SentMailPageSchema, SentQuerySchema
from app.schemas.work.work import NewReportSchema, NewWorkSchema, WorkPageSchema, WorkQuerySchema, WorkSchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    FeedPageSchema, MadeFeedSchema, NewFeedSchema, RevokedFeedSchema, NewReportSchema, NewWorkSchema, WorkPageSchema,
    WorkSchema, ChooseMailSchema, MailChoiceSchema, SentMailPageSchema,
)  # fmt: skip
_ACCEPTED = 202
_ASKS = (400, 401, 403, 409, 413, 415, 422)
_FORM: Part = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "mapping": {"type": "string", "description": "A shipped mapping; left out: our own format"},
        "row_kind": {"type": "string", "enum": ["task", "project"]},
        "dry_run": {"type": "string", "enum": ["true", "false"], "default": "true"},
    },
}


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    work = {"name": "work_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    feed = {"name": "feed_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    language = query(LanguageQuerySchema)
    file = operation("show_work_file", "The file that a work made, to be saved", None, parameters=[work],
                     fails=(401, 403, 404, 503))  # fmt: skip
    file["responses"]["200"]["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    upload = operation("import_ledger", "Take in a ledger: as a rule a dry run first", WorkSchema, status=_ACCEPTED,
                       parameters=[key], fails=(401, 403, 409, 413, 422))  # fmt: skip
    upload["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    return {
        "/works": {
            "get": operation("list_works", "The caller's long works, the newest first", WorkPageSchema,
                             parameters=query(WorkQuerySchema), fails=(401, 422)),
            "post": operation("ask_work", "Ask for long work: a paper, an export, a meeting's papers", WorkSchema,
                              status=_ACCEPTED,
                              body=NewWorkSchema, parameters=[key], fails=_ASKS)},
        "/works/{work_id}": {"get": operation("show_work", "How a work stands", WorkSchema,
                                              parameters=[work, *language], fails=(401, 404, 422))},
        "/works/{work_id}/cancel": {"post": operation(
            "cancel_work", "Take a work back: it ends at its next good place, nothing of it stays", WorkSchema,
            parameters=[work], fails=(401, 404))},
        "/works/{work_id}/again": {"post": operation(
            "repeat_work", "Ask anew for a work that failed or was cancelled", WorkSchema, status=_ACCEPTED,
            parameters=[work], fails=(401, 403, 404, 409))},
        "/works/{work_id}/apply": {"post": operation(
            "apply_import", "Import the ledger whose dry run this was", WorkSchema, status=_ACCEPTED,
            parameters=[work, key], fails=(401, 403, 404, 409, 422, 503))},
        "/works/{work_id}/file": {"get": file},
        "/reports": {
            "get": operation("list_reports", "The papers for which the caller asked", WorkPageSchema,
                             parameters=query(PageQuerySchema), fails=(401, 422)),
            "post": operation("ask_report", "Ask for a paper of the report centre", WorkSchema, status=_ACCEPTED,
                              body=NewReportSchema, parameters=[key], fails=_ASKS)},
        "/imports": {"post": upload},
        "/feeds": {
            "get": operation("list_feeds", "The caller's calendar feeds", FeedPageSchema, parameters=language,
                             fails=(401, 422)),
            "post": operation("make_feed", "Make a calendar feed; its address is shown this once", MadeFeedSchema,
                              status=201, body=NewFeedSchema, parameters=[key], fails=(400, 401, 409, 413, 415, 422))},
        "/messages/preference": {
            "get": operation("show_mail_choice", "How mail comes, for each kind of message", MailChoiceSchema,
                             parameters=language, fails=(401, 422)),
            "post": operation("choose_mail", "Keep how mail comes; what is critical always comes at once",
                              MailChoiceSchema, body=ChooseMailSchema, fails=(400, 401, 413, 415, 422))},
        "/messages/mails": {"get": operation("list_own_mails", "The mails to the caller: sent, waiting, failed",
                                             SentMailPageSchema, parameters=query(SentQuerySchema), fails=(401, 422))},
        "/feeds/{feed_id}": {"delete": operation("revoke_feed", "Revoke a feed at once", RevokedFeedSchema,
                                                 parameters=[feed], fails=(401, 404))},
    }  # fmt: skip

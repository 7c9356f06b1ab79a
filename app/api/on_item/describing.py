"""What the OpenAPI document says of remarks, copies for information and the archive."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.on_item.archive import (
    ArchivedSchema,
    ArchivePageSchema,
    ArchiveQuerySchema,
    ArchivingSchema,
    RetentionSchema,
    UnarchivingSchema,
)
from app.schemas.on_item.copy import (
    CopyPageSchema,
    CopyQuerySchema,
    CopySchema,
    NewCopiesSchema,
    SentCopiesSchema,
    WithdrawnCopySchema,
)
from app.schemas.on_item.remark import (
    CorrectionSchema,
    NewRemarkSchema,
    ReaderPageSchema,
    ReaderQuerySchema,
    RemarkPageSchema,
    RemarkQuerySchema,
    RemarkSchema,
)
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    ArchivedSchema, ArchivePageSchema, ArchivingSchema, RetentionSchema, UnarchivingSchema, CopyPageSchema, CopySchema,
    NewCopiesSchema, SentCopiesSchema, WithdrawnCopySchema, CorrectionSchema, NewRemarkSchema, ReaderPageSchema,
    RemarkPageSchema, RemarkSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_CREATED = 201


def describe_paths(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], item: Part, key: Part
) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {**_describe_remarks(operation, query, item, key), **_describe_copies(operation, query, item, key),
            **_describe_archive(operation, query, item, key)}  # fmt: skip


def _describe_remarks(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], item: Part, key: Part
) -> Part:
    one = {"name": "remark_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "/items/{item_id}/remarks": {
            "get": operation("list_remarks", "An item's remarks and one's department's notes, the newest first",
                             RemarkPageSchema, parameters=[item, *query(RemarkQuerySchema)], fails=(401, 404, 422)),
            "post": operation("write_remark", "Write a remark, or an internal note of one's own department",
                              RemarkSchema, status=_CREATED, body=NewRemarkSchema, parameters=[item, key],
                              fails=_BODY)},
        "/items/{item_id}/readers": {"get": operation(
            "list_readers", "Who may read an item, to be mentioned in a remark", ReaderPageSchema,
            parameters=[item, *query(ReaderQuerySchema)], fails=(401, 404, 422))},
        "/remarks/{remark_id}": {
            "get": operation("show_remark", "One remark", RemarkSchema,
                             parameters=[one, *query(LanguageQuerySchema)], fails=(401, 404, 422)),
            "patch": operation("correct_remark", "Correct one's own remark within fifteen minutes; both texts are kept",
                               RemarkSchema, body=CorrectionSchema, parameters=[one], fails=_BODY)},
        "/remarks/{remark_id}/withdraw": {"post": operation(
            "withdraw_remark", "Withdraw one's own remark; its place stays, its text is for auditors", RemarkSchema,
            parameters=[one], fails=(401, 403, 404, 409))},
    }  # fmt: skip


def _describe_copies(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], item: Part, key: Part
) -> Part:
    one = {"name": "copy_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "/copies": {"get": operation("list_copies", "The copies for information that the caller got", CopyPageSchema,
                                     parameters=query(CopyQuerySchema), fails=(401, 422))},
        "/items/{item_id}/copies": {
            "get": operation("list_copies_of_item", "To whom an item went for information, and who has read it",
                             CopyPageSchema, parameters=[item, *query(PageQuerySchema)], fails=(401, 404, 422)),
            "post": operation("send_copies", "Send copies for information: the receivers may read the item from now on",
                              SentCopiesSchema, status=_CREATED, body=NewCopiesSchema, parameters=[item, key],
                              fails=_BODY)},
        "/copies/{copy_id}/read": {"post": operation("read_copy", "Note that the caller has read a copy of theirs",
                                                     CopySchema, parameters=[one], fails=(401, 404, 409))},
        "/copies/{copy_id}/withdraw": {"post": operation(
            "withdraw_copy", "Withdraw a copy that was not read yet", WithdrawnCopySchema, parameters=[one],
            fails=(401, 403, 404, 409))},
    }  # fmt: skip


def _describe_archive(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], item: Part, key: Part
) -> Part:
    package = operation("show_package", "An archived item with history, remarks and files as a ZIP with checksums",
                        None, parameters=[item], fails=(401, 404, 409, 503))  # fmt: skip
    package["responses"]["200"]["content"] = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "/archive": {"get": operation("list_archive", "Archived items, or those past their retention period",
                                      ArchivePageSchema, parameters=query(ArchiveQuerySchema), fails=(401, 422))},
        "/items/{item_id}/retention": {"put": operation(
            "set_retention", "Say for how long an item is to be kept", ArchivedSchema, body=RetentionSchema,
            parameters=[item], fails=_BODY)},
        "/items/{item_id}/archive": {"post": operation(
            "archive_item", "Archive a closed item with everything below it: nobody writes to it any more",
            ArchivedSchema, body=ArchivingSchema, parameters=[item, key], fails=_BODY)},
        "/items/{item_id}/unarchive": {"post": operation(
            "unarchive_item", "Take an item out of the archive for a reason; the office's director", ArchivedSchema,
            body=UnarchivingSchema, parameters=[item], fails=_BODY)},
        "/items/{item_id}/package": {"get": package},
    }  # fmt: skip

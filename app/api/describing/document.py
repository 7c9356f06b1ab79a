"""What the OpenAPI document says of the register of documents and of files."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.attachment import (
    KINDS,
    AttachmentPageSchema,
    AttachmentSchema,
    RemovalSchema,
    RemovedSchema,
)
from app.schemas.document import (
    DocumentCorrectionSchema,
    DocumentDetailSchema,
    DocumentPageSchema,
    DocumentQuerySchema,
    DocumentRequestSchema,
)
from app.schemas.paging import LanguageQuerySchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    AttachmentPageSchema, AttachmentSchema, RemovalSchema, RemovedSchema, DocumentCorrectionSchema,
    DocumentDetailSchema, DocumentPageSchema, DocumentRequestSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 413, 415, 422)


def describe_paths(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], if_match: Part, key: Part
) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    item, document, attachment = _path_id("item_id"), _path_id("document_id"), _path_id("attachment_id")
    one, file = "/documents/{document_id}", "/attachments/{attachment_id}"
    language = query(LanguageQuerySchema)

    def files(on: str, parent: Part) -> Part:
        add = operation(f"add_attachment_to_{on}", "Add a file", AttachmentSchema, status=201,
                        parameters=[parent, key], fails=(401, 403, 404, 409, 422))  # fmt: skip
        add["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
        return {
            "get": operation(f"list_attachments_of_{on}", "The files, in the order of adding", AttachmentPageSchema,
                             parameters=[parent, *language], fails=(401, 404, 422)),
            "post": add,
        }  # fmt: skip

    content = operation("show_attachment_content", "A file's bytes, to be saved; ETag is their SHA-256", None,
                        parameters=[attachment], fails=(401, 404, 503))  # fmt: skip
    content["responses"]["200"]["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "/documents": {
            "get": operation("list_documents", "The register, the last registered first", DocumentPageSchema,
                             parameters=query(DocumentQuerySchema), fails=(401, 422)),
            "post": operation("register_document", "Register a document", DocumentDetailSchema, status=201,
                              body=DocumentRequestSchema, parameters=[key], fails=(*_BODY, 409))},
        one: {
            "get": operation("show_source_document", "One document with the tasks made from it; ETag is its version",
                             DocumentDetailSchema, parameters=[document], fails=(401, 404)),
            "patch": operation("correct_document", "Correct a document", DocumentDetailSchema,
                               body=DocumentCorrectionSchema, parameters=[document, if_match],
                               fails=(*_BODY, 412, 428))},
        "/items/{item_id}/attachments": files("item", item),
        f"{one}/attachments": files("document", document),
        file: {
            "get": operation("show_attachment", "What is known of a file", AttachmentSchema, parameters=[attachment],
                             fails=(401, 404)),
            "delete": operation("remove_attachment", "Take a file away; its record stays", RemovedSchema,
                                body=RemovalSchema, parameters=[attachment], fails=(*_BODY, 409))},
        f"{file}/content": {"get": content},
    }  # fmt: skip


_FORM: Part = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "Its type is found from the content."},
        "kind": {"type": "string", "enum": list(KINDS), "default": "other"},
    },
}


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}

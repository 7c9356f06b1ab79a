"""The log of acts as the API takes and shows it."""

from marshmallow import fields, validate

from app.schemas.loading import OutputSchema, expects
from app.schemas.paging import PageQuerySchema, PageSchema, rows_of

_BIGGEST = 2**63 - 1
OUTCOMES = ("done", "refused")


def _text(limit: int, zh: str, en: str) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=limit), metadata=expects(zh, en))


class AuditQuerySchema(PageQuerySchema):
    """The query of the log. `since` and `before` bound the instant, the second one not taken in."""

    who = _text(100, "姓名或登录名", "words of a name or log-in")
    action = _text(2000, "操作名称，多个用逗号分隔", "the name of an act, or several by comma")
    item = fields.Integer(
        load_default=None, validate=validate.Range(1, _BIGGEST), metadata=expects("事项编号", "an item's id")
    )
    outcome = fields.String(
        load_default="", validate=validate.OneOf(OUTCOMES), metadata=expects("done或refused", "done or refused")
    )
    source = _text(20, "来源", "where it came from")
    confidential = fields.Boolean(load_default=False, metadata=expects("true或false", "true or false"))
    since = fields.AwareDateTime(load_default=None, metadata=expects("带时区的时间", "an instant with its zone"))
    before = fields.AwareDateTime(load_default=None, metadata=expects("带时区的时间", "an instant with its zone"))


class AuditRowSchema(OutputSchema):
    """One act. `before` and `after` are null for whoever reads no contents."""

    id = fields.Integer(required=True)
    action = fields.String(required=True)
    outcome = fields.String(required=True)
    source = fields.String(required=True)
    occurred_at = fields.AwareDateTime(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    item_id = fields.Integer(required=True, allow_none=True)
    item_kind = fields.String(required=True, allow_none=True)
    item_number = fields.String(required=True, allow_none=True)
    item_title = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    actor_id = fields.Integer(required=True, allow_none=True)
    actor_login = fields.String(required=True, allow_none=True)
    actor_name = fields.String(required=True, allow_none=True)
    acting_role = fields.String(required=True, allow_none=True)
    acting_post_id = fields.Integer(required=True, allow_none=True)
    acting_department_id = fields.Integer(required=True, allow_none=True)
    on_behalf_of = fields.Integer(required=True, allow_none=True)
    on_behalf_of_name = fields.String(required=True, allow_none=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class AuditPageSchema(PageSchema):
    """A page of the log, the newest act first."""

    items = rows_of(AuditRowSchema)


class HeadSchema(OutputSchema):
    """A signed head of the log; a proof writes `signed_at` with six digits of the second and Z."""

    tree_size = fields.Integer(required=True, metadata=expects("日志条数", "How many entries the log had"))
    root = fields.String(
        required=True, metadata=expects("树根（十六进制）", "The root of the tree over them, in hexadecimal digits")
    )
    signed_at = fields.AwareDateTime(required=True)
    key_id = fields.String(required=True, metadata=expects("签名密钥", "The key that signed it"))
    previous = fields.Integer(
        required=True, metadata=expects("上一树头的条数，首个为0", "The size of the head before it; 0: it is the first")
    )
    complete = fields.Boolean(
        required=True, metadata=expects("签名时是否已无待封存记录", "Whether nothing waited to be sealed then")
    )
    signature = fields.String(
        required=True, metadata=expects("Ed25519签名（十六进制）", "Ed25519, in hexadecimal digits")
    )


class HeadPageSchema(PageSchema):
    """A page of heads, the newest first."""

    items = rows_of(HeadSchema)


class KeySchema(OutputSchema):
    """A public key of the log's seal."""

    number = fields.Integer(required=True)
    key_id = fields.String(required=True)
    public_key = fields.String(required=True)
    begins_at = fields.AwareDateTime(required=True)
    signed_by = fields.String(required=True)
    signature = fields.String(required=True)


class ProvenSchema(OutputSchema):
    """An entry with its way to the root; without `row` for whoever reads no contents."""

    leaf = fields.Integer(required=True, metadata=expects("在树中的位置，从0起", "Its place in the tree, from 0"))
    audit_id = fields.Integer(required=True)
    hash = fields.String(required=True, metadata=expects("叶哈希", "The leaf's hash"))
    path = fields.List(
        fields.String(), required=True, metadata=expects("自叶至根的哈希", "The hashes from the leaf to the root")
    )
    row = fields.Dict(metadata=expects("日志记录的规范形式", "the entry in its canonical form"))


class ProofSchema(OutputSchema):
    """The proof that entries stand in the log of a head (docs/audit-seal.md)."""

    format = fields.String(required=True)
    kind = fields.String(required=True, metadata={"en": "inclusion", "zh": "inclusion（存在证明）"})
    head = fields.Nested(HeadSchema, required=True)
    keys = fields.List(fields.Nested(KeySchema), required=True)
    entries = fields.List(fields.Nested(ProvenSchema), required=True)

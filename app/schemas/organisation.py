"""Departments, people and posts as the API takes and shows them."""

from marshmallow import fields, validate

from app.core.text import NAME_MAX
from app.schemas.item import TextSchema
from app.schemas.loading import InputSchema, OutputSchema, Truth, expects
from app.schemas.paging import LanguageQuerySchema, PageQuerySchema, PageSchema, rows_of
from workflows.roles import Duty

_BIGGEST = 2**63 - 1
_NAME_MAX = NAME_MAX * 4  # the services clean, measure and say what is wrong; this only stops the absurd
_DAY = expects("日期，如2026-03-02", "a date like 2026-03-02")
_TEXT = expects("文字", "a text")
_FLAG = expects("true或false", "true or false")


def _name(*, required: bool = False) -> fields.String:
    longest = validate.Length(max=_NAME_MAX)
    if required:
        return fields.String(required=True, validate=longest, metadata=_TEXT)
    return fields.String(load_default=None, allow_none=True, validate=longest, metadata=_TEXT)


def _id(*, required: bool = False) -> fields.Integer:
    known = validate.Range(1, _BIGGEST)
    metadata = expects("编号", "an id")
    if required:
        return fields.Integer(strict=True, required=True, validate=known, metadata=metadata)
    return fields.Integer(strict=True, load_default=None, allow_none=True, validate=known, metadata=metadata)


def _day() -> fields.Date:
    return fields.Date(load_default=None, allow_none=True, metadata=_DAY)


def _flag(*, default: bool) -> fields.Boolean:
    return fields.Boolean(load_default=default, truthy={True, "true", "1"}, falsy={False, "false", "0"}, metadata=_FLAG)


def _duty() -> fields.String:
    known = [duty.value for duty in Duty]
    metadata = expects("、".join(known) + "之一", "one of " + ", ".join(known))
    return fields.String(required=True, validate=validate.OneOf(known), metadata=metadata)


class DepartmentQuerySchema(PageQuerySchema):
    """The query of the departments; `q` looks into present and former names."""

    closed = _flag(default=False)
    q = fields.String(load_default="", validate=validate.Length(max=100), metadata=_TEXT)


class DepartmentNameSchema(OutputSchema):
    """A name and the days on which it held (half-open)."""

    name = fields.String(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)


class OpenWorkSchema(OutputSchema):
    """What is open in a department."""

    lead = fields.Integer(required=True)
    support = fields.Integer(required=True)
    signature = fields.Integer(required=True)


class DepartmentSchema(OutputSchema):
    """A department; one that was merged names its successor."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    short_name = fields.String(required=True, allow_none=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    successor_id = fields.Integer(required=True, allow_none=True)
    version = fields.Integer(required=True)
    names = fields.List(fields.Nested(DepartmentNameSchema), required=True)


class DepartmentDetailSchema(DepartmentSchema):
    """One department; its open work only for administrators and the office."""

    open_work = fields.Nested(OpenWorkSchema, required=True, allow_none=True)


class DepartmentPageSchema(PageSchema):
    """A page of departments."""

    items = rows_of(DepartmentSchema)


class NewDepartmentSchema(InputSchema):
    """A department to add; `parent` is a code or a name."""

    code = _name(required=True)
    name = _name(required=True)
    name_en = _name()
    short_name = _name()
    parent = _name()
    from_on = _day()


class RenameSchema(InputSchema):
    """What a department is called from a day on."""

    name = _name(required=True)
    name_en = _name()
    short_name = _name()
    on = _day()


class MergeQuerySchema(LanguageQuerySchema):
    """The merge to look at; `into` is a code or a name."""

    into = _name(required=True)
    on = _day()


class MergeSchema(InputSchema):
    """The merge to do."""

    into = _name(required=True)
    on = _day()


class CloseSchema(InputSchema):
    """The day from which a department is closed."""

    on = _day()


class MovedItemSchema(OutputSchema):
    """An open item that passes over; no title for a confidential one."""

    item_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    meets_itself = fields.Boolean(required=True)


class MovedPostSchema(OutputSchema):
    """A post that passes over, and what it is for then."""

    post_id = fields.Integer(required=True)
    title = fields.String(required=True)
    title_en = fields.String(required=True, allow_none=True)
    duty = fields.String(required=True)
    duty_after = fields.String(required=True)
    holders = fields.List(fields.String(), required=True)


class MergePlanSchema(OutputSchema):
    """What a merge moves and what to look at first; `version` is what the merge must name."""

    department_id = fields.Integer(required=True)
    name = fields.String(required=True)
    into_id = fields.Integer(required=True)
    into_name = fields.String(required=True)
    on = fields.Date(required=True)
    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(MovedItemSchema), required=True)
    posts = fields.List(fields.Nested(MovedPostSchema), required=True)
    below = fields.List(fields.String(), required=True)
    messages = fields.Integer(required=True)
    conflicts = fields.List(fields.Nested(TextSchema), required=True)


class UserQuerySchema(PageQuerySchema):
    """The query of the people; `active` false shows who left."""

    department = _name()
    active = _flag(default=True)
    q = fields.String(load_default="", validate=validate.Length(max=100), metadata=_TEXT)


class UserPostSchema(OutputSchema):
    """A post that somebody holds."""

    post_id = fields.Integer(required=True)
    department_id = fields.Integer(required=True)
    department = fields.String(required=True)
    duty = fields.String(required=True)
    title = fields.String(required=True)
    title_en = fields.String(required=True, allow_none=True)
    is_director = fields.Boolean(required=True)


class UserSchema(OutputSchema):
    """A person; log-in name and e-mail are null for whoever may not see them."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    login = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    posts = fields.List(fields.Nested(UserPostSchema), required=True)


class UserPageSchema(PageSchema):
    """A page of people."""

    items = rows_of(UserSchema)


class NewUserSchema(InputSchema):
    """A person to add, with a first post; without a password nobody can log in."""

    login = _name(required=True)
    name = _name(required=True)
    email = _name()
    password = fields.String(load_default=None, allow_none=True, metadata=_TEXT)
    department = _name(required=True)
    role = _duty()
    director = Truth(load_default=False, metadata=_FLAG)


class DeactivateSchema(InputSchema):
    """`release` true: what the person is in charge of may fall to the heads of the departments."""

    release = Truth(load_default=False, metadata=_FLAG)


class PostQuerySchema(PageQuerySchema):
    """The query of the posts."""

    department = _name()
    vacant = fields.Boolean(load_default=None, truthy={True, "true", "1"}, falsy={False, "false", "0"}, metadata=_FLAG)


class HolderSchema(OutputSchema):
    """Who holds a post, from when until when."""

    holding_id = fields.Integer(required=True)
    person_id = fields.Integer(required=True)
    name = fields.String(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)


class PostSchema(OutputSchema):
    """A post with its holders."""

    id = fields.Integer(required=True)
    department_id = fields.Integer(required=True)
    department = fields.String(required=True)
    duty = fields.String(required=True)
    title = fields.String(required=True)
    title_en = fields.String(required=True, allow_none=True)
    is_director = fields.Boolean(required=True)
    is_vacant = fields.Boolean(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    holders = fields.List(fields.Nested(HolderSchema), required=True)


class PostPageSchema(PageSchema):
    """A page of posts."""

    items = rows_of(PostSchema)


class NewPostSchema(InputSchema):
    """A post to add."""

    department = _name(required=True)
    role = _duty()
    title = _name()
    title_en = _name()
    director = Truth(load_default=False, metadata=_FLAG)


class FillSchema(InputSchema):
    """Who holds a post from a day on."""

    person = _id(required=True)
    from_on = _day()


class VacateSchema(InputSchema):
    """Who leaves a post; `release` true: what they are in charge of may fall to the head of the department."""

    person = _id(required=True)
    on = _day()
    release = Truth(load_default=False, metadata=_FLAG)

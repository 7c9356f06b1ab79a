"""The caller as the API shows them."""

from marshmallow import fields

from app.schemas.loading import OutputSchema


class HeldPostSchema(OutputSchema):
    """A post in which the caller acts, held or lent; its id is what `as` takes."""

    post_id = fields.Integer(required=True)
    department_id = fields.Integer(required=True)
    duty = fields.String(required=True)
    is_director = fields.Boolean(required=True)
    for_person_id = fields.Integer(required=True, allow_none=True)
    kinds = fields.List(fields.String(), required=True, allow_none=True)


class MeSchema(OutputSchema):
    """Who calls, with the posts of this moment."""

    id = fields.Integer(required=True, attribute="person_id")
    login = fields.String(required=True)
    name = fields.String(required=True)
    posts = fields.List(fields.Nested(HeldPostSchema), required=True, attribute="capacities")

"""What the OpenAPI document says, one module a subject."""

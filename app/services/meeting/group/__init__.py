"""Leadership groups: founded, seated, changed, and what their rules leave to posts."""

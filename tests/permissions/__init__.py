"""Who may see and do what: the table, the city on which it is tried, and docs/permissions.md made from it."""

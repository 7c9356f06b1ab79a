"""Who may see and do what; the only reader of item_access."""

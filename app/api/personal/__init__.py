"""What belongs to the caller: drafts of forms, sessions of browsers, the password."""

"""What pages, API and commands share about meetings: invitations as calendars understand them, replies."""

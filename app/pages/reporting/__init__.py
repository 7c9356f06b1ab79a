"""Pages of plans of reports, and of what they made for their readers."""

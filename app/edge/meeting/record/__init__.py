"""Minutes and papers of meetings, for pages and API alike."""

"""Endpoints of plans of reports, of the kinds of papers, and of what plans made for their readers."""

"""Calls for requests of a fund: drafted, opened, entered, scored, proposed, decided."""

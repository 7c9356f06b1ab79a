"""Reads plans of reports, what was made of them and who got it; and of what a paper can be asked for."""

"""Substitution for a period: offered, accepted or declined, ended; the rules that every link keeps."""

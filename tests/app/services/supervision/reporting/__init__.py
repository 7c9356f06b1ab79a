"""Tests of reports: when they are owed, what answers them, what is plausible."""

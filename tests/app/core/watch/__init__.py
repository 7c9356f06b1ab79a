"""Tests of traces, meters and logs."""

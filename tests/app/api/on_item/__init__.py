"""Tests of what people add to items, over HTTP."""

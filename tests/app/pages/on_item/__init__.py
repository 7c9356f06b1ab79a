"""Tests of what people add to items, on the pages."""

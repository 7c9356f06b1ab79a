"""Tests of the register of source documents."""

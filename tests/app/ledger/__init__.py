"""Tests of reading and writing ledgers; hostile files are made on the spot."""

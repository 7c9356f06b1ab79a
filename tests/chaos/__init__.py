"""Chaos: a fleet under mixed load while members, database, disk, clocks and mail server fail at random."""

"""A city that runs for a long time: a moving clock, two schedulers, processes killed at random."""

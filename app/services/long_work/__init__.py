"""Work too long for a request: asked for by a person, claimed and run by the scheduler's process, kept for a while."""

"""In session: the secretary's page, notes by revision, decisions as typed, the view on the wall."""

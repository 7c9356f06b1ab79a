"""The archive: how long what is closed is kept."""

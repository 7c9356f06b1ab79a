"""The demonstration city: its story as files tell it, its people, and what they do on each working day."""

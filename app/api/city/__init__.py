"""The city as a whole: its overview in figures, its working calendars."""

"""The city as a whole as the API takes and shows it: figures, calendars."""

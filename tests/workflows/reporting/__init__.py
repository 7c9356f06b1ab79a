"""Reports by a timetable."""

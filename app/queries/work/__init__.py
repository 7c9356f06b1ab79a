"""For whom an item waits, as conditions of a list, and what follows if nobody acts."""

"""Each role's day in a real browser: both languages, desk and phone, on the lived city."""

"""The shell: talks to the web, the clock and the database."""

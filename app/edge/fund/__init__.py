"""What pages, API and commands share about special funds: who acts, year-ends, payment orders, files."""

"""What pages and API share about the rules: reading them, changing them, moving open items."""

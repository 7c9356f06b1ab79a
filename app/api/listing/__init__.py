"""Lists of items, whatever their kind: pages of them, files made of them, their saved views."""

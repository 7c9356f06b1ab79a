"""Foundations without domain nouns: errors, clock, database, money, text."""

"""Ledgers from outside: a foreign file and a mapping become typed, checked rows and findings.

Stands on app.core alone: no database, no web, no workflow. A service turns the rows into items.
"""

"""The rules, pure: tables, machine, calendar, roles."""

"""Meetings one by one, agendas, topics, notes and decisions over HTTP."""

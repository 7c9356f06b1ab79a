"""A visitor's posts in words: the department, then the duty, and each of them said once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app.core.errors import Sentence
from app.edge.unit import Connection
from app.policy.people import find_actor

"""Catalogues of the pages' texts, one module a language beside the Chinese source."""

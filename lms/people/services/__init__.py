"""Verbs of the people room, by use."""

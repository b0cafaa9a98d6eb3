"""Ladder: learn on a break, be promoted on evidence."""

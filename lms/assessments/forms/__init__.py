"""Shapes of input for the assessments room."""

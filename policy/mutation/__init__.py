"""Breaks each promise once, and shows what notices it."""

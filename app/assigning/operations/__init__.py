"""Verbs of assigning."""

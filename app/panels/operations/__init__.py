"""Verbs of the panel."""

from app.panels.operations import answering, discussing, driving, planning, recording

__all__ = ["answering", "discussing", "driving", "planning", "recording"]

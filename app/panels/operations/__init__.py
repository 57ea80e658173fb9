"""Verbs of the panel."""

from app.panels.operations import discussing, driving, planning, recording

__all__ = ["discussing", "driving", "planning", "recording"]

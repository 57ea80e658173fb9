"""Verbs of the panel."""

from app.panels.operations import discussing

__all__ = ["discussing"]

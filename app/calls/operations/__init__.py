"""Verbs of calls: make one from its programme's template, edit a draft, publish."""

from app.calls.operations.editing import CallValues, FrameValues, create_from_template, edit, publish

__all__ = ["CallValues", "FrameValues", "create_from_template", "edit", "publish"]

"""Every look-up of discussions, meetings, minutes and answers. What a reader may not know of is not there."""

from app.panels.queries import answers, discussions, meetings, minutes, people

__all__ = ["answers", "discussions", "meetings", "minutes", "people"]

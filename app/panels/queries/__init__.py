"""Every look-up of discussions, meetings, minutes and answers. What a reader may not know of is not there."""

from app.panels.queries import discussions, meetings, minutes, people

__all__ = ["discussions", "meetings", "minutes", "people"]

"""Verbs of surveys: compose and run a wave, write to firms, answer."""

from app.surveys.operations import answering, composing, inviting, running
from app.surveys.operations.running import by_the_clock

__all__ = ["answering", "by_the_clock", "composing", "inviting", "running"]

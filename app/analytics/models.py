"""Figures that the worker made ahead, for every process to find."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Json, Model


class KeptFigures(Model):
    """Sums, never records. ``name`` stands for the question and the edition of the code that answered it; ``version`` is
    that of the data (core.numbering): what was found under another version is not looked at."""

    __tablename__ = "kept_figures"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    found: Mapped[Any] = mapped_column(Json)

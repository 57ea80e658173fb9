"""Verbs of organisations: the register, names that come in, merges and successions."""

from app.organisations.operations import merging, resolving, succeeding
from app.organisations.operations.register import change, create

__all__ = ["change", "create", "merging", "resolving", "succeeding"]

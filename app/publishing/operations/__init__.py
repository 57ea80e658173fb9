"""Verbs: figures and publications."""

from app.publishing.operations.figures import (
    CHECK,
    KIND,
    Change,
    Proposal,
    ThenAndNow,
    check,
    check_all,
    discard,
    freeze,
    freeze_again,
    propose,
    publish,
    verify,
)

__all__ = [
    "CHECK",
    "KIND",
    "Change",
    "Proposal",
    "ThenAndNow",
    "check",
    "check_all",
    "discard",
    "freeze",
    "freeze_again",
    "propose",
    "publish",
    "verify",
]

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
from app.publishing.operations.publications import KIND as PUBLICATION
from app.publishing.operations.publications import (
    DatasetsWanted,
    drop,
    latest_known,
    make,
    order_datasets,
    order_report,
    release,
    retry,
)

__all__ = [
    "CHECK",
    "KIND",
    "PUBLICATION",
    "Change",
    "DatasetsWanted",
    "Proposal",
    "ThenAndNow",
    "check",
    "check_all",
    "discard",
    "drop",
    "freeze",
    "freeze_again",
    "latest_known",
    "make",
    "order_datasets",
    "order_report",
    "propose",
    "publish",
    "release",
    "retry",
    "verify",
]

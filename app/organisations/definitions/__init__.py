"""Rules of organisations: the SME test (here at hand), and how names are matched."""

from app.organisations.definitions.sizes import LIMITS, Branch, Facts, Judgement, Limits, Size, branch_of, judge

__all__ = ["LIMITS", "Branch", "Facts", "Judgement", "Limits", "Size", "branch_of", "judge"]

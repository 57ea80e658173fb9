"""Verbs of projects: results released, decisions corrected and reserves moved up, projects made and ended."""

from app.projects.operations.awarding import REGIMES, agree, award, end, release_results, share_out
from app.projects.operations.correcting import confirm_correction, promote

__all__ = ["REGIMES", "agree", "award", "confirm_correction", "end", "promote", "release_results", "share_out"]

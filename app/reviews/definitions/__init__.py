"""Rules of reviewing as data: phases and their rights."""

from app.reviews.definitions.phases import DEFAULT, RIGHTS, SETS, Phase, PhaseSet, Step, ends, holding

__all__ = ["DEFAULT", "RIGHTS", "SETS", "Phase", "PhaseSet", "Step", "ends", "holding"]

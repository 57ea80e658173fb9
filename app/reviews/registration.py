"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.reviewers.operations import LISTENERS
from app.reviews.operations import end_conflicted
from app.reviews.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (end_conflicted,)
if end_conflicted not in LISTENERS:
    LISTENERS.append(end_conflicted)

"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.applications.operations.joining import JOINED
from app.applications.queries.visibility import RESTING
from app.reviewers.operations import LISTENERS
from app.reviewers.queries import LOADS
from app.reviews.operations import end_conflicted, look_at_application
from app.reviews.queries import open_reviews, reviewed_by
from app.reviews.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (end_conflicted,)
if end_conflicted not in LISTENERS:
    LISTENERS.append(end_conflicted)
    JOINED.append(look_at_application)
    LOADS.append(open_reviews)
    RESTING.append(reviewed_by)

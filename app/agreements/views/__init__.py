"""Pages of agreements, by what is done on them."""

from app.agreements.views import contracts, evaluations, life, setting_up
from app.agreements.views.base import bp

__all__ = ["bp", "contracts", "evaluations", "life", "setting_up"]

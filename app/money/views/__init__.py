"""Pages of money, by what is done on them."""

from app.money.views import assets, costs, inspecting, moving, overview, payments, profits
from app.money.views.base import bp

__all__ = ["assets", "bp", "costs", "inspecting", "moving", "overview", "payments", "profits"]

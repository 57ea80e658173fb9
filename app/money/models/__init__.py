"""Tables of money: costs and transfers, payments and returns, things that were bought."""

from app.money.models.costs import CostForecast, Evidence, Expense, Fixing, SiteInspection, Transfer
from app.money.models.payments import Payment, ProfitReturn
from app.money.models.property import Asset, AssetSighting, DisposalRequest

__all__ = [
    "Asset",
    "AssetSighting",
    "CostForecast",
    "DisposalRequest",
    "Evidence",
    "Expense",
    "Fixing",
    "Payment",
    "ProfitReturn",
    "SiteInspection",
    "Transfer",
]

"""Change requests without database and HTTP: how a project stands, what each kind of change makes of it, and what
differs between before and after."""

from app.changes.definitions.effects import AREAS, Effect, digest, effects
from app.changes.definitions.kinds import KINDS, OF_COSTS, Field, FieldType, Kind, carry_out, is_notice
from app.changes.definitions.standing import BudgetKey, Milestone, Part, Standing

__all__ = [
    "AREAS",
    "KINDS",
    "OF_COSTS",
    "BudgetKey",
    "Effect",
    "Field",
    "FieldType",
    "Kind",
    "Milestone",
    "Part",
    "Standing",
    "carry_out",
    "digest",
    "effects",
    "is_notice",
]

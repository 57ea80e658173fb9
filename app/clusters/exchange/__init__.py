"""Files of clusters: registers and members, and new businesses."""

from app.clusters.exchange.businesses import BUSINESSES, export_businesses, import_businesses
from app.clusters.exchange.registers import KINDS as REGISTERS
from app.clusters.exchange.registers import MEMBERSHIPS, export_members, import_members

KINDS = (*REGISTERS, BUSINESSES)

__all__ = [
    "BUSINESSES",
    "KINDS",
    "MEMBERSHIPS",
    "export_businesses",
    "export_members",
    "import_businesses",
    "import_members",
]

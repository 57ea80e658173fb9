"""Tables of milestones, deliverables, reports, monitoring and calendars."""

from app.milestones.models.calendars import CalendarAddress
from app.milestones.models.monitoring import MonitoringScore
from app.milestones.models.reports import (
    MilestoneReport,
    MilestoneResult,
    ReportExtension,
    ReportFile,
    ReportPart,
    ReportVersion,
)
from app.milestones.models.rows import Milestone, MilestoneChange, MilestoneFile

__all__ = [
    "CalendarAddress",
    "Milestone",
    "MilestoneChange",
    "MilestoneFile",
    "MilestoneReport",
    "MilestoneResult",
    "MonitoringScore",
    "ReportExtension",
    "ReportFile",
    "ReportPart",
    "ReportVersion",
]

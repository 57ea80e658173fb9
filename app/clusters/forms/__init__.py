"""Forms of clusters, by what they are about."""

from app.clusters.forms.activities import ActivityForm, AttendanceForm, FacilityForm, ManagerForm, ResultForm
from app.clusters.forms.figures import BusinessForm, ReasonForm, TargetForm
from app.clusters.forms.members import EndForm, FileForm, MemberForm
from app.clusters.forms.registers import AreaForm, BaseOrganisationForm, EndBaseForm, ReportForm

__all__ = [
    "ActivityForm",
    "AreaForm",
    "AttendanceForm",
    "BaseOrganisationForm",
    "BusinessForm",
    "EndBaseForm",
    "EndForm",
    "FacilityForm",
    "FileForm",
    "ManagerForm",
    "MemberForm",
    "ReasonForm",
    "ReportForm",
    "ResultForm",
    "TargetForm",
]

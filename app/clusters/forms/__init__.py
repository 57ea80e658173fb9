"""Forms of clusters, by what they are about."""

from app.clusters.forms.members import EndForm, FileForm, MemberForm

__all__ = ["EndForm", "FileForm", "MemberForm"]

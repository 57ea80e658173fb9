"""Forms of organisations, by what they are about."""

from app.organisations.forms.register import OrganisationForm

__all__ = ["OrganisationForm"]

"""Forms of organisations, by what they are about."""

from app.organisations.forms.register import OrganisationForm
from app.organisations.forms.resolving import (
    AliasForm,
    DecideForm,
    NameForm,
    OtherForm,
    RenameForm,
    SuccessionForm,
    WhyForm,
)

__all__ = [
    "AliasForm",
    "DecideForm",
    "NameForm",
    "OrganisationForm",
    "OtherForm",
    "RenameForm",
    "SuccessionForm",
    "WhyForm",
]

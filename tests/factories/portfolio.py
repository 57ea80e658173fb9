"""Clusters, memberships, projects, participants and observations for tests."""

from datetime import date
from itertools import count
from typing import Any

from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.clusters.models import Cluster, Membership
from app.core.db import session
from app.core.exchange import bulk_insert
from app.organisations.models import Organisation
from app.outcomes.choices import DevState
from app.outcomes.models import Observation
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project

_number = count(1)


def cluster(code: str | None = None, **values: Any) -> Cluster:
    n = next(_number)
    row = Cluster(
        **{
            "cluster_code": code or f"cluster-{n}",
            "name_en": f"Test cluster {n}",
            "name_ja": f"テストクラスター{n}",
            "phase": 1,
            "bureau": "kanto",
            "fields": "it",
            "valid_from": date(2001, 4, 1),
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row


def membership(
    organisation: Organisation, of: Cluster, start: date = date(2003, 4, 1), end: date | None = None, **values: Any
) -> Membership:
    row = Membership(organisation_id=organisation.id, cluster_id=of.id, valid_from=start, valid_to=end, **values)
    session.add(row)
    session.flush()
    return row


def project(*companies: Organisation, status: str = "completed", **values: Any) -> Project:
    """A project written past its machine, as an import does; the first company leads it."""
    n = next(_number)
    key = values.pop("project_key", f"P-{n:05d}")
    bulk_insert(
        Project.__table__,  # type: ignore[arg-type]
        [
            {
                "project_key": key,
                "programme": Programme.consortium_rd,
                "frame": "general",
                "title_en": f"Test project {n}",
                "title_ja": f"テスト課題{n}",
                "region": "kanto",
                "field": "it",
                "adopted_on": date(2003, 7, 1),
                "started_on": date(2003, 8, 1),
                "completed_on": date(2005, 3, 31),
                "status": ProjectStatus(status),
                "amount_yen": 100,
                "followup_years": 5,
                "is_synthetic": False,
                **values,
            }
        ],
    )
    row = session.query(Project).filter_by(project_key=key).one()
    for position, company in enumerate(companies):
        participant(row, company, MemberRole.implementer if position else MemberRole.lead_company)
    return row


def participant(
    of: Project, organisation: Organisation, role: MemberRole = MemberRole.implementer, **values: Any
) -> Participant:
    row = Participant(project_id=of.id, organisation_id=organisation.id, role=role, **values)
    session.add(row)
    session.flush()
    return row


def observation(
    of: Project, observed_on: date, dev_state: str = "development", stage: int = 0, **values: Any
) -> Observation:
    row = Observation(
        **{
            "project_id": of.id,
            "observed_on": observed_on,
            "recorded_on": observed_on,
            "dev_state": DevState(dev_state),
            "stage": stage,
            "evidence_level": 1,
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row

"""The register. Each file imports only those before it.

states, instruments, ratifications, supervision, rows, releases.
"""

from conventions.edition import Edition
from conventions.records import OldAddress
from conventions.versions import Version, VersionKind

from .instruments import (
    Category,
    Convention,
    Coverage,
    EntryIntoForce,
    InstrumentStatus,
    Kind,
    Topic,
)
from .ratifications import Ratification, RatificationStatus, Verification, counts
from .releases import Decision, Proposal, ProposalKind, Release, ReleaseRow, Table
from .states import Country, Region
from .supervision import SupervisoryComment, SupervisoryKind

__all__ = [
    "Category",
    "Convention",
    "Country",
    "Coverage",
    "Decision",
    "Edition",
    "EntryIntoForce",
    "InstrumentStatus",
    "Kind",
    "OldAddress",
    "Proposal",
    "ProposalKind",
    "Ratification",
    "RatificationStatus",
    "Region",
    "Release",
    "ReleaseRow",
    "SupervisoryComment",
    "SupervisoryKind",
    "Table",
    "Topic",
    "Verification",
    "Version",
    "VersionKind",
    "counts",
]

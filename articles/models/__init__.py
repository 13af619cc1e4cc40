"""The newsroom's records. Each file imports only those before it.

publishing, people, roles, roadmaps, progress, articles, corrections, facts, previews.
"""

from .articles import (
    Appearance,
    Article,
    Citation,
    Image,
    OutsideLink,
    Participation,
)
from .corrections import Correction, CorrectionKind
from .facts import Statistic
from .people import Classification, Organisation, OrganisationName, Person, PersonName, Script
from .previews import PreviewLink, Term
from .progress import Evidence, ProgressUpdate, Voice
from .publishing import VERBS, Publishable, Refused, Status, Transition, next_publication
from .roadmaps import (
    CLOSING,
    SETTLED,
    Commitment,
    Delivery,
    Effect,
    Party,
    PartyRole,
    PriorityArea,
    Responsibility,
    Roadmap,
    RoadmapKind,
    Signature,
    Strength,
)
from .roles import Contradiction, Known, Membership, Post

__all__ = [
    "CLOSING",
    "SETTLED",
    "VERBS",
    "Appearance",
    "Article",
    "Citation",
    "Classification",
    "Commitment",
    "Contradiction",
    "Correction",
    "CorrectionKind",
    "Delivery",
    "Effect",
    "Evidence",
    "Image",
    "Known",
    "Membership",
    "Organisation",
    "OrganisationName",
    "OutsideLink",
    "Participation",
    "Party",
    "PartyRole",
    "Person",
    "PersonName",
    "Post",
    "PreviewLink",
    "PriorityArea",
    "ProgressUpdate",
    "Publishable",
    "Refused",
    "Responsibility",
    "Roadmap",
    "RoadmapKind",
    "Script",
    "Signature",
    "Statistic",
    "Status",
    "Strength",
    "Term",
    "Transition",
    "Voice",
    "next_publication",
]

"""The newsroom's records. Each file imports only those before it.

reviewers, embargoes, publishing, people, roles, roadmaps, progress, articles, corrections, facts, previews, notices, comments.
"""

from .articles import (
    Appearance,
    Article,
    Citation,
    Image,
    OutsideLink,
    Participation,
)
from .comments import Comment
from .corrections import Correction, CorrectionKind
from .embargoes import Embargo, Insider
from .facts import Statistic
from .log import Transition
from .notices import Notices
from .people import Classification, Organisation, OrganisationName, Person, PersonName, Script
from .previews import PreviewLink, Term
from .progress import Evidence, ProgressUpdate, Voice
from .publishing import Publishable, Refused, next_publication
from .reviewers import name_of, reviewers
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
from .states import VERBS, Status

__all__ = [
    "CLOSING",
    "SETTLED",
    "VERBS",
    "Appearance",
    "Article",
    "Citation",
    "Classification",
    "Comment",
    "Commitment",
    "Contradiction",
    "Correction",
    "CorrectionKind",
    "Delivery",
    "Effect",
    "Embargo",
    "Evidence",
    "Image",
    "Insider",
    "Known",
    "Membership",
    "Notices",
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
    "name_of",
    "next_publication",
    "reviewers",
]

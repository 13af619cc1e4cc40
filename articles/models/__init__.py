"""The newsroom's records. Each file imports only those before it.

reviewers, embargoes, publishing, people, roles, roadmaps, evidence, commitments, particulars, progress, articles, corrections,
facts, discrepancies, pages, previews, notices, comments, replies.
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
from .commitments import (
    CLOSING,
    READ_IN_REGISTER,
    SETTLED,
    Commitment,
    Delivery,
    Effect,
    Rung,
    Strength,
    end_of,
)
from .corrections import Correction, CorrectionKind
from .discrepancies import Discrepancy, Reading
from .embargoes import Embargo, Insider
from .evidence import Evidence, Voice
from .facts import Statistic
from .log import Transition
from .notices import Notices
from .pages import LINKED, OWN_ADDRESS, Page
from .particulars import Law, Responsibility, Wording
from .people import Classification, Organisation, OrganisationName, Person, PersonName, Script
from .previews import PreviewLink, Term
from .progress import ProgressUpdate
from .publishing import Publishable, Refused, next_publication
from .replies import Link, LinkState, Reply, ReplyKind
from .reviewers import name_of, reviewers
from .roadmaps import Party, PartyRole, PriorityArea, Roadmap, RoadmapKind, Signature
from .roles import Contradiction, Known, Membership, Post
from .states import VERBS, Status

__all__ = [
    "CLOSING",
    "LINKED",
    "OWN_ADDRESS",
    "READ_IN_REGISTER",
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
    "Discrepancy",
    "Effect",
    "Embargo",
    "Evidence",
    "Image",
    "Insider",
    "Known",
    "Law",
    "Link",
    "LinkState",
    "Membership",
    "Notices",
    "Organisation",
    "OrganisationName",
    "OutsideLink",
    "Page",
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
    "Reading",
    "Refused",
    "Reply",
    "ReplyKind",
    "Responsibility",
    "Roadmap",
    "RoadmapKind",
    "Rung",
    "Script",
    "Signature",
    "Statistic",
    "Status",
    "Strength",
    "Term",
    "Transition",
    "Voice",
    "Wording",
    "end_of",
    "name_of",
    "next_publication",
    "reviewers",
]

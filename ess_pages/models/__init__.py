"""The page types and the records they refer to, a file per concept."""

from .actors import ActorIndexPage, ActorLink, ActorPage, NetworkMembership
from .amendments import Amendment, Comment, Opinion
from .clauses import Clause, ClauseVersion
from .consultations import Ballot, Consultation, Voter
from .exchanges import Exchange, ExchangeIndexPage
from .general import HomePage, StandardPage
from .handovers import (
    Answer,
    DecisionMaker,
    DocumentText,
    Handover,
    Institution,
    OfficialDocument,
    Undertaking,
    UndertakingUpdate,
)
from .imports import ImportRow, ImportRun
from .meetings import (
    Attendance,
    Guest,
    MeetingIndexPage,
    MeetingOrganiser,
    MeetingPage,
    MeetingReportPage,
    ProgrammeItem,
    ReportDocument,
    ReportPhoto,
    Resolution,
    Workshop,
)
from .practices import (
    PracticeCarrier,
    PracticeFigure,
    PracticeIndexPage,
    PracticePage,
    PracticeScore,
)
from .press import PressPage
from .proposals import Confirmation, EntryReport, Proposal, Representative
from .recommendations import Recommendation, RecommendationIndexPage, RecommendationPage
from .records import (
    Criterion,
    LegalForm,
    Participant,
    Resource,
    Sector,
    Sphere,
    TargetGroup,
    Topic,
    Wilaya,
)
from .registrations import Accreditation, MeetingMessage, Registration
from .resolutions import ResolutionIndexPage, ResolutionUpdate
from .reviews import ReportReview, ReportReviewer
from .steps import Step

__all__ = [
    "Accreditation",
    "ActorIndexPage",
    "ActorLink",
    "ActorPage",
    "Amendment",
    "Answer",
    "Attendance",
    "Ballot",
    "Clause",
    "ClauseVersion",
    "Comment",
    "Confirmation",
    "Consultation",
    "Criterion",
    "DecisionMaker",
    "DocumentText",
    "EntryReport",
    "Exchange",
    "ExchangeIndexPage",
    "Guest",
    "Handover",
    "HomePage",
    "ImportRow",
    "ImportRun",
    "Institution",
    "LegalForm",
    "MeetingIndexPage",
    "MeetingMessage",
    "MeetingOrganiser",
    "MeetingPage",
    "MeetingReportPage",
    "NetworkMembership",
    "OfficialDocument",
    "Opinion",
    "Participant",
    "PracticeCarrier",
    "PracticeFigure",
    "PracticeIndexPage",
    "PracticePage",
    "PracticeScore",
    "PressPage",
    "ProgrammeItem",
    "Proposal",
    "Recommendation",
    "RecommendationIndexPage",
    "RecommendationPage",
    "Registration",
    "ReportDocument",
    "ReportPhoto",
    "ReportReview",
    "ReportReviewer",
    "Representative",
    "Resolution",
    "ResolutionIndexPage",
    "ResolutionUpdate",
    "Resource",
    "Sector",
    "Sphere",
    "StandardPage",
    "Step",
    "TargetGroup",
    "Topic",
    "Undertaking",
    "UndertakingUpdate",
    "Voter",
    "Wilaya",
    "Workshop",
]

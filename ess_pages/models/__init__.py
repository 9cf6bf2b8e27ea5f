"""The page types and the records they refer to, a file per concept."""

from .actors import ActorIndexPage, ActorLink, ActorPage, NetworkMembership
from .exchanges import Exchange, ExchangeIndexPage
from .general import HomePage, StandardPage
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
from .recommendations import Clause, RecommendationIndexPage, RecommendationPage
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

__all__ = [
    "Accreditation",
    "ActorIndexPage",
    "ActorLink",
    "ActorPage",
    "Attendance",
    "Clause",
    "Confirmation",
    "Criterion",
    "EntryReport",
    "Exchange",
    "ExchangeIndexPage",
    "Guest",
    "HomePage",
    "ImportRow",
    "ImportRun",
    "LegalForm",
    "MeetingIndexPage",
    "MeetingMessage",
    "MeetingOrganiser",
    "MeetingPage",
    "MeetingReportPage",
    "NetworkMembership",
    "Participant",
    "PracticeCarrier",
    "PracticeFigure",
    "PracticeIndexPage",
    "PracticePage",
    "PracticeScore",
    "PressPage",
    "ProgrammeItem",
    "Proposal",
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
    "TargetGroup",
    "Topic",
    "Wilaya",
    "Workshop",
]

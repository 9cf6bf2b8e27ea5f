"""The page types and the records they refer to, a file per concept."""

from .actors import ActorIndexPage, ActorPage
from .general import HomePage, StandardPage
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
from .practices import PracticeCarrier, PracticeIndexPage, PracticePage
from .recommendations import Clause, RecommendationIndexPage, RecommendationPage
from .records import LegalForm, Participant, Sphere, Wilaya

__all__ = [
    "ActorIndexPage",
    "ActorPage",
    "Attendance",
    "Clause",
    "Guest",
    "HomePage",
    "LegalForm",
    "MeetingIndexPage",
    "MeetingOrganiser",
    "MeetingPage",
    "MeetingReportPage",
    "Participant",
    "PracticeCarrier",
    "PracticeIndexPage",
    "PracticePage",
    "ProgrammeItem",
    "RecommendationIndexPage",
    "RecommendationPage",
    "ReportDocument",
    "ReportPhoto",
    "Resolution",
    "Sphere",
    "StandardPage",
    "Wilaya",
    "Workshop",
]

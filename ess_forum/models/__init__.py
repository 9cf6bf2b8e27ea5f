"""The forum: a file for each concept."""

from .access import ApiToken, ImportedRecord, Webhook, WebhookDelivery
from .attachments import Attachment
from .categories import Audience, Category
from .drafts import Draft
from .members import Block, Group, Member, Membership, SpokenLanguage
from .moderation import Appeal, Flag, ModerationEvent, Sanction, WatchedWord
from .notifications import (
    DEFAULT_MAIL,
    Mail,
    Notification,
    NotificationChoice,
    ReceivedMail,
    StoppedAddress,
    kind_choices,
    usual_mail,
    usual_push,
)
from .polls import Poll, PollOption, PollVote
from .posts import PagePreview, Post, PostRevision, PostTranslation
from .push import PushSubscription
from .reactions import Reaction
from .reading import Bookmark, ReadMark, Subscription
from .settings import ForumSettings
from .threads import ForumTopic, Participant, State, Thread, ThreadTopic

__all__ = [
    "DEFAULT_MAIL",
    "ApiToken",
    "Appeal",
    "Attachment",
    "Audience",
    "Block",
    "Bookmark",
    "Category",
    "Draft",
    "Flag",
    "ForumSettings",
    "ForumTopic",
    "Group",
    "ImportedRecord",
    "Mail",
    "Member",
    "Membership",
    "ModerationEvent",
    "Notification",
    "NotificationChoice",
    "PagePreview",
    "Participant",
    "Poll",
    "PollOption",
    "PollVote",
    "Post",
    "PostRevision",
    "PostTranslation",
    "PushSubscription",
    "Reaction",
    "ReadMark",
    "ReceivedMail",
    "Sanction",
    "SpokenLanguage",
    "State",
    "StoppedAddress",
    "Subscription",
    "Thread",
    "ThreadTopic",
    "WatchedWord",
    "Webhook",
    "WebhookDelivery",
    "kind_choices",
    "usual_mail",
    "usual_push",
]

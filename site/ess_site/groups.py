"""What each group of the Wagtail admin may do. One table; whatever it does not grant is refused."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission, Page

# Beside these, Wagtail's own migrations let both groups into the admin and its images and files.
PAGES = {
    "Editors": ("add", "change", "publish"),
    "Moderators": ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}
REFERENCE_LISTS = (
    "wilaya",
    "sphere",
    "legalform",
    "sector",
    "targetgroup",
    "topic",
    "resource",
    "criterion",
)
DECISION_MAKERS = ("institution", "decisionmaker")
# Who adds a handover also issues documents and records answers: see ess_pages.policy.
HANDOVER = (
    *(
        f"ess_pages.{action}_{name}"
        for name in (*DECISION_MAKERS, "officialdocument")
        for action in ("add", "change", "view")
    ),
    "ess_pages.add_handover",
    "ess_pages.view_handover",
)
# Who moderates also keeps the categories and the watched words: see ess_forum.policy.
FORUM_SETTINGS = "ess_forum.change_forumsettings"
NETWORKS = "ess_site.change_networksettings"
# See ess_site.accounts.policy.
JOINING = (
    "accounts.view_invitation",
    "accounts.add_invitation",
    "accounts.change_invitation",
    "accounts.change_application",
    "accounts.change_signupsettings",
)
# See ess_site.privacy.policy.
PRIVACY = (
    "privacy.add_consenttext",
    "privacy.view_consenttext",
    "privacy.change_correctionrequest",
    "privacy.change_privacysettings",
    "privacy.see_exports",
)
RECORDS = {
    "Editors": (
        "wagtail_localize.submit_translation",
        *(f"ess_pages.view_{name}" for name in REFERENCE_LISTS),
        "ess_pages.add_participant",
        "ess_pages.change_participant",
        "ess_pages.view_participant",
        *HANDOVER,
        *JOINING,
        *PRIVACY,
        FORUM_SETTINGS,
        NETWORKS,
    ),
    "Moderators": (
        "wagtail_localize.submit_translation",
        *(
            f"ess_pages.{action}_{name}"
            for name in REFERENCE_LISTS
            for action in ("add", "change", "view")
        ),
        "ess_pages.add_participant",
        "ess_pages.change_participant",
        "ess_pages.delete_participant",
        "ess_pages.view_participant",
        "ess_pages.validate_recommendation",
        *HANDOVER,
        *JOINING,
        *PRIVACY,
        FORUM_SETTINGS,
        NETWORKS,
        "ess_forum.moderate",
    ),
}


def grant_permissions() -> None:
    """Give both groups what the tables say, and take nothing away that was added by hand."""
    root = Page.get_first_root_node()
    for name in PAGES:
        group, _created = Group.objects.get_or_create(name=name)
        for codename in PAGES[name]:
            permission = _permission(f"wagtailcore.{codename}_page")
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        group.permissions.add(*map(_permission, RECORDS[name]))


def _permission(name: str) -> Permission:
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)

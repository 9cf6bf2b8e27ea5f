"""How an account is known: by its address when it logs in, by its number from then on."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q

from ess_ground.prepared import prepared
from ess_site.users.models import User

UserPermission = User.user_permissions.through
UserGroup = User.groups.through
GroupPermission = Group.permissions.through


class AccountBackend(AuthenticationBackend):
    """Reads with an account whether it has any permission: most have none, and every page asks.

    Those of the others are read by one query.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return the account with this number, if it may be logged in."""
        user = next(iter(_accounts(user_id)), None)
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions of an account, its own and those of its groups."""
        is_plain = user_obj.is_active and not user_obj.is_superuser
        if is_plain and not hasattr(user_obj, "_perm_cache"):  # where Django looks for them
            found = _permissions_of(user_obj.pk) if getattr(user_obj, "has_any", True) else ()
            user_obj._perm_cache = {f"{app}.{name}" for app, name in found}
        return super().get_all_permissions(user_obj, obj)


@prepared
def _accounts(pk: Any):
    own = UserPermission.objects.filter(user=OuterRef("pk"))
    groups = UserGroup.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(pk=pk).annotate(has_any=Exists(own) | Exists(groups))


@prepared
def _permissions_of(user: Any):
    own = UserPermission.objects.filter(user=user).values("permission")
    by_groups = GroupPermission.objects.filter(group__user=user).values("permission")
    found = Permission.objects.filter(Q(pk__in=own) | Q(pk__in=by_groups)).order_by()
    return found.values_list("content_type__app_label", "codename")

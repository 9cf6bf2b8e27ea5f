"""Where allauth asks the portal what to do."""

from io import BytesIO

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.account.utils import has_verified_email
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from . import entrance, mails
from .actions.changes import confirm_change
from .models import Application, EmailChange


class AccountAdapter(DefaultAccountAdapter):
    """Signing up by the mode that editors choose, and changes of address from both sides."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether this visitor may sign up."""
        return not entrance.is_closed(request)

    def save_user(self, request: HttpRequest, user, form, commit: bool = True):
        """Save a new account, inactive where it waits for approval, and return it."""
        user.is_active = not entrance.needs_approval(request)
        return super().save_user(request, user, form, commit)

    def pre_login(self, request: HttpRequest, user, **kwargs) -> HttpResponse | None:
        """Send an account that waits to the page that says so, once its address is confirmed."""
        if not Application.objects.filter(user=user, approved_at=None).exists():
            return super().pre_login(request, user, **kwargs)
        if not has_verified_email(user):
            return None  # what follows asks for that, and lets nobody in before
        clear_login(request)
        return redirect("accounts:waiting")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Return where somebody goes who has confirmed an address."""
        waiting = Application.objects.filter(user_id=email_address.user_id, approved_at=None)
        if waiting.exists():
            return redirect("accounts:waiting").url
        return super().get_email_verification_redirect_url(email_address)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address; one that takes another's place waits for the other's consent."""
        if confirm_change(email_address):
            return super().confirm_email(request, email_address)
        messages.info(
            request,
            _(
                "This address is confirmed. It takes the place of the old one as soon as you "
                "have also followed the link that we sent there."
            ),
        )
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Send a mail as the portal sends all others: in two parts, by the task worker."""
        facts = {"email": email, "current_site": get_current_site(self.request)}
        mails.send_of_allauth(template_prefix, email, facts | context)

    def send_password_reset_mail(self, user, email: str, context: dict) -> None:
        """Write to an address that is the account's, and not to one that only asks to be."""
        if not EmailChange.objects.filter(address__user=user, address__email=email).exists():
            super().send_password_reset_mail(user, email, context)

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """Count an attempt to log in; raise ValidationError where there were too many.

        Beside allauth's own count, by address and account together, one counts the attempts at an
        account from everywhere.
        """
        super().pre_authenticate(request, **credentials)
        self._everywhere = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_everywhere",
            key=super()._get_login_attempts_cache_key(request, **credentials),
        )
        if not self._everywhere:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if usage := getattr(self, "_everywhere", None):
            usage.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials) -> None:
        super()._delete_login_attempts_cached_email(request, **credentials)
        ratelimit.clear(
            request,
            app="allauth.account",
            action="login_failed_everywhere",
            key=super()._get_login_attempts_cache_key(request, **credentials),
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials) -> str:
        # By who tries, too: a stranger's guesses do not keep the owner out.
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{self.get_client_ip(request)}:{key}"


class MFAAdapter(DefaultMFAAdapter):
    """The second factor."""

    def build_totp_svg(self, url: str) -> str:
        """Return the code to scan as SVG, drawn by what draws the tickets."""
        picture = BytesIO()
        segno.make(url).save(picture, kind="svg", scale=5, border=4, light="white", xmldecl=False)
        return picture.getvalue().decode()

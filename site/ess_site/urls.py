"""The addresses of the portal: pages and accounts under their language, the rest beside."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView, TemplateView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import serve as serve_page

from .api import api
from .mail_preview import MailsView, MailView
from .privacy.admin.exports import NotedHistory
from .sitemaps import PortalSitemap
from .views import log_in, serve_media

urlpatterns = [
    # Wagtail's own login views are neither throttled nor aware of confirmed addresses.
    path("admin/login/", log_in),
    # The same as Wagtail's, which notes nobody who takes it as a file.
    path("admin/reports/site-history/", require_admin_access(NotedHistory.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v2/", api.urls),
    path("api/forum/", include("ess_forum.api.urls")),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PortalSitemap}}),
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("img/logo.svg"))),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
    *i18n_patterns(
        path("accounts/", include("ess_site.accounts.urls")),
        path("accounts/", include("allauth.urls")),
        path("privacy/", include("ess_site.privacy.urls")),
        path("_util/login/", log_in),
        path("forum/", include("ess_forum.urls")),
        path("", include("ess_pages.urls")),
        path("", serve_page, {"path": ""}, name="front_page"),
        path("", include(wagtail_urls)),
    ),
]

if settings.DEBUG or settings.DEMO_ACCOUNTS:
    urlpatterns[:0] = i18n_patterns(
        path("dev/mails/", MailsView.as_view(), name="mail_previews"),
        path(
            "dev/mails/<str:language>/<str:part>/<path:name>/",
            MailView.as_view(),
            name="mail_preview",
        ),
    )
if settings.SERVE_MEDIA:
    urlpatterns.insert(0, path("media/<path:path>", serve_media))

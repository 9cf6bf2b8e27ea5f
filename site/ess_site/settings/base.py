"""What every environment shares. Anything an operator may change is read from the environment."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "site"
VAR = ROOT / "var"

env = environ.Env()

# Applications

INSTALLED_APPS = [
    "ess_site",
    "ess_site.users",
    "ess_site.accounts",
    "ess_site.privacy",
    "ess_pages",
    "ess_forum",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.api.v2",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.facebook",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ess_site.privacy.middleware.ConsentMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "ess_site.urls"
WSGI_APPLICATION = "ess_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Data: SQLite and local memory unless DATABASE_URL and CACHE_URL say otherwise

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for a writer, and a writer takes its lock at the start of the transaction,
    # where it can wait, not in the middle, where SQLite can only refuse.
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA cache_size=-32000;"  # in KB; of the usual 2 MB, a long list goes through again
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
# Tasks are kept in the database; where a Redis is named, it calls the workers.
TASKS_URL = env("TASKS_URL", default="")
QUEUE = "ess_site.redis_queue.RedisBackend" if TASKS_URL else "django_tasks_db.DatabaseBackend"
TASKS = {"default": {"BACKEND": QUEUE}}

# Accounts

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["ess_site.accounts.backends.AccountBackend"]
SESSION_ENGINE = "ess_site.accounts.sessions"
AUTH_PASSWORD_VALIDATORS: list[dict] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
INVITATION_DAYS = env.int("INVITATION_DAYS", default=30)
# Days by the name of a rule, as PERSONAL_DATA_DAYS=pages_registrations=730,forum_drafts=90: where
# nothing is said, those of `ess_ground.personal.rules`, as the page on personal data tells.
PERSONAL_DATA_DAYS = env.dict("PERSONAL_DATA_DAYS", cast={"value": int}, default={})
ACCOUNT_ADAPTER = "ess_site.accounts.adapters.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "ess_site.accounts.forms.SignUp"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
# Why these: docs/decisions/0034-limits-of-the-doors.md. `key` is who tries at which account.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "login_failed_everywhere": "100/h/key",
    "signup": "60/10m/ip",
    "reset_password": "20/m/ip,3/15m/key",
    "manage_email": "10/h/user",
}
MFA_ADAPTER = "ess_site.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "ESS Algérie"
MFA_TOTP_TOLERANCE = 1  # telephones are seldom quite on time
# Else nobody with a second factor could change address. Nobody logs in before one is confirmed.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Other networks: each is there once it has an application.
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS: dict[str, dict] = {}
SOCIAL_HOSTS: list[str] = []
if linkedin := env("LINKEDIN_CLIENT_ID", default=""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "linkedin",
                "name": "LinkedIn",
                "client_id": linkedin,
                "secret": env("LINKEDIN_CLIENT_SECRET"),
                "settings": {"server_url": "https://www.linkedin.com/oauth"},
            }
        ]
    }
    SOCIAL_HOSTS.append("https://www.linkedin.com")
if facebook := env("FACEBOOK_CLIENT_ID", default=""):
    SOCIALACCOUNT_PROVIDERS["facebook"] = {
        "METHOD": "oauth2",
        "APPS": [{"client_id": facebook, "secret": env("FACEBOOK_CLIENT_SECRET")}],
    }
    SOCIAL_HOSTS.append("https://www.facebook.com")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "front_page"
WAGTAIL_FRONTEND_LOGIN_URL = "account_login"

WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # a new address is confirmed at /accounts/email/

# Languages

LANGUAGE_CODE = "fr"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("fr", _("French")), ("ar", _("Arabic"))]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("ar", "العربية")]
# `upstream` completes what the packages' own catalogues lack.
LOCALE_PATHS = [ROOT / "locale" / name for name in ("site", "ess_pages", "ess_forum", "upstream")]
FORMAT_MODULE_PATH = ["ess_site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Africa/Algiers"

# Wagtail

WAGTAIL_I18N_ENABLED = True
WAGTAIL_SITE_NAME = "ESS Algérie · الاقتصاد الاجتماعي والتضامني"
WAGTAILADMIN_BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")
WAGTAIL_ALLOW_UNICODE_SLUGS = True
# A translation stays a draft until somebody has translated it.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILSEARCH_BACKENDS = {
    # Pages are indexed by stems: PostgreSQL is to leave the words as they are.
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
}
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = "password_required.html"  # noqa: S105
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"jpeg": "webp", "png": "webp", "avif": "webp"}
WAGTAILDOCS_EXTENSIONS = ["csv", "doc", "docx", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# A video is a link: no reader is sent to another host unasked.
WAGTAILEMBEDS_FINDERS: list[dict] = []
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE, "Europe/Paris"]  # editors in Algeria, guests abroad
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILAPI_LIMIT_MAX = 100

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [SITE / "static"]
MEDIA_URL = "/media/"
SERVE_MEDIA = False  # in production the reverse proxy does
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR / "media")))

# Mail

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 30  # seconds: a worker waits no longer for a mail server
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", default="portail@localhost")
# Members answer mails of the forum at this domain, where its mails are piped to `receive_mail`.
ESS_FORUM = {
    "INBOUND_DOMAIN": env("INBOUND_DOMAIN", default=""),
    # Members are told in their browsers, too, where there is a key.
    "PUSH_PRIVATE_KEY": env("PUSH_PRIVATE_KEY", default=""),
}

# Safety

SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    # Wagtail's admin still needs inline scripts; it is behind a login.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # A form may lead on to another network's login, where one is configured.
        "form-action": [SELF, *SOCIAL_HOSTS],
        "frame-ancestors": [NONE],
    },
}
# No proxy stands before the application unless `production` says so: what a visitor claims in
# X-Forwarded-For is no address to count requests by. Unset, REST framework would believe it.
REST_FRAMEWORK = {"NUM_PROXIES": 0}

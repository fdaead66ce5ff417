"""The rooms, what every request passes, and how pages are drawn."""

from typing import Any

from .accounts import SOCIALACCOUNT_PROVIDERS
from .ground import DEBUG, PAGES, env

INSTALLED_APPS = [
    # Rooms, from the roof down: the first one wins where two offer the same template or static file.
    "community",
    "notifications",
    "insights",
    "gamification",
    "recsys",
    "courses",
    "forum",
    "payments",
    "accounts",
    "surveys",
    "topics",
    "ledger",
    "experiments",
    "core.events",
    "core.realtime",
    "core.audience",
    "core.search",
    "core.text",
    "core.media",
    "core.audit",
    "core.privacy",
    "core.web",
    "core.ui",
    "community.desk_app.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "django_htmx",
    # Its loader must wrap ours; see TEMPLATES below.
    "template_partials.apps.SimpleAppConfig",
    *(f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS),
]

MIDDLEWARE = [
    "core.web.middleware.RequestId",
    "core.audit.middleware.NoteAddress",
    "core.web.middleware.SecurityHeaders",
    "core.web.middleware.Measured",
    "django.middleware.security.SecurityMiddleware",
    "core.media.middleware.FilesApart",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.Packed",
    "core.web.middleware.PolicyReports",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.web.middleware.Preferences",
    "core.web.middleware.Readable",
    "core.web.doors.LogInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.web.drafts.AcceptedDrafts",
]

ROOT_URLCONF = "community.urls"
WSGI_APPLICATION = "community.wsgi.application"
ASGI_APPLICATION = "community.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

_loaders: list[Any] = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
if not DEBUG:
    _loaders = [("django.template.loaders.cached.Loader", _loaders)]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PAGES / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", _loaders)],
            "builtins": ["template_partials.templatetags.partials", "core.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "community.context.page",
            ],
        },
    }
]
# Our templates may then take the place of those by which forms and their controls are drawn.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
ADMIN_PATH = env.text("ADMIN_PATH", "desk").strip("/")

"""The settings of every process, worked out from the environment once."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from .environment import Environment, broker_address, database, redis_address, social_providers
from .payment_keys import payment_keys

env = Environment()
KIND = env.kind()
IS_PRODUCTION = KIND == "production"
IS_DEMO = KIND in {"demo", "development", "test"}
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("LYCEUM_VAR", str(BASE_DIR / "var")))
# Where templates and static files are: elsewhere only for whoever looks at pages for an hour while somebody works on them.
PAGES = Path(env.text("LYCEUM_PAGES", str(BASE_DIR)))

DEBUG = KIND == "development"
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SITE_URL = env.text("SITE_URL", None if IS_PRODUCTION else "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or (
    [env.text("ALLOWED_HOSTS")] if IS_PRODUCTION else ["localhost", "127.0.0.1", "testserver"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

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
]

MIDDLEWARE = [
    "core.web.middleware.RequestId",
    "core.audit.middleware.NoteAddress",
    "core.web.middleware.SecurityHeaders",
    "core.web.middleware.Measured",
    "django.middleware.security.SecurityMiddleware",
    "core.media.middleware.FilesApart",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.PolicyReports",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.web.middleware.Preferences",
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

# ── Database, broker, cache ────────────────────────────────────────────────────────────────────────────────────────────
_statement_timeout = env.number("STATEMENT_TIMEOUT_MS", 5_000)
DATABASES = {"default": database(env.text("DATABASE_URL"), statement_timeout_ms=_statement_timeout)}
APP_ROLE = DATABASES["default"]["USER"]
if "migrate" in sys.argv[:2]:
    # Tables belong to their owner; the app's role may not change them.
    DATABASES = {
        "default": database(env.text("MIGRATE_DATABASE_URL", env.text("DATABASE_URL")), statement_timeout_ms=0)
    }
DATABASES["default"]["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

_redis = env.text("REDIS_URL", "")
_first = env.number("REDIS_FIRST_DATABASE", 0)
BROKER_URL = env.text("BROKER_URL", broker_address(_redis, number=_first) if _redis else None)
CACHE_URL = env.text("CACHE_URL", redis_address(_redis, number=_first + 1) if _redis else None)
CHANNELS_URL = env.text("CHANNELS_URL", redis_address(_redis, number=_first + 2) if _redis else None)
CACHES = {
    "default": {
        "BACKEND": "core.web.cache.ForgivingRedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 0.1, "socket_connect_timeout": 0.1},
    }
}
CHANNEL_PREFIX = "lyceum"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": CHANNELS_URL, "max_connections": 2_000}], "prefix": CHANNEL_PREFIX},
    }
}

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 280
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 0.1,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep facts": {"task": "core.events.tasks.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "relay the outbox": {"task": "core.events.tasks.relay", "schedule": 5.0, "options": {"expires": 5}},
    "ask about payments": {"task": "payments.tasks.ask_again", "schedule": 15.0, "options": {"expires": 15}},
    "look after entitlements": {
        "task": "payments.tasks.look_after_entitlements",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "hold providers' lists against the books": {
        "task": "payments.tasks.reconcile_yesterday",
        "schedule": crontab(hour=5, minute=23),
    },
    "forget old live messages": {"task": "core.realtime.tasks.forget_old_messages", "schedule": crontab(minute=23)},
    "train the recommender": {"task": "recsys.tasks.retrain", "schedule": crontab(minute=41, hour="*/6")},
    "forget old searches": {"task": "insights.tasks.forget_old_searches", "schedule": crontab(hour=3, minute=57)},
    "forget old impressions": {"task": "recsys.tasks.forget_old_impressions", "schedule": crontab(hour=3, minute=51)},
    # Whoever is due gets theirs on the first day of their week, by their day, or later where the site stood still.
    "write the digests of the week": {
        "task": "notifications.tasks.write_digests",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 540},
    },
    "verify the books": {"task": "ledger.tasks.verify_all", "schedule": crontab(hour=4, minute=11)},
    "erase who asked for it": {"task": "core.privacy.tasks.sweep", "schedule": crontab(minute=37)},
    "forget old idempotency keys": {"task": "core.web.tasks.forget_old_keys", "schedule": crontab(hour=3, minute=37)},
    "sweep files without a row": {"task": "core.media.tasks.sweep_orphans", "schedule": crontab(hour=4, minute=7)},
    "make partitions": {"task": "core.events.tasks.make_partitions", "schedule": crontab(hour=3, minute=7)},
}

# ── Accounts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
# It asks Django's own backend too; a second one would hash every wrong password twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "accounts.adapters.account.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.naming.NameForm"
ACCOUNT_SIGNUP_REDIRECT_URL = "surveys:onboarding"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_PRODUCTION else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,8/15m/key", "reset_password": "20/m/ip,3/10m/key"}
ACCOUNT_FORMS = {
    "login": "accounts.forms.entrance.LoginForm",
    "signup": "accounts.forms.entrance.SignupForm",
    "add_email": "accounts.forms.entrance.AddEmailForm",
    "change_password": "accounts.forms.entrance.ChangePasswordForm",
    "set_password": "accounts.forms.entrance.SetPasswordForm",
    "reset_password": "accounts.forms.entrance.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.entrance.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.entrance.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapters.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
MFA_FORMS = {
    "authenticate": "accounts.forms.entrance.CodeForm",
    "reauthenticate": "accounts.forms.entrance.CodeAgainForm",
    "activate_totp": "accounts.forms.entrance.ActivateAppForm",
    "add_webauthn": "accounts.forms.entrance.AddKeyForm",
    "edit_webauthn": "accounts.forms.entrance.RenameKeyForm",
}
# A second factor for everybody who may open the desk; the demo's owner comes in by one click and has none.
STAFF_NEEDS_SECOND_FACTOR = not IS_DEMO
STAFF_SESSION_SECONDS = 8 * 3600
SOCIALACCOUNT_ADAPTER = "accounts.adapters.social.SocialAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.entrance.SocialSignupForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = social_providers(env)
INSTALLED_APPS += [f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.web.errors.csrf_failure"
if IS_PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
ADMIN_PATH = env.text("ADMIN_PATH", "desk").strip("/")

# ── Headers ────────────────────────────────────────────────────────────────────────────────────────────────────────────
SECURE_SSL_REDIRECT = IS_PRODUCTION and env.flag("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 63_072_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
# Once in the browsers' own lists a name cannot be taken out for months: that is for the owner to want, not for us.
SECURE_HSTS_PRELOAD = IS_PRODUCTION and env.flag("HSTS_PRELOAD")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Where the browser opens its one websocket: on the page's own origin in production, on a port of its own otherwise.
LIVE_PORT = env.number("LIVE_PORT", 0)
LIVE_ORIGINS = env.words("LIVE_ORIGINS", SITE_URL)

# ── Languages, time ────────────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = env.text("LANGUAGE_CODE", "zh-hans")
FORMAT_MODULE_PATH = "community.formats"
# Our templates may then take the place of those by which forms and their controls are drawn.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
CURRENCY = env.text("CURRENCY", "CNY")

# ── Files ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATICFILES_DIRS = [PAGES / "static"]
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
MODELS_ROOT = VAR / "models"
ACCEL_PREFIX = env.text("ACCEL_PREFIX", "")
MEDIA_ORIGIN = env.text("MEDIA_ORIGIN", "").rstrip("/")
if MEDIA_ORIGIN:
    ALLOWED_HOSTS.append(urlsplit(MEDIA_ORIGIN).hostname or "")
LARGEST_UPLOAD = env.number("LARGEST_UPLOAD_MB", 600) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "core.media.uploading.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# ── Mail ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", None if IS_PRODUCTION else "Lantern School <school@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if IS_PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = env.text("EMAIL_HOST")
    EMAIL_PORT = env.number("EMAIL_PORT", 587)
    EMAIL_HOST_USER = env.text("EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", "")
    EMAIL_USE_TLS = env.flag("EMAIL_TLS", default=True)
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"

# ── Payments, demo ─────────────────────────────────────────────────────────────────────────────────────────────────────
SANDBOX_URL = env.text("SANDBOX_URL", "") if IS_DEMO else ""
SANDBOX_SECRET_KEY = env.text("SANDBOX_SECRET_KEY", "") if IS_DEMO else ""
SANDBOX_WEBHOOK_SECRET = env.text("SANDBOX_WEBHOOK_SECRET", "") if IS_DEMO else ""
SANDBOX_ACCOUNT_ID = env.text("SANDBOX_ACCOUNT_ID", "acct_sandbox")
PAYMENT_KEYS = payment_keys(env, is_playground=IS_DEMO)
# The lines of a bank account, separated by "|": name, number, bank, whatever a buyer must write.
TRANSFER_ACCOUNT = env.text("TRANSFER_ACCOUNT", "")
TRANSFER_CURRENCIES = env.words("TRANSFER_CURRENCIES", CURRENCY)
DEMO_LIFE = IS_DEMO and env.flag("LYCEUM_DEMO_LIFE")
if DEMO_LIFE:
    CELERY_BEAT_SCHEDULE["demo life"] = {"task": "community.demo.life", "schedule": 12.0, "options": {"expires": 10}}

LOGGING_CONFIG = "core.web.logs.configure"
LOGGING = {"json": IS_PRODUCTION, "level": env.text("LOG_LEVEL", "INFO")}
SILENCED_SYSTEM_CHECKS = [] if SECURE_HSTS_PRELOAD else ["security.W021"]

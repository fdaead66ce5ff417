"""Files: those of the pages, and those that people upload."""

from .ground import DEBUG, IS_PRODUCTION, PAGES, VAR, env

STATIC_URL = "/static/"
STATICFILES_DIRS = [PAGES / "static"]
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
MODELS_ROOT = VAR / "models"
ACCEL_PREFIX = env.text("ACCEL_PREFIX", "")
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

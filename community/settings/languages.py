"""Languages, time and the money that prices are in."""

from django.utils.translation import gettext_lazy as _

from .ground import BASE_DIR, env

LANGUAGE_CODE = env.text("LANGUAGE_CODE", "zh-hans")
FORMAT_MODULE_PATH = "community.formats"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
SCHOOL_TIME_ZONE = env.time_zone("SCHOOL_TIME_ZONE", "Asia/Shanghai")
"""In which guests read days and hours; a member reads them where they say that they are."""
CURRENCY = env.text("CURRENCY", "CNY")

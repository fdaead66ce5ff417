"""Which kind of site this is, where it stands and who may ask for it; every other part begins here."""

from pathlib import Path
from urllib.parse import urlsplit

from community.environment import Environment

env = Environment()
KIND = env.kind()
IS_PRODUCTION = KIND == "production"
IS_DEMO = KIND in {"demo", "development", "test"}
BASE_DIR = Path(__file__).resolve().parent.parent.parent
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
MEDIA_ORIGIN = env.text("MEDIA_ORIGIN", "").rstrip("/")
if MEDIA_ORIGIN:
    ALLOWED_HOSTS.append(urlsplit(MEDIA_ORIGIN).hostname or "")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

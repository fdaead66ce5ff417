"""What leaves the house: mail, payments, the log."""

from community.payment_keys import payment_keys

from .ground import IS_DEMO, IS_PRODUCTION, VAR, env
from .languages import CURRENCY

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

SANDBOX_URL = env.text("SANDBOX_URL", "") if IS_DEMO else ""
SANDBOX_SECRET_KEY = env.text("SANDBOX_SECRET_KEY", "") if IS_DEMO else ""
SANDBOX_WEBHOOK_SECRET = env.text("SANDBOX_WEBHOOK_SECRET", "") if IS_DEMO else ""
SANDBOX_ACCOUNT_ID = env.text("SANDBOX_ACCOUNT_ID", "acct_sandbox")
PAYMENT_KEYS = payment_keys(env, is_playground=IS_DEMO)
# The lines of a bank account, separated by "|": name, number, bank, whatever a buyer must write.
TRANSFER_ACCOUNT = env.text("TRANSFER_ACCOUNT", "")
TRANSFER_CURRENCIES = env.words("TRANSFER_CURRENCIES", CURRENCY)

LOGGING_CONFIG = "core.web.logs.configure"
LOGGING = {"json": IS_PRODUCTION, "level": env.text("LOG_LEVEL", "INFO")}

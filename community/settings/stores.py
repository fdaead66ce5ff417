"""Where things are kept: database, cache, channels."""

import sys

from community.environment import broker_address, database, redis_address, redis_number

from .ground import env

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
    },
}
# What is published on a server is heard in all of its databases: two schools there must not name their streams alike.
CHANNEL_PREFIX = f"lyceum-{redis_number(CHANNELS_URL)}"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": CHANNELS_URL, "max_connections": 2_000}], "prefix": CHANNEL_PREFIX},
    }
}

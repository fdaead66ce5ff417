"""What is done beside the requests: the worker and its timetable."""

from celery.schedules import crontab

from .ground import IS_DEMO, env
from .stores import BROKER_URL

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
    "end what is over": {"task": "payments.tasks.end_what_is_over", "schedule": 3.0, "options": {"expires": 3}},
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
DEMO_LIFE = IS_DEMO and env.flag("LYCEUM_DEMO_LIFE")
if DEMO_LIFE:
    CELERY_BEAT_SCHEDULE["demo life"] = {"task": "community.demo.life", "schedule": 12.0, "options": {"expires": 10}}

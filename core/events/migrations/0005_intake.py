import django.db.models.functions.datetime
from django.db import migrations, models

# What is published waits in a plain table until it is numbered, and is moved into the stream as it gets its place. Before, each fact
# was written into its month with four indexes and then, since the place is indexed, a second time with three of them.
INTAKE = """
CREATE TABLE events_intake (
    id bigint NOT NULL DEFAULT nextval('events_fact_id_seq'),
    name text NOT NULL,
    version smallint NOT NULL DEFAULT 1,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    actor_id bigint,
    subject text NOT NULL DEFAULT '',
    request_id text NOT NULL DEFAULT '',
    payload jsonb NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (xid, id)
) WITH (
    -- Emptied all the time, so it is swept after so many rows and not after a share of them; it fills up again at once, so what
    -- was swept is not given back, for which readers would have to wait.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, vacuum_truncate = false
);

-- Whoever still writes a fact into the stream itself has committed or is waited for; later ones are refused, not lost.
LOCK TABLE events_fact IN ACCESS EXCLUSIVE MODE;
WITH waiting AS (DELETE FROM events_fact WHERE position IS NULL RETURNING *)
INSERT INTO events_intake (id, name, version, happened_at, recorded_at, actor_id, subject, request_id, payload, xid)
SELECT id, name, version, happened_at, recorded_at, actor_id, subject, request_id, payload, xid FROM waiting;
DROP INDEX events_fact_waiting;
ALTER TABLE events_fact ALTER COLUMN position SET NOT NULL;
"""

NONE = """
ALTER TABLE events_fact ALTER COLUMN position DROP NOT NULL;
CREATE INDEX events_fact_waiting ON events_fact (xid, id) WHERE position IS NULL;
INSERT INTO events_fact (id, name, version, happened_at, recorded_at, actor_id, subject, request_id, payload, xid)
SELECT id, name, version, happened_at, recorded_at, actor_id, subject, request_id, payload, xid FROM events_intake;
DROP TABLE events_intake;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0004_lighter_index")]
    operations = [
        migrations.RunSQL(INTAKE, NONE),
        migrations.CreateModel(
            name="WaitingFact",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("version", models.SmallIntegerField(default=1)),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("actor_id", models.BigIntegerField(null=True)),
                ("subject", models.TextField(default="")),
                ("request_id", models.TextField(default="")),
                ("payload", models.JSONField()),
            ],
            options={
                "verbose_name": "waiting fact", "verbose_name_plural": "waiting facts", "db_table": "events_intake", "managed": False,
            },
        ),
    ]

from django.db import migrations

# Postgres refuses a new partition for rows that stand in the DEFAULT one: after a year without the beat, or with a clock that was
# wrong, no month could be made any more. Such a month is made apart, filled from there, and attached.
MAKE = """
CREATE OR REPLACE FUNCTION events_make_partitions(months integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE
    month date;
    first timestamptz;
    next timestamptz;
    name text;
BEGIN
    FOR n IN 0..months LOOP
        month := date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => n);
        first := month::timestamp AT TIME ZONE 'UTC';
        next := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
        name := format('events_fact_%s', to_char(month, 'YYYYMM'));
        IF to_regclass(name) IS NOT NULL THEN
            CONTINUE;
        ELSIF EXISTS (SELECT FROM events_fact_default WHERE recorded_at >= first AND recorded_at < next) THEN
            EXECUTE format('CREATE TABLE %I (LIKE events_fact INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
            EXECUTE format(
                'WITH moved AS (DELETE FROM events_fact_default WHERE recorded_at >= %L AND recorded_at < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved', first, next, name
            );
            EXECUTE format('ALTER TABLE events_fact ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, first, next);
        ELSE
            EXECUTE format('CREATE TABLE %I PARTITION OF events_fact FOR VALUES FROM (%L) TO (%L)', name, first, next);
        END IF;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_cursor_deadletter_outboxmessage")]
    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
